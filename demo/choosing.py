"""The first half of the first story: cards are published, a measure arrives, a supplier is chosen."""

from typing import Any

from demo import measures
from demo.ledger import OrderEntry, expect
from demo.run import Run, Step

REGION = "71"
CATEGORY = "walkers"


def card(run: Run, model: str, price: int, weight: str, *, seat: bool) -> dict[str, Any]:
    """What the supplier writes on a card."""
    name = f"«Қадам {model}-{run.number}»"
    answers: list[dict[str, Any]] = [
        {"code": "model_type", "choice": "rollator"},
        {"code": "height_min", "number": "780", "unit": "mm"},
        {"code": "height_max", "number": "950", "unit": "mm"},
        {"code": "load_limit", "number": "130", "unit": "kg"},
        {"code": "weight", "number": weight, "unit": "kg"},
        {"code": "seat", "boolean": seat},
        {"code": "brakes", "boolean": True},
        {"code": "folding", "boolean": True},
    ]
    return {
        "title": {"ru": f"Роллатор складной {name}", "kk": f"Жиналмалы роллатор {name}"},
        "description": {
            "ru": "Четырёхколёсный роллатор с тормозами, складывается одной рукой.",
            "kk": "Тежегіші бар төрт дөңгелекті роллатор, бір қолмен жиналады.",
        },
        "price": str(price),
        "regions": [REGION],
        "characteristics": answers,
    }


async def publish_cards(run: Run) -> None:
    """Two cards from draft to catalogue."""
    for name, price, weight in (("С", 24_900, "7.2"), ("Л", 23_400, "5.8")):
        await _published(run, name, card(run, name, price, weight, seat=name == "С"))


async def _published(run: Run, name: str, content: dict[str, Any]) -> None:
    supplier, key = run.who("supplier"), f"card{'С Л'.index(name)}"
    created = await supplier.act("ListingCreate", run.key(f"{key}-draft"), category=CATEGORY, card=content)
    named = {"listingId": created["draft"]["id"], "expectedVersion": created["draft"]["version"]}
    shown = await supplier.act("ListingPublish", run.key(f"{key}-publish"), **named)
    run.cards[name] = shown["draft"]
    expect([run.company.feeds["supplier"]], ("listing.changed", "published", shown["draft"]["id"]))
    run.say(f"{content['title']['ru']}: {shown['draft']['status']}")


async def edit_card(run: Run) -> None:
    """A new price, under the version that the supplier saw; shown once it is published again."""
    supplier, draft = run.who("supplier"), run.cards["С"]
    named = {"listingId": draft["id"], "expectedVersion": draft["version"]}
    content = card(run, "С", 24_500, "7.2", seat=True)
    edited = (await supplier.act("ListingEdit", run.key("edit"), **named, card=content))["draft"]
    named["expectedVersion"] = edited["version"]
    run.cards["С"] = (await supplier.act("ListingPublish", run.key("edit-publish"), **named))["draft"]
    expect([run.company.feeds["supplier"]], ("listing.changed", "published", draft["id"]))
    run.say(f"the card costs {edited['price']['text']} now")


async def assign_measure(run: Run) -> None:
    """Е-Собес sends a measure; the participant gets an SMS without a word of what it is about."""
    await measures.assign(run, "A", "participant", CATEGORY, "Роллатор")
    measure = await measures.shown(run, "A")
    run.say(f"{run.measures['A'].number} is in the cabinet: {measure['statusText']}")


async def search(run: Run) -> None:
    """The catalogue by word, category, region, a range of a characteristic and a yes-or-no."""
    wanted = {
        "text": f"роллатор Л-{run.number}",
        "category": CATEGORY,
        "region": REGION,
        "ranges": [{"code": "load_limit", "minimum": 120}, {"code": "weight", "maximum": 6}],
        "flags": [{"code": "folding", "value": True}],
    }
    question = {"filter": wanted, "sort": "PRICE_ASC", "first": 5}
    found = (await run.who("participant").ask("Catalogue", question))["nodes"]
    for one in found:
        run.say(f"{one['title']['text']}, {one['price']['text']}, {one['supplier']['name']['text']}")
    run.cards["chosen"] = found[0]


async def place_first(run: Run) -> None:
    """The application is prepared, read, signed with the certificate for documents, and placed."""
    await place(run, "first", "A", run.cards["chosen"]["id"])


async def place(run: Run, name: str, measure: str, listing: str, owner: str = "participant") -> None:
    """An order on a measure, from the application to its acknowledgement."""
    person, entry = run.who(owner), run.measures[measure]
    prepared = await person.act(
        "OrderPrepare", run.key(f"{name}-prepare"), measureId=entry.identifier, listingId=listing
    )
    application = prepared["application"]
    sums = application["sums"]
    run.say(f"total {sums['total']['text']}, the state pays {sums['reimbursed']['text']}")
    cms = await person.sign(application["document"]["content"])
    order = (
        await person.act("OrderPlace", run.key(f"{name}-place"), applicationId=application["id"], cms=cms)
    )["order"]
    run.say(f"the order is {order['status']}")
    run.orders[name] = OrderEntry(order["id"], entry.identifier, "placed", order["evidenceIds"])
    run.company.ledger.orders.append(run.orders[name])
    run.measure_changed(measure, "ordered", owner=owner)
    parties = () if owner == "participant" else (owner, "executive_body")
    run.order_changed(name, "placed", *parties)


async def close_dashboard(run: Run) -> None:
    """A subscriber goes away; what happens meanwhile waits for it."""
    dashboard = run.company.dashboards["participant"]
    await dashboard.close()
    run.say(f"position {dashboard.log.position} is kept")


async def decline(run: Run) -> None:
    """Out of stock: the choice is the participant's again."""
    order = run.orders["first"]
    reason = "Модели нет на складе до конца квартала."
    said = await run.who("supplier").act(
        "OrderDecline", run.key("decline"), orderId=order.identifier, reason=reason
    )
    run.say(f"the order is {said['order']['status']}: {reason}")
    run.order_changed("first", "declined")
    run.measure_changed("A", "choice_open")


async def open_dashboard(run: Run) -> None:
    """Back again, after the position kept."""
    dashboard = run.company.dashboards["participant"]
    before = dashboard.log.position
    dashboard.open()
    run.say(f"goes on after {before}")


CHOOSING: tuple[Step, ...] = (
    ("The supplier writes two cards and publishes them", publish_cards),
    ("The supplier edits one of them and publishes it again", edit_card),
    ("Е-Собес sends a measure; the participant is told by SMS", assign_measure),
    ("The participant searches the catalogue", search),
    ("The participant prepares, signs and places an order", place_first),
    ("The participant's dashboard goes away", close_dashboard),
    ("The supplier declines; the choice is open again", decline),
    ("The participant's dashboard comes back and has missed nothing", open_dashboard),
)
