"""Named leases: one worker at a time, with a fencing token that keeps out whoever lost its turn."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from documents.base import Record, Row, collection, session

NAME = "leases"


class LeaseRow(Record):
    """Who holds what until when, by the database's clock; `state` is what a successor has to know."""

    id: str  # type: ignore[assignment]  # a lease is found by its name
    holder: str
    token: int
    expires_at: Any
    writes: int = 0
    state: dict[str, Any] | None = None

    class Settings(Record.Settings):
        """Found by name only."""

        name = NAME
        audited: ClassVar = False  # who works, not what is done


@dataclass(frozen=True)
class Lease:
    """A turn: the token grows with every takeover, so that no two turns are ever the same."""

    name: str
    holder: str
    token: int
    lasts: timedelta


class LeaseLost(Exception):
    """Somebody else holds the lease now: whatever was about to be written must not be."""


async def acquire(name: str, holder: str, lasts: timedelta) -> Lease | None:
    """Take the lease when it is free, expired, or this holder's own; None while another holds it.

    `holder` must be unique to the caller; time is the database's, so that clocks of machines don't matter.
    """
    free: Row = {
        "$or": [
            {"$lte": [{"$ifNull": ["$expires_at", "$$NOW"]}, "$$NOW"]},
            {"$eq": ["$holder", {"$literal": holder}]},
        ]
    }
    taken = {
        "holder": {"$cond": [free, {"$literal": holder}, "$holder"]},
        "token": {"$cond": [free, {"$add": [{"$ifNull": ["$token", 0]}, 1]}, "$token"]},
        "expires_at": {"$cond": [free, _until(lasts), "$expires_at"]},
    }
    try:
        row = await collection(NAME).find_one_and_update(
            {"_id": name}, [{"$set": taken}], upsert=True, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError:  # two were first at once: the other won
        return None
    return Lease(name, holder, row["token"], lasts) if row and row["holder"] == holder else None


async def hold(lease: Lease, state: Row | None = None) -> None:
    """Prolong the lease, and leave `state` for a successor; LeaseLost when the turn is over.

    Inside a transaction this is the fence: the row is always written, so that a takeover at the same time
    is a write conflict, and a stale holder's transaction can't commit.
    """
    changed: Row = {"expires_at": _until(lease.lasts), "writes": {"$add": [{"$ifNull": ["$writes", 0]}, 1]}}
    if state is not None:
        changed["state"] = {"$literal": state}
    result = await collection(NAME).update_one(
        {"_id": lease.name, "holder": lease.holder, "token": lease.token},
        [{"$set": changed}],
        session=session(),
    )
    if not result.matched_count:
        raise LeaseLost(lease.name)


async def state_of(lease: Lease) -> Row | None:
    """What the last holder left; None when there was none."""
    row = await collection(NAME).find_one({"_id": lease.name}, session=session())
    state: Row | None = (row or {}).get("state")
    return state


async def release(lease: Lease) -> None:
    """Give the lease back at once; nothing happens when it was lost already."""
    await collection(NAME).update_one(
        {"_id": lease.name, "holder": lease.holder, "token": lease.token},
        [{"$set": {"expires_at": "$$NOW", "holder": ""}}],
    )


def _until(lasts: timedelta) -> Row:
    return {"$add": ["$$NOW", int(lasts.total_seconds() * 1000)]}
