"""What waits while its category's definition changes: planned cards, cards with a moderator, old versions."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.api.categories import WALKER, changed, named
from tests.api.client import Client
from tests.api.moderation import publish, seen, shown, step, waiting
from tests.api.portal import Portal, card, of_draft
from tests.api.server import PAUSE
from tests.api.socket import following
from tests.api.test_categories import WALKERS, added, code, draft_of, mine

SHOWN = """query($id: ID!) { node(id: $id) { ... on Listing { characteristics { code value unit } } } }"""
PLANNED = "query($id: ID!) { node(id: $id) { ... on ListingDraft { status schedule { publishAt } } } }"
CHOICES = [{"code": "oak", "names": named("дуб")}, {"code": "ash", "names": named("ясень")}]


@pytest.fixture
async def moderated(portal: Portal) -> AsyncIterator[Portal]:
    """The portal while cards of TSR are looked at before they are shown."""
    async with portal.moderated():
        yield portal


async def a_length(portal: Portal) -> str:
    """A new number of walkers, in millimetres; its code."""
    name = code()
    await changed(portal, WALKERS, added(name, "DECIMAL", unit="mm", minimum=1, maximum=9000, decimals=1))
    return name


async def a_wood(portal: Portal) -> str:
    """A new choice of walkers; its code."""
    name = code()
    await changed(portal, WALKERS, added(name, "CHOICE", choices=CHOICES))
    return name


def in_centimetres(name: str) -> dict[str, Any]:
    """The change of a length's unit, which every answer can follow."""
    return {"convert": {"characteristic": f"t-{name}", "unit": "cm", "factor": "0.1", "decimals": 1}}


def without_ash(name: str) -> dict[str, Any]:
    """The change that an answer `ash` can't follow."""
    return {"close": {"characteristic": f"t-{name}", "choice": "ash"}}


async def drafted(supplier: Client, **answer: Any) -> Any:
    """A new draft that answers one thing more."""
    given = card(characteristics=[*WALKER, answer])
    return (await supplier.done("listingCreate", category=WALKERS, card=given))["draft"]


async def edited(supplier: Client, draft: Any, **answer: Any) -> Any:
    """The draft with another answer."""
    given = {"listingId": draft["id"], "expectedVersion": draft["version"]}
    content = card(characteristics=[*WALKER, answer])
    return (await supplier.done("listingEdit", **given, card=content))["draft"]


async def planned(portal: Portal, supplier: Client, draft: Any, **span: float) -> Any:
    """The draft, to be published in a while."""
    at = (portal.clock() + timedelta(**span)).isoformat()
    given = {"listingId": draft["id"], "expectedVersion": draft["version"], "publishAt": at}
    return (await supplier.done("listingSchedule", **given))["draft"]


async def in_catalogue(portal: Portal, draft: Any, name: str) -> tuple[str, str | None]:
    """The answer that everybody reads of a listing, and its unit, once it is shown."""
    async with asyncio.timeout(30):
        while not (node := (await portal.visitor().read(SHOWN, id=of_draft(draft["id"])))["node"]):
            await asyncio.sleep(PAUSE)
    (answer,) = (each for each in node["characteristics"] if each["code"] == name)
    return answer["value"], answer["unit"]


async def sent(supplier: Client, name: str) -> tuple[Any, Any]:
    """A new draft that is 425 mm long, and its review, which waits for a moderator."""
    draft = await drafted(supplier, code=name, number="425")
    await publish(supplier, draft["id"])
    return draft, (await seen(supplier, draft["id"]))["review"]


async def test_a_planned_card_is_shown_in_the_new_unit(portal: Portal) -> None:
    """R-B3, R-B4: what was planned stays planned when an answer gets another unit, and is shown in that one."""
    _, supplier = await portal.supplier()
    name = await a_length(portal)
    draft = await planned(portal, supplier, await drafted(supplier, code=name, number="425"), seconds=3)
    await changed(portal, WALKERS, in_centimetres(name))
    assert await in_catalogue(portal, draft, name) == ("42.5", "cm")
    assert (await draft_of(supplier, draft))["answers"][name] == 42.5
    assert (await supplier.read(PLANNED, id=draft["id"]))["node"] == {"status": "PUBLISHED", "schedule": None}


async def test_a_planned_card_that_can_not_follow_is_not_shown(portal: Portal) -> None:
    """R-B3, R-B4: the clock shows nothing that the definition does not take any more; its supplier is told why."""
    _, supplier = await portal.supplier()
    name = await a_wood(portal)
    draft = await planned(portal, supplier, await drafted(supplier, code=name, choice="ash"), seconds=5)
    job = await changed(portal, WALKERS, without_ash(name))
    assert mine(job["faults"], draft) == {("draft", "NOT_A_CHOICE", name)}
    async with following(portal, supplier, "supplierFeed", 0) as feed:
        told = [await feed.item()]
        while told[-1]["event"] != "listing.not_done":
            told.append(await feed.item())
    assert "listing.needs_attention" in {each["event"] for each in told}
    assert told[-1]["error"] == "NOT_A_CHOICE"
    assert (await supplier.read(PLANNED, id=draft["id"]))["node"] == {"status": "DRAFT", "schedule": None}
    assert await shown(portal, draft["id"]) is None


async def test_other_answers_than_were_sent_are_not_approved(moderated: Portal) -> None:
    """R-B3, R-B5: a card whose answers a change has converted is taken off the queue and sent anew."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    name = await a_length(moderated)
    draft, review = await sent(supplier, name)
    await changed(moderated, WALKERS, in_centimetres(name))
    late = await step(moderator, "listingApprove", review)
    assert (late["__typename"], late["actual"]) == ("VersionConflict", review["version"] + 1)
    assert review["id"] not in {one["id"] for one in await waiting(moderator)}
    mine = await seen(supplier, draft["id"])
    assert (mine["review"], [one["status"] for one in mine["reviews"]]) == (None, ["RETRACTED"])
    await publish(supplier, draft["id"])
    await step(moderator, "listingApprove", (await seen(supplier, draft["id"]))["review"])
    assert await in_catalogue(moderated, draft, name) == ("42.5", "cm")


async def test_a_card_that_says_what_it_said_is_approved(moderated: Portal) -> None:
    """R-B3, R-B5: a change that leaves a card's answers alone leaves its review alone."""
    _, supplier = await moderated.supplier()
    moderator = await moderated.employee("administrator")
    name = await a_length(moderated)
    draft, review = await sent(supplier, name)
    other = await a_wood(moderated)
    assert (await seen(supplier, draft["id"]))["review"] == review
    await step(moderator, "listingApprove", review)
    assert await in_catalogue(moderated, draft, name) == ("425", "mm")
    after = await draft_of(supplier, draft)
    assert other not in after["answers"]
    assert after["publishedVersion"] == after["version"]


async def test_an_old_version_comes_back_in_the_new_unit(portal: Portal) -> None:
    """R-B3, R-B5: restoring what was written in millimetres gives centimetres; what is no choice any more is refused."""
    _, supplier = await portal.supplier()
    length, wood = await a_length(portal), await a_wood(portal)
    first = await drafted(supplier, code=length, number="425")
    second = await edited(supplier, first, code=wood, choice="ash")
    third = await edited(supplier, second, code=length, number="500")
    await changed(portal, WALKERS, in_centimetres(length), without_ash(wood))
    version = (await draft_of(supplier, third))["version"]
    given = {"listingId": first["id"], "expectedVersion": version}
    refused = await supplier.act("listingRestore", **given, version=second["version"])
    assert [(each["code"], each["path"]) for each in refused["issues"]] == [
        ("NOT_A_CHOICE", ["input", "version", "characteristics", wood])
    ]
    await supplier.done("listingRestore", **given, version=first["version"])
    after = await draft_of(supplier, first)
    assert (after["version"], after["answers"][length], wood in after["answers"]) == (
        version + 1,
        42.5,
        False,
    )
