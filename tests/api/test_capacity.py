"""Stays by dates through the API: offered, seen, ordered by many at once, never more than there are."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from documents.base import Id
from tests.api.client import Client, key
from tests.api.people import Someone
from tests.api.portal import REGION, Portal, card, local, of_draft

SANATORIUM = "86103"
NIGHTS = 14
ANSWERS: list[dict[str, Any]] = [
    {"code": "profile", "choice": "nervous"},
    {"code": "days", "number": str(NIGHTS), "unit": "day"},
    {"code": "room_places", "number": "2"},
    {"code": "procedures", "number": "4"},
    {"code": "companion", "boolean": True},
    {"code": "location", "localised": {"ru": "берег озера", "kk": "көл жағасы"}},
    {"code": "room_type", "choice": "standard"},
    {"code": "companion_place", "choice": "same_room"},
    {"code": "companion_price", "number": "84000", "unit": "tenge"},
    {"code": "children", "boolean": False},
]
DAYS = """query($id: ID!, $from: String, $to: String) { node(id: $id) {
... on Listing { availability(from: $from, to: $to) { day places free } }
... on ListingDraft { availability(from: $from, to: $to) { day places free } capacityVersion } } }"""


@dataclass
class Resort:
    """A sanatorium with a published offer, and somebody who means to go there."""

    portal: Portal
    supplier: Client
    draft: str
    first: date

    @property
    def listing(self) -> str:
        """The offer as the catalogue names it."""
        return of_draft(self.draft)

    @property
    def stay(self) -> dict[str, str]:
        """Arrival and departure."""
        return {"from": str(self.first), "to": str(self.first + timedelta(days=NIGHTS))}

    def range(self, places: int, days: int = NIGHTS, start: int = 0) -> dict[str, Any]:
        """So many places on so many days."""
        since = self.first + timedelta(days=start)
        return {"from": str(since), "to": str(since + timedelta(days=days - 1)), "places": places}

    async def offer(self, *days: dict[str, Any], **other: Any) -> Any:
        """What the supplier sets."""
        return await self.supplier.act("capacitySet", listingId=self.draft, days=list(days), **other)

    async def free(self, days: int = NIGHTS) -> list[int]:
        """Free places by day, as a visitor sees them."""
        until = str(self.first + timedelta(days=days - 1))
        asked = {"id": self.listing, "from": str(self.first), "to": until}
        seen = await self.portal.visitor().read(DAYS, **asked)
        return [one["free"] for one in seen["node"]["availability"]]

    async def guest(self) -> tuple[Someone, Client, str]:
        """Somebody with a measure for a stay."""
        person, client = await self.portal.participant()
        wanted = {"direction": "sanatorium", "category": "sanatorium_stay"}
        return person, client, await self.portal.measure(person, **wanted)

    async def prepared(self, client: Client, measure: str, **other: Any) -> Any:
        """The answer to preparing an order."""
        given = {"measureId": measure, "listingId": self.listing} | self.stay | other
        return await client.act("orderPrepare", **given)

    async def placed(self, person: Someone, client: Client, application: Any) -> Any:
        """The answer to placing it."""
        cms = self.portal.sign(person.identity, application["document"]["content"])
        return await client.act("orderPlace", applicationId=application["id"], cms=cms)


async def opened(portal: Portal) -> Resort:
    """A new sanatorium with its offer."""
    _, supplier = await portal.supplier(SANATORIUM)
    whole = card("Санаторий", characteristics=ANSWERS, regions=[REGION])
    draft = (await supplier.done("listingCreate", category="sanatorium_stay", card=whole))["draft"]
    await supplier.done("listingPublish", listingId=draft["id"], expectedVersion=draft["version"])
    return Resort(portal, supplier, str(draft["id"]), portal.clock().date() + timedelta(days=30))


@pytest.fixture
async def resort(portal: Portal) -> Resort:
    """A sanatorium of this test's own."""
    return await opened(portal)


async def test_twenty_people_for_the_last_five_places(resort: Resort) -> None:
    """R-B4: of twenty people who order at once, five get the last five places, and the rest leave nothing behind."""
    assert (await resort.offer(resort.range(5)))["draft"]["capacityVersion"] == 1
    guests = [await resort.guest() for _ in range(20)]
    ready = [(await resort.prepared(client, measure))["application"] for _, client, measure in guests]
    before = await resort.portal.counts()
    answers = await asyncio.gather(
        *(
            resort.placed(person, client, application)
            for (person, client, _), application in zip(guests, ready, strict=True)
        )
    )
    after = await resort.portal.counts()
    refused = [answer["code"] for answer in answers if answer["__typename"] == "Refused"]
    assert refused == ["CAPACITY_EXHAUSTED"] * 15
    grown = {name: after[name] - before[name] for name in after}
    assert (grown["orders"], grown["capacity_takings"], grown["evidence"]) == (5, 5, 5)
    assert await resort.free() == [0] * NIGHTS


async def test_the_order_says_its_days_and_gives_them_back(resort: Resort) -> None:
    """R-D2: what is signed names arrival and departure; a cancelled order frees its nights at once."""
    await resort.offer(resort.range(2, 20))
    person, client, measure = await resort.guest()
    application = (await resort.prepared(client, measure))["application"]
    assert resort.stay["from"] in application["document"]["text"]
    assert resort.stay["to"] in application["document"]["text"]
    order = (await resort.placed(person, client, application))["order"]
    asked = "query($id: ID!) { node(id: $id) { ... on Order { days { unit from to } } } }"
    seen = await client.read(asked, id=order["id"])
    assert seen["node"]["days"] == {"unit": "NIGHTS", **resort.stay}
    assert await resort.free(20) == [1] * NIGHTS + [2] * 6
    await client.done("orderCancel", orderId=order["id"])
    assert await resort.free(20) == [2] * 20


async def test_an_order_repeated_takes_once(resort: Resort) -> None:
    """R-K: twenty requests with one key take the nights of one order."""
    await resort.offer(resort.range(5))
    person, client, measure = await resort.guest()
    application = (await resort.prepared(client, measure))["application"]
    cms = resort.portal.sign(person.identity, application["document"]["content"])
    given = {"idempotencyKey": key(), "applicationId": application["id"], "cms": cms}
    answers = await asyncio.gather(*(client.act("orderPlace", **given) for _ in range(20)))
    assert len({answer["order"]["id"] for answer in answers}) == 1
    assert await resort.free() == [4] * NIGHTS


async def test_days_that_an_order_may_not_name(resort: Resort) -> None:
    """R-B4: each impossible wish gets its typed refusal in words, and nothing is written."""
    await resort.offer(resort.range(5))
    _, client, measure = await resort.guest()
    before = await resort.portal.counts()
    for wish, kind, code in (
        ({"from": None, "to": None}, "InvalidInput", "DAYS_REQUIRED"),
        ({"from": None}, "InvalidInput", "DAYS_REQUIRED"),
        ({"to": None}, "InvalidInput", "DAYS_REQUIRED"),
        ({"from": "1 мая"}, "InvalidInput", "NOT_A_DAY"),
        ({"from": "2020-01-01"}, "InvalidInput", "DAYS_OUT_OF_REACH"),
        ({"to": resort.stay["from"]}, "InvalidInput", "DAYS_REVERSED"),
        ({"to": str(resort.first + timedelta(days=7))}, "Refused", "STAY_LENGTH"),
        (
            {
                "from": str(resort.first + timedelta(days=1)),
                "to": str(resort.first + timedelta(days=NIGHTS + 1)),
            },
            "Refused",
            "DAY_NOT_OFFERED",
        ),
    ):
        answer = await resort.prepared(client, measure, **wish)
        assert (answer["__typename"], answer["code"]) == (kind, code), wish
        assert answer["message"]
    assert await resort.portal.counts() == before


async def test_goods_are_ordered_without_days(portal: Portal) -> None:
    """R-B4: an order of goods names no days, and is refused if it does."""
    _, supplier = await portal.supplier()
    listing = of_draft(await portal.published(supplier))
    person, client = await portal.participant()
    measure = await portal.measure(person)
    asked = {"measureId": measure, "listingId": listing, "from": "2027-01-01", "to": "2027-01-02"}
    assert (await client.act("orderPrepare", **asked))["code"] == "DAYS_NOT_TAKEN"
    seen = await client.read(DAYS, id=listing)
    assert seen["node"]["availability"] is None


async def test_a_supplier_lowers_below_what_is_taken(resort: Resort) -> None:
    """R-B4: the refusal names the day and how much is taken, in the reader's language, and nothing changes."""
    await resort.offer(resort.range(5))
    person, client, measure = await resort.guest()
    await resort.placed(person, client, (await resort.prepared(client, measure))["application"])
    before = await resort.portal.counts()
    resort.supplier = resort.supplier.speaking("ru")
    answer = await resort.offer(resort.range(0))
    assert (answer["__typename"], answer["code"]) == ("Refused", "CAPACITY_BELOW_TAKEN")
    assert answer["message"] == f"На {resort.first} заказами уже занято 1: меньше поставить нельзя."
    assert await resort.portal.counts() == before
    assert await resort.free() == [4] * NIGHTS
    await resort.offer(resort.range(1))
    assert await resort.free() == [0] * NIGHTS


async def test_days_that_can_not_be_offered(resort: Resort) -> None:
    """R-B4: faults of an offer are named by their place; days named twice, text and odd numbers set nothing."""
    before = await resort.portal.counts()
    for days, code, path in (
        ([], "DAYS_TOO_MANY", ["input", "days"]),
        ([resort.range(-1)], "PLACES_OUT_OF_RANGE", ["input", "days", "0", "places"]),
        ([resort.range(1), resort.range(2)], "DAYS_OVERLAP", ["input", "days", "1", "from"]),
        ([resort.range(1, 400)], "DAYS_TOO_MANY", ["input", "days"]),
        ([resort.range(1) | {"to": "9999-99-99"}], "NOT_A_DAY", ["input", "days", "0", "to"]),
    ):
        answer = await resort.offer(*days)
        assert (answer["__typename"], answer["code"], answer["path"]) == ("InvalidInput", code, path)
    assert await resort.portal.counts() == before


async def test_whose_days_they_are(resort: Resort, portal: Portal) -> None:
    """R-J3: another supplier finds no such listing, other roles may not set days; nothing is set."""
    _, other = await portal.supplier(SANATORIUM)
    _, participant = await portal.participant()
    before = await portal.counts()
    given = {"listingId": resort.draft, "days": [resort.range(5)]}
    assert (await other.act("capacitySet", **given))["__typename"] == "NotFound"
    answer = await participant.act("capacitySet", **given)
    assert (answer["__typename"], answer["code"]) == ("AccessDenied", "ACCESS_DENIED")
    answer = await portal.visitor().act("capacitySet", **given)
    assert (answer["__typename"], answer["code"]) == ("AccessDenied", "SIGN_IN_REQUIRED")
    assert await portal.counts() == before


async def test_days_set_once_per_key_and_version(resort: Resort) -> None:
    """R-B5: a repeated request sets days once; an overtaken version is a conflict with both numbers."""
    one = key()
    for _ in range(3):
        answer = await resort.offer(resort.range(5), idempotencyKey=one, expectedVersion=0)
        assert answer["draft"]["capacityVersion"] == 1
    assert (await resort.offer(resort.range(6), idempotencyKey=one))["__typename"] == "IdempotencyConflict"
    answer = await resort.offer(resort.range(6), expectedVersion=0)
    assert (answer["__typename"], answer["expected"], answer["actual"]) == ("VersionConflict", 0, 1)
    answers = await asyncio.gather(*(resort.offer(resort.range(6), expectedVersion=1) for _ in range(5)))
    assert sorted(answer["__typename"] for answer in answers) == ["CapacitySet"] + ["VersionConflict"] * 4


async def test_an_unpublished_listing_shows_no_days(portal: Portal, resort: Resort) -> None:
    """R-B7: what is not in the catalogue has no public days; its supplier sees them in the draft."""
    await resort.offer(resort.range(5))
    shown = {"from": str(resort.first), "to": str(resort.first)}
    own = await resort.supplier.read(DAYS, id=resort.draft, **shown)
    assert own["node"] == {
        "availability": [{"day": str(resort.first), "places": 5, "free": 5}],
        "capacityVersion": 1,
    }
    row = await portal.database["listing_drafts"].find_one({"_id": Id(local(resort.draft))})
    assert row is not None
    await resort.supplier.done("listingWithdraw", listingId=resort.draft, expectedVersion=row["version"])
    for client in (portal.visitor(), resort.supplier):
        assert (await client.read(DAYS, id=resort.listing, **shown))["node"] is None
    assert (await portal.visitor().read(DAYS, id=resort.draft, **shown))["node"] is None
    assert (await resort.supplier.read(DAYS, id=resort.draft, **shown))["node"]["availability"]


async def test_availability_is_read_for_a_page_at_once(resort: Resort) -> None:
    """R-B7: the days of a page of listings come in one answer, spans beyond 92 days and odd days are refused."""
    await resort.offer(resort.range(5))
    text = """query($from: String, $to: String) { listings(first: 24, filter: {category: "sanatorium_stay"}) {
    nodes { id availability(from: $from, to: $to) { day free } } } }"""
    visitor = resort.portal.visitor()
    asked = {"from": str(resort.first), "to": str(resort.first + timedelta(days=91))}
    nodes = (await visitor.read(text, **asked))["listings"]["nodes"]
    found = {node["id"]: node["availability"] for node in nodes}
    assert len(found) > 1
    assert len(found[resort.listing]) == NIGHTS
    for wrong, code in (
        ({"to": str(resort.first + timedelta(days=92))}, "DAYS_TOO_MANY"),
        ({"to": "2020-01-01"}, "DAYS_REVERSED"),
        ({"from": "today"}, "NOT_A_DAY"),
    ):
        assert {each["code"] for each in await visitor.errors(text, **(asked | wrong))} == {code}
