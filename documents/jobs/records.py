"""The jobs themselves: every step is a compare-and-set on their status."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, insert, session, with_kind
from documents.cursors import Order, Page, after, page, page_size
from documents.jobs.faults import note_faults
from domain.jobs import OPEN, JobAction, JobStatus, Progress, advance

NAME = "jobs"
KIND = "job"
MOST_AT_ONCE = 20
_BY_OWNER = "supplier"
_ORDER = Order("jobs", "created_at", -1, datetime, _BY_OWNER)
_OPEN = sorted(OPEN)


class Job(Record):
    """Work asked for by somebody, done in batches by whichever worker has the lease `job:<id>`.

    `supplier` is whose job it is; that of an administrator is nobody's. `asked` is what the work needs
    to know, `place` where it goes on. No personal values.
    """

    work: str
    supplier: Id | None
    role: str
    subject: Id | None
    asked: dict[str, Any]
    status: JobStatus = JobStatus.waiting
    place: Any = None
    total: int | None = None
    done: int = 0
    refused: int = 0
    faults: int = 0
    attempts: int = 0
    result: dict[str, Any] = Field(default_factory=dict)
    error: dict[str, Any] | None = None
    created_at: datetime
    changed_at: datetime
    finished_at: datetime | None = None

    class Settings(Record.Settings):
        """An owner's own, newest first; what is not finished, oldest first."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("supplier", 1), ("created_at", -1), ("_id", -1)], name=_BY_OWNER),
            IndexModel([("created_at", 1)], name="open", partialFilterExpression={"status": {"$in": _OPEN}}),
        ]


async def create(job: Job) -> Row:
    """Write a job down; the stored record comes back."""
    return {**await insert(job), "kind": KIND}


async def get(job: Id) -> Row | None:
    """One job, if there is one."""
    return with_kind(KIND, await collection(NAME).find_one({"_id": {"$eq": job}}, session=session()))


async def listed(where: Row, *, first: int, cursor: str | None) -> Page:
    """The jobs that a filter of `auth.visibility` leaves, the newest first."""
    question = {"$and": [where, *after(_ORDER, cursor)]}
    found = collection(NAME).find(question, sort=_ORDER.sort, limit=page_size(first) + 1, session=session())
    rows = await found.to_list()
    for row in rows:
        with_kind(KIND, row)
    return page(_ORDER, rows, first)


async def unfinished() -> list[Row]:
    """Jobs that somebody has to go on with, the oldest first."""
    found = collection(NAME).find({"status": {"$in": _OPEN}}, sort=[("created_at", 1)], limit=MOST_AT_ONCE)
    return [dict(row, kind=KIND) for row in await found.to_list()]


async def open_of(supplier: Id) -> int:
    """How many of a supplier's jobs have not ended."""
    where = {"supplier": {"$eq": supplier}, "status": {"$in": _OPEN}}
    return await collection(NAME).count_documents(where, session=session())


async def go_on(job: Id, progress: Progress, now: datetime) -> Row | None:
    """Add what a batch did, in its transaction; None when the job has ended meanwhile."""
    await note_faults(job, progress.found)
    changes: Row = {"place": progress.place, "changed_at": now, "attempts": 0}
    changes |= {f"result.{name}": value for name, value in progress.result.items()}
    if progress.total is not None:
        changes["total"] = progress.total
    counts = {"done": progress.done, "refused": progress.refused, "faults": len(progress.found)}
    return await _moved(job, JobAction.go_on, changes, counts)


async def end(
    job: Id, action: JobAction, now: datetime, error: Mapping[str, Any] | None = None
) -> Row | None:
    """Finish, fail or cancel; None when the job has ended already."""
    changes = {"changed_at": now, "finished_at": now, "error": dict(error) if error else None}
    return await _moved(job, action, changes, {})


async def cancel(job: Id, now: datetime) -> Row | None:
    """Stop a job after the batch under way; what is done stays. None when it has ended already."""
    return await end(job, JobAction.cancel, now)


async def broke_off(job: Id) -> int:
    """Count a break that was not the job's own doing; how many came since a batch was done."""
    row = await collection(NAME).find_one_and_update(
        {"_id": job}, {"$inc": {"attempts": 1}}, return_document=ReturnDocument.AFTER, session=session()
    )
    return int(row["attempts"]) if row else 0


async def _moved(job: Id, action: JobAction, changes: Row, counts: Mapping[str, int]) -> Row | None:
    steps: Sequence[JobStatus] = [JobStatus(status) for status in _OPEN]
    target = advance(steps[0], action)
    row = await collection(NAME).find_one_and_update(
        {"_id": job, "status": {"$in": _OPEN}},
        {"$set": changes | {"status": target.value}, "$inc": dict(counts) or {"faults": 0}},
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return with_kind(KIND, row)
