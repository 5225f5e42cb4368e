"""The clock of holds, and the days that the demonstration offers."""

import asyncio
from datetime import date, timedelta

from documents import capacity
from documents.base import Id, collection, in_transaction, new_id
from documents.capacity import TAKINGS, CapacityTaking, shares_of
from domain.capacity import Dates, Day
from domain.categories import Capacity, CapacityUnit
from tests.resolvers.stage import NOW, acting
from workers.capacity import CapacityClock, expire_due_holds
from workers.seed.capacity import AHEAD, dates_from, offered, rules
from workers.seed.categories import load_categories
from workers.seed.demo import generate_demo

FIRST = date(2026, 5, 1)
TODAY = date(2026, 11, 22)


async def held(count: int) -> Id:
    """A listing with so many holds that are over."""
    listing = new_id()
    await in_transaction(lambda: capacity.offer(listing, {FIRST: count}))
    for _ in range(count):
        one = CapacityTaking(
            listing=listing,
            person=new_id(),
            category="day_care",
            days=shares_of({FIRST: 1}),
            taken_at=NOW - timedelta(days=3),
            expires_at=NOW,
        )
        await in_transaction(lambda one=one: capacity.take(one))  # type: ignore[misc]
    return listing


async def test_clocks_on_several_machines_expire_each_hold_once(database: object) -> None:
    """R-B4: two clocks run at once; every hold that is over is given back exactly once."""
    listing = await held(6)
    clocks = [CapacityClock(acting, timedelta(milliseconds=20)) for _ in range(2)]
    running = [asyncio.create_task(clock.run()) for clock in clocks]
    while await collection(TAKINGS).count_documents({"state": "held"}):
        await asyncio.sleep(0.02)
    for clock in clocks:
        clock.stop()
    await asyncio.gather(*running)
    found = await capacity.days_of([listing], FIRST, FIRST)
    assert found == {listing: {FIRST: Day(6)}}
    assert await collection("audit_intents").count_documents({"act": "Clock.expire"}) == 6


async def test_a_clock_has_nothing_to_do(database: object) -> None:
    """R-B4: without holds nothing is written."""
    assert await expire_due_holds(acting()) == 0


def test_the_demonstration_offers_what_its_cards_say() -> None:
    """R-B4: every card that is taken by dates has days; week-ends only where the card works then."""
    known, seen = rules(), set()
    for card in generate_demo(TODAY).listings:
        if card.category not in known:
            continue
        days = offered(known[card.category], card, TODAY)
        seen.add(known[card.category].unit)
        answers = {one["code"]: one["value"] for one in card.characteristics}
        weekends = known[card.category].unit is CapacityUnit.nights or answers.get("weekends", False)
        assert all(places > 0 for places in days.values())
        assert (len(days) == AHEAD) == weekends
        assert any(day.weekday() > 4 for day in days) == weekends
    assert seen == set(CapacityUnit)


def test_the_shortest_days_of_an_order() -> None:
    """R-B4: a stay lasts what the card says, a night one night, hours one day; goods name none."""
    found = {one.code: one for one in load_categories()}
    stay = {"characteristics": [{"code": "days", "value": 14}]}
    assert dates_from(found["sanatorium_stay"], stay, FIRST) == Dates(FIRST, FIRST + timedelta(days=14))
    empty: dict[str, list[object]] = {"characteristics": []}
    assert dates_from(found["inpatient_care"], empty, FIRST) == Dates(FIRST, FIRST + timedelta(days=1))
    assert dates_from(found["sign_language_interpreter"], empty, FIRST) == Dates(FIRST, FIRST)
    assert dates_from(found["walkers"], empty, FIRST) is None
    assert found["inpatient_care"].capacity == Capacity(unit=CapacityUnit.nights)
