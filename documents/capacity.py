"""What listings offer by day and what orders took of it: nothing is taken that is not there.

A day is a row, so that orders for different days never wait for each other. Whoever changes days does so
inside a transaction, earlier days first: of two at once one meets the other's write and begins again.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from beanie.odm.utils.dump import get_dict
from pydantic import BaseModel
from pymongo import IndexModel, ReturnDocument, UpdateOne

from documents.base import Id, Record, Row, collection, insert, session
from documents.reference import midnight
from domain.capacity import MOST, TAKEN, Amounts, Day, Hold

DAYS = "capacity_days"
HEADS = "capacity_heads"
TAKINGS = "capacity_takings"
_TAKEN = sorted(TAKEN)


class CapacityDay(Record):
    """One day of one listing: units offered, units taken."""

    listing: Id
    day: datetime
    places: int
    taken: int = 0

    class Settings(Record.Settings):
        """Found by listing and day."""

        name = DAYS
        indexes: ClassVar = [IndexModel([("listing", 1), ("day", 1)], name="listing_day", unique=True)]


class CapacityHead(Record):
    """How often a listing's days were changed by its supplier; bears the listing's identifier."""

    version: int

    class Settings(Record.Settings):
        """Found by its identifier only."""

        name = HEADS
        indexes: ClassVar[list[IndexModel]] = []


class Share(BaseModel):
    """Units taken of one day."""

    day: datetime
    amount: int


class CapacityTaking(Record):
    """What one order took; bears the order's identifier, so that no order takes twice."""

    listing: Id
    person: Id
    category: str
    days: list[Share]
    state: Hold = Hold.held
    taken_at: datetime
    expires_at: datetime | None = None
    ended_at: datetime | None = None

    class Settings(Record.Settings):
        """What a person has of a category; what nobody confirmed in time."""

        name = TAKINGS
        indexes: ClassVar = [
            IndexModel([("person", 1), ("category", 1), ("days.day", 1)], name="person_days"),
            IndexModel(
                [("expires_at", 1)], name="expiring", partialFilterExpression={"state": Hold.held.value}
            ),
        ]


async def days_of(listings: Collection[Id], first: date, last: date) -> dict[Id, dict[date, Day]]:
    """What each listing offers from a day to another, both included, by day in their order."""
    wanted = {"listing": {"$in": list(listings)}, "day": {"$gte": midnight(first), "$lte": midnight(last)}}
    found: dict[Id, dict[date, Day]] = {listing: {} for listing in listings}
    rows = collection(DAYS).find(wanted, sort=[("listing", 1), ("day", 1)], session=session())
    for row in await rows.to_list():
        found[row["listing"]][_date(row["day"])] = Day(row["places"], row["taken"])
    return found


async def versions(listings: Collection[Id]) -> dict[Id, int]:
    """How often the days of each listing were changed; none for never."""
    rows = collection(HEADS).find({"_id": {"$in": list(listings)}}, session=session())
    return {row["_id"]: row["version"] for row in await rows.to_list()}


async def next_version(listing: Id) -> int:
    """Count one more change of a listing's days: two suppliers' changes at once meet here."""
    row = await collection(HEADS).find_one_and_update(
        {"_id": listing},
        {"$inc": {"version": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return int((row or {"version": 1})["version"])


async def offer(listing: Id, places: Amounts) -> dict[date, int]:
    """Set the units of days; days on which more is taken come back with that, and nothing is set."""
    known = (await days_of([listing], min(places), max(places)))[listing]
    below = {day: found.taken for day, found in known.items() if found.taken > places.get(day, MOST)}
    if below:
        return below
    await _write([_placed(listing, day, places[day]) for day in sorted(places) if day in known])
    fresh = [
        CapacityDay(listing=listing, day=midnight(day), places=places[day])
        for day in sorted(places)
        if day not in known
    ]
    if fresh:
        rows = [get_dict(one, to_db=True) for one in fresh]
        await collection(DAYS).insert_many(rows, session=session())
    return {}


def _placed(listing: Id, day: date, places: int) -> UpdateOne:
    seen = {"listing": listing, "day": midnight(day), "taken": {"$lte": places}}
    return UpdateOne(seen, {"$set": {"places": places}})


async def taking_of(order: Id) -> Row | None:
    """What an order took, if it took anything."""
    return await collection(TAKINGS).find_one({"_id": order}, session=session())


async def taken_by(person: Id, category: str, first: date, last: date) -> dict[date, int]:
    """Units of a category that a person's orders have of each day."""
    within = {"$gte": midnight(first), "$lte": midnight(last)}
    steps: list[Row] = [
        {"$match": {"person": person, "category": {"$eq": category}, "days.day": within}},
        {"$match": {"state": {"$in": _TAKEN}}},
        {"$unwind": "$days"},
        {"$match": {"days.day": within}},
        {"$group": {"_id": "$days.day", "amount": {"$sum": "$days.amount"}}},
    ]
    rows = await (await collection(TAKINGS).aggregate(steps, session=session())).to_list()
    return {_date(row["_id"]): row["amount"] for row in rows}


async def take(taking: CapacityTaking) -> bool:
    """Take the days of an order, once; False when a day has not enough left.

    Then the transaction under way has to end, for other days may be taken already. What was given back is not
    taken again.
    """
    known = await taking_of(taking.id)
    if known is not None:
        return known["state"] in _TAKEN
    if not await _move_days(taking.listing, {_date(one.day): one.amount for one in taking.days}):
        return False
    await insert(taking)
    return True


async def confirm(order: Id) -> bool:
    """Keep what an order holds for good, and take again what expired; False when that is gone.

    Then the transaction under way has to end. Nothing happens to an order that took nothing.
    """
    row = await taking_of(order)
    if row is None or row["state"] in {Hold.confirmed, Hold.released}:
        return True
    if row["state"] == Hold.expired and not await _move_days(row["listing"], amounts_of(row)):
        return False
    await _move(order, Hold(row["state"]), Hold.confirmed, {"expires_at": None, "ended_at": None})
    return True


async def release(order: Id, now: datetime) -> bool:
    """Give back exactly what an order has, once; False when it has nothing."""
    row = await taking_of(order)
    if row is None or row["state"] not in _TAKEN:
        return False
    return await _end(row, Hold.released, now)


async def expire(order: Id, now: datetime) -> bool:
    """Give back what an order held for too long; False when somebody else was first."""
    row = await taking_of(order)
    over = row is not None and row["expires_at"] is not None and row["expires_at"] <= now
    if row is None or not over or row["state"] != Hold.held:
        return False
    return await _end(row, Hold.expired, now)


async def overdue(now: datetime, limit: int) -> list[Id]:
    """Orders whose holds are over, the oldest first."""
    wanted = {"state": Hold.held.value, "expires_at": {"$lte": now}}
    found = collection(TAKINGS).find(wanted, {"_id": 1}, sort=[("expires_at", 1)], limit=limit)
    return [row["_id"] for row in await found.to_list()]


def amounts_of(taking: Row) -> dict[date, int]:
    """The days of a stored taking."""
    return {_date(share["day"]): share["amount"] for share in taking["days"]}


def shares_of(amounts: Amounts) -> list[Share]:
    """Amounts by day as they are stored, the first day first."""
    return [Share(day=midnight(day), amount=amounts[day]) for day in sorted(amounts)]


async def _end(row: Row, state: Hold, now: datetime) -> bool:
    if not await _move(row["_id"], Hold(row["state"]), state, {"ended_at": now}):  # pragma: no cover - a race
        return False
    back = {day: -amount for day, amount in amounts_of(row).items()}
    if not await _move_days(row["listing"], back):
        raise LookupError("days that an order took are gone")
    return True


async def _move(order: Id, source: Hold, target: Hold, changes: Mapping[str, Any]) -> bool:
    done = await collection(TAKINGS).update_one(
        {"_id": order, "state": source.value},
        {"$set": {"state": target.value, **changes}},
        session=session(),
    )
    return done.modified_count == 1


async def _move_days(listing: Id, amounts: Amounts) -> bool:
    """Take, or give back what is negative; False when a day has not enough: nothing may be kept then."""
    return await _write([_taken(listing, day, amounts[day]) for day in sorted(amounts)]) == len(amounts)


def _taken(listing: Id, day: date, amount: int) -> UpdateOne:
    total = {"$add": ["$taken", amount]}
    enough = {"$and": [{"$gte": [total, 0]}, {"$or": [{"$lte": [total, "$places"]}, {"$lt": [amount, 0]}]}]}
    seen = {"listing": listing, "day": midnight(day), "$expr": enough}
    return UpdateOne(seen, {"$inc": {"taken": amount}})


async def _write(writes: Sequence[UpdateOne]) -> int:
    """How many rows there were to change."""
    if not writes:
        return 0
    done = await collection(DAYS).bulk_write(list(writes), ordered=True, session=session())
    return done.matched_count


def _date(day: datetime) -> date:
    return day.astimezone(UTC).date()
