"""A listing with days, and orders that take them in transactions of their own."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from documents import capacity
from documents.base import Id, in_transaction
from documents.capacity import CapacityTaking, shares_of
from domain.capacity import Day

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=72)
FIRST = date(2026, 5, 1)
LISTING, PERSON = Id("a" * 24), Id("b" * 24)


def on(number: int) -> date:
    """So many days after the first."""
    return FIRST + timedelta(days=number)


def taking(amounts: Mapping[date, int], **other: Any) -> CapacityTaking:
    """What an order is to take."""
    given = {"listing": LISTING, "person": PERSON, "category": "sanatorium_stay", "taken_at": NOW}
    made: CapacityTaking = CapacityTaking.model_validate(given | other | {"days": shares_of(amounts)})
    return made


class Cut(Exception):
    """What ends a transaction in these tests."""


async def take(wanted: CapacityTaking) -> bool:
    """Take in a transaction that ends with nothing kept when a day has not enough."""

    async def work() -> None:
        if not await capacity.take(wanted):
            raise Cut

    try:
        await in_transaction(work)
    except Cut:
        return False
    return True


async def offered(places: Mapping[date, int]) -> dict[date, int]:
    """Set days in a transaction."""
    return await in_transaction(lambda: capacity.offer(LISTING, places))


async def days(first: int = 0, last: int = 30) -> dict[date, Day]:
    """The listing's days."""
    return (await capacity.days_of([LISTING], on(first), on(last)))[LISTING]
