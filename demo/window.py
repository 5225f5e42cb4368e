"""The second story: a choice that nobody makes in its two months; and a guardian who acts for her ward."""

from datetime import timedelta
from typing import Any

from demo import choosing, measures
from demo.run import Run, Step

BEYOND = timedelta(days=63)
"""Two months and a little: no two calendar months are longer than 62 days."""
WARDS_CATEGORY = "orthopaedic_footwear"


async def assign_ward(run: Run) -> None:
    """The measure is the ward's; the guardian sees it in the cabinet she acts in."""
    await measures.assign(run, "W", "guardian", WARDS_CATEGORY, "Ортопедическая обувь")
    cabinet = await run.who("guardian").ask("Cabinet")
    name = cabinet["participant"]["name"]
    run.say(f"in the cabinet of {name['given']} {name['surname']}, on behalf: {cabinet['onBehalf']}")


async def order_for_ward(run: Run) -> None:
    """The application names both; the guardian's certificate signs."""
    children = [{"code": "wearer", "choice": "children"}]
    wanted = {"category": WARDS_CATEGORY, "region": choosing.REGION, "choices": children}
    question = {"filter": wanted, "sort": "PRICE_ASC", "first": 1}
    (found,) = (await run.who("guardian").ask("Catalogue", question))["nodes"]
    run.say(f"{found['title']['text']}, {found['price']['text']}")
    await choosing.place(run, "ward", "W", found["id"], owner="guardian")


async def assign_second(run: Run) -> None:
    """A measure that its owner lets lie."""
    await measures.assign(run, "B", "participant", choosing.CATEGORY, "Ходунки")
    run.say(f"the choice ends {(await measures.shown(run, 'B'))['windowEndsAt']}")


async def let_time_pass(run: Run) -> None:
    """Two months go by on the development clock: the choice is blocked, and an SMS says so."""
    server = run.company.server
    await server.set_clock(await server.now() + BEYOND)
    await measures.until_status(run, "B", "CHOICE_BLOCKED")
    run.measure_changed("B", "choice_blocked")
    run.measures["B"].sms.append("1:choice_blocked")
    run.say(f"it is {await server.now():%d.%m.%Y}; {(await measures.shown(run, 'B'))['statusText']}")


async def activate(run: Run) -> None:
    """«Активация выбора поставщика»: Е-Собес sends the measure again in its general queue."""
    entry = run.measures["B"]
    said = await run.who("participant").act(
        "MeasureActivateChoice", run.key("activate"), measureId=entry.identifier
    )
    run.say(said["measure"]["statusText"])
    run.measure_changed("B", "activation_requested")
    entry.reports.append(("activation_requested", "activation_requested", None))


async def comes_back(run: Run) -> None:
    """The measure returns: a second cycle with a window of its own, and a second SMS."""
    await measures.until_status(run, "B", "CHOICE_OPEN")
    entry = run.measures["B"]
    entry.cycle = 2
    run.measure_changed("B", "choice_open", "choice_open")
    entry.sms.append("2:choice_open")


async def choose_in_time(run: Run) -> None:
    """The new window, counted from the new notice, is used: time can't take this measure back."""
    measure = await measures.shown(run, "B")
    run.say(f"the choice ends {measure['windowEndsAt']}; so far: {', '.join(_codes(measure))}")
    await choosing.place(run, "late", "B", run.cards["С"]["published"]["id"])


def _codes(measure: Any) -> list[str]:
    return [step["code"] for step in measure["history"]]


WINDOW: tuple[Step, ...] = (
    ("Е-Собес sends a measure for a ward", assign_ward),
    ("The guardian orders on behalf of the ward", order_for_ward),
    ("Е-Собес sends a measure that nobody chooses for", assign_second),
    ("Two months pass: the choice is blocked, an SMS says so", let_time_pass),
    ("The participant activates the choice", activate),
    ("The measure comes back from Е-Собес; a new SMS", comes_back),
    ("A new window is open, and the participant orders", choose_in_time),
)
