"""The jobs of rotation as stored: which step, where in it, and what was done so far."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from documents.base import Id, Record, Row, collection, in_transaction, new_id, session
from domain.errors import Refused

NAME = "rotations"
LARGEST = 100
"""Rows of a batch at most; fewer where others write the same rows."""


class Kind(StrEnum):
    """Which keys: the master key over data keys, the data keys themselves, or that of the blind indexes."""

    master = "master"
    data = "data"
    indexes = "index"


class Rotation(Record):
    """The latest job of a kind: its step, its position there, how much it takes at once, what it has done."""

    id: str  # type: ignore[assignment]  # the kind
    job: Id
    step: int = 0
    place: str | None = None
    after: Id | None = None
    changed: int = 0
    unreadable: int = 0
    size: int = LARGEST
    wait_until: Any = None
    started_at: datetime
    finished_at: datetime | None = None

    class Settings(Record.Settings):
        """One row a kind."""

        name = NAME
        audited: ClassVar = False  # how far the work is; each batch of it has an intent


async def begin(kind: Kind, now: datetime) -> Row:
    """Start a job, or find the one of this kind that is under way; Refused while another kind's is."""

    async def work() -> Row:
        running = await under_way()
        if running is not None:
            if running["_id"] != kind:
                raise Refused("ROTATION_UNDER_WAY", (), kind=running["_id"])
            return running
        fresh: Row = Rotation(_id=kind.value, job=new_id(), started_at=now).model_dump(by_alias=True)
        await collection(NAME).replace_one({"_id": kind.value}, fresh, upsert=True, session=session())
        return fresh

    return await in_transaction(work)


async def under_way() -> Row | None:
    """The job that is not finished, if there is one."""
    return await collection(NAME).find_one({"finished_at": None}, session=session())


async def latest(kind: Kind) -> Row | None:
    """The latest job of a kind, finished or not."""
    return await collection(NAME).find_one({"_id": kind.value}, session=session())


async def may_go_on(job: Row) -> bool:
    """Whether a job's wait is over, by the database's clock."""
    over: Row = {"$expr": {"$lte": [{"$ifNull": ["$wait_until", "$$NOW"]}, "$$NOW"]}}
    return await collection(NAME).count_documents({"_id": job["_id"], **over}) == 1
