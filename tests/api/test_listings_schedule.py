"""Publishing and withdrawing later, through the API and by the server's own clock."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.api.client import Client, key
from tests.api.portal import CATEGORY, Portal, card, of_draft
from tests.api.socket import following

SHOWN = "query($id: ID!) { node(id: $id) { ... on Listing { title { ru } } } }"
DRAFT = """query($id: ID!) { node(id: $id) { ... on ListingDraft { status version
schedule { version publishAt withdrawAt } history(first: 9) { nodes { act byText } } } } }"""


async def created(client: Client, **fields: Any) -> str:
    """A new draft."""
    return str((await client.done("listingCreate", category=CATEGORY, card=card(**fields)))["draft"]["id"])


def in_(portal: Portal, **span: float) -> str:
    """An instant from now."""
    return (portal.clock() + timedelta(**span)).isoformat()


async def test_the_clock_publishes_and_withdraws(portal: Portal) -> None:
    """R-B4: a planned card is shown and taken off again without anybody asking, and the feed tells of both."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    given = {"publishAt": in_(portal, seconds=1), "withdrawAt": in_(portal, seconds=2)}
    planned = (await supplier.done("listingSchedule", listingId=draft, expectedVersion=1, **given))["draft"]
    assert (planned["version"], planned["schedule"]["version"], planned["status"]) == (2, 2, "DRAFT")
    async with following(portal, supplier, "supplierFeed", 0) as feed:
        told: list[str] = []
        while "withdrawn" not in told:
            item = await feed.item()
            told += [item["status"]] if item["event"] == "listing.changed" else []
    assert told == ["published", "withdrawn"]
    found = (await supplier.read(DRAFT, id=draft))["node"]
    assert (found["status"], found["schedule"]) == ("WITHDRAWN", None)
    acts = [one["act"] for one in found["history"]["nodes"]]
    assert acts == ["WITHDRAWN", "PUBLISHED", "SCHEDULED", "CREATED"]


async def test_what_can_not_be_published_then_is_told(portal: Portal) -> None:
    """R-B4: an unfinished card is not published; the feed names the error, and nothing is planned any more."""
    _, supplier = await portal.supplier()
    draft = await created(supplier, price=None)
    given = {"publishAt": in_(portal, seconds=1)}
    await supplier.done("listingSchedule", listingId=draft, expectedVersion=1, **given)
    async with following(portal, supplier, "supplierFeed", 0) as feed:
        item = await feed.item()
        while item["event"] != "listing.not_done":
            item = await feed.item()
    found = (await supplier.read(DRAFT, id=draft))["node"]
    assert (found["status"], found["schedule"]) == ("DRAFT", None)
    assert found["history"]["nodes"][0]["act"] == "UNSCHEDULED"
    assert (item["error"], item["status"]) == ("PRICE_REQUIRED", "draft")


async def test_an_edit_drops_the_publication(portal: Portal) -> None:
    """R-B4: a schedule is for the version that it names: other content has to be planned anew."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    given = {"publishAt": in_(portal, hours=1), "withdrawAt": in_(portal, hours=2)}
    await supplier.done("listingSchedule", listingId=draft, expectedVersion=1, **given)
    await supplier.done("listingEdit", listingId=draft, expectedVersion=2, card=card("Другое кресло"))
    found = (await supplier.read(DRAFT, id=draft))["node"]["schedule"]
    assert (found["version"], found["publishAt"]) == (2, None)
    assert found["withdrawAt"] is not None
    cleared = await supplier.done("listingSchedule", listingId=draft, expectedVersion=3)
    assert cleared["draft"]["schedule"] is None


@pytest.mark.parametrize(
    ("publish", "withdraw", "codes"),
    [
        (-1, None, {"SCHEDULE_IN_THE_PAST"}),
        (None, -1, {"SCHEDULE_IN_THE_PAST"}),
        (2, 1, {"SCHEDULE_ORDER"}),
        (24 * 400, None, {"SCHEDULE_TOO_FAR"}),
    ],
)
async def test_instants_that_can_not_be(
    portal: Portal, publish: int | None, withdraw: int | None, codes: set[str]
) -> None:
    """R-B4: impossible instants are refused together, and nothing is planned."""
    _, supplier = await portal.supplier()
    draft = await created(supplier)
    before = await portal.counts()
    hours = {"publishAt": publish, "withdrawAt": withdraw}
    given = {name: in_(portal, hours=at) for name, at in hours.items() if at is not None}
    answer = await supplier.act("listingSchedule", listingId=draft, expectedVersion=1, **given)
    assert {issue["code"] for issue in answer["issues"]} == codes
    assert await portal.counts() == before


async def test_who_may_not_and_what_is_repeated(portal: Portal) -> None:
    """R-J3, R-K: another supplier plans nothing, a repeated request plans once, of several at once one is kept."""
    (_, supplier), (_, other) = await portal.supplier(), await portal.supplier()
    draft = await created(supplier)
    given = {
        "listingId": draft,
        "expectedVersion": 1,
        "publishAt": in_(portal, hours=1),
        "idempotencyKey": key(),
    }
    assert (await other.act("listingSchedule", **given))["__typename"] == "NotFound"
    moderator = await portal.employee("administrator")
    assert (await moderator.act("listingSchedule", **given))["__typename"] == "AccessDenied"
    first = await supplier.done("listingSchedule", **given)
    before = await portal.counts()
    assert await supplier.done("listingSchedule", **given) == first
    assert await portal.counts() == before
    late = {"listingId": draft, "expectedVersion": 2, "publishAt": in_(portal, hours=3)}
    answers = await asyncio.gather(*(supplier.act("listingSchedule", **late) for _ in range(3)))
    assert sorted(answer["__typename"] for answer in answers) == [
        "ListingScheduled",
        *["VersionConflict"] * 2,
    ]
    assert (await portal.visitor().read(SHOWN, id=of_draft(draft)))["node"] is None
