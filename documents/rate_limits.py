"""How often something was tried lately: one row a rule and key, by blind digest, changed in one round trip.

A row is a bucket told by a single instant, when it is full again (the "generic cell rate algorithm" of
ITU-T I.371): taking one moves it `each` onwards, and there is nothing to take once it lies more than `period`
ahead. A row in the past says the same as no row, so whatever is past can be dropped.

Time is the portal's clock, as in all its rules, not the database's: a development clock ends windows, too.
A row further ahead than its rule allows comes from a clock that was set back, and counts as a full period.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from pymongo import IndexModel, ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError
from pymongo.write_concern import WriteConcern

from documents.base import Record, Row, collection
from documents.encryption import blind
from domain.rate_limits import LockOut, Rate

RATES, LOCKS = "rate_limits", "lock_outs"
FAST = WriteConcern(w=1)
"""A lost row after an election allows a few tries more; that is not worth a wait for the majority."""


class RateLimit(Record):
    """One bucket: `expires_at` is when it is full again, `granted` whether the last try was within it."""

    id: bytes  # type: ignore[assignment]  # found by a digest of the rule and what is counted
    expires_at: datetime
    granted: bool

    class Settings(Record.Settings):
        """Found by key; dropped when full."""

        name = RATES
        audited: ClassVar = False  # how often, not what
        indexes: ClassVar = [IndexModel([("expires_at", 1)])]


class LockedOut(Record):
    """Failures in a row of one key, and until when it may not try again."""

    id: bytes  # type: ignore[assignment]  # as above
    failures: int
    locked_until: datetime
    expires_at: datetime

    class Settings(Record.Settings):
        """Found by key; dropped when forgotten."""

        name = LOCKS
        audited: ClassVar = False  # each failure has an intent of its own
        indexes: ClassVar = [IndexModel([("expires_at", 1)])]


def key_of(rule: str, *counted: str) -> bytes:
    """The digest that stands for what is counted; nobody without the key finds an IIN or an address in it."""
    return blind("rate limit", "\x1f".join((rule, *counted)))


async def take(key: bytes, rate: Rate, now: datetime) -> timedelta | None:
    """Take one out of a bucket; None when there was one, else how long until there is.

    Never in a transaction: what was tried was tried, even when the act fails.
    """
    each, period = _milliseconds(rate.each), _milliseconds(rate.period)
    latest = {"$dateAdd": {"startDate": now, "unit": "millisecond", "amount": period}}
    stands = {"$min": [latest, {"$max": [{"$ifNull": ["$expires_at", now]}, now]}]}
    moved = {"$dateAdd": {"startDate": stands, "unit": "millisecond", "amount": each}}
    granted = {"$lte": [moved, latest]}
    row = await _changed(
        _fast(RATES), key, {"expires_at": {"$cond": [granted, moved, stands]}, "granted": granted}
    )
    return None if row["granted"] else row["expires_at"] + rate.each - rate.period - now


async def fail(key: bytes, rule: LockOut, tolerated: int, now: datetime) -> datetime | None:
    """Count a failure; until when the key is locked out by it, None while it is tolerated."""
    known = {"$gt": [{"$ifNull": ["$expires_at", now]}, now]}
    failures = {"$add": [{"$cond": [known, "$failures", 0]}, 1]}
    # the exponent is bounded so that no number of failures overflows anything
    steps = {"$min": [{"$subtract": ["$failures", tolerated]}, 30]}
    doubled = {"$multiply": [_milliseconds(rule.first), {"$pow": [2, steps]}]}
    lasts = {"$toLong": {"$min": [doubled, _milliseconds(rule.longest)]}}
    until = {"$cond": [{"$gte": ["$failures", tolerated]}, {"$add": [now, lasts]}, now]}
    found = await _changed(
        _fast(LOCKS),
        key,
        {"failures": failures},
        {"locked_until": until, "expires_at": now + rule.remembered},
    )
    locked: datetime = found["locked_until"]
    return locked if locked > now else None


async def locked_until(key: bytes, rule: LockOut, now: datetime) -> datetime | None:
    """Until when a key is locked out; None when it is not."""
    found = await collection(LOCKS).find_one({"_id": key, "locked_until": {"$gt": now}})
    return min(found["locked_until"], now + rule.longest) if found else None


async def forgive(key: bytes) -> None:
    """Forget the failures of a key: it has succeeded."""
    await _fast(LOCKS).delete_one({"_id": key})


async def _changed(rows: AsyncCollection[Row], key: bytes, *stages: Row) -> Row:
    """The row after the stages of an update; one round trip but for two that are first at the same time."""
    update: list[dict[str, Any]] = [{"$set": stage} for stage in stages]
    try:
        row: Row | None = await rows.find_one_and_update(
            {"_id": key}, update, upsert=True, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError:  # another process made the row at the same time: now it is there
        return await _changed(rows, key, *stages)
    return row or {}


def _fast(name: str) -> AsyncCollection[Row]:
    return collection(name).with_options(write_concern=FAST)


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
