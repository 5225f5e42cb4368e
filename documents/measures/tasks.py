"""Tasks of the executive body: tell a person by other means than SMS (p. 9; requirements C3, C4)."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, Field
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, insert, session, with_kind
from documents.cursors import Order, Page, after, page, page_size
from documents.encryption import Sealed, reveal_or, seal
from documents.nodes import readable
from domain.evidence import ERASED_TEXT
from domain.measures import NoticeKind, NoticeMethod, NoticeOutcome, NoticeResult

NAME = "notice_tasks"
KIND = "notice_task"
_PLACE = "notice_tasks.attempts.note"
OLDEST_FIRST = Order("notice_tasks", "created_at", 1, datetime, "region")


class NoticeAttempt(BaseModel):
    """One attempt and its outcome; the note is free text about a person, so it is sealed."""

    model_config = Record.model_config

    at: datetime
    by: str
    result: NoticeResult
    method: NoticeMethod
    note: Sealed | None = None


class NoticeTask(Record):
    """One thing to tell one person; open until somebody reached them. No region = to be assigned by hand."""

    measure: Id
    participant: Id
    region: str | None
    notice: NoticeKind
    cycle: int
    created_at: datetime
    open: bool = True
    attempts: list[NoticeAttempt] = Field(default_factory=list)
    done_at: datetime | None = None

    class Settings(Record.Settings):
        """One task a measure, cycle and notice; a region's open ones, the oldest first."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("measure", 1), ("cycle", 1), ("notice", 1)], unique=True),
            IndexModel([("region", 1), ("open", 1), ("created_at", 1), ("_id", 1)], name=OLDEST_FIRST.index),
        ]


async def get(task: Id) -> Row | None:
    """The task as a record of kind "notice_task"."""
    return with_kind(KIND, await collection(NAME).find_one({"_id": task}, session=session()))


async def exists(measure: Id, cycle: int, notice: NoticeKind) -> bool:
    """Whether the task was given already."""
    query = {"measure": measure, "cycle": cycle, "notice": notice.value}
    return await collection(NAME).find_one(query, {"_id": 1}, session=session()) is not None


async def create(task: NoticeTask) -> Row:
    """Store a new task inside the transaction under way."""
    return dict(await insert(task), kind=KIND)


async def add_attempt(task: Row, outcome: NoticeOutcome, by: str, at: datetime) -> Row | None:
    """Record an attempt; the task is done when the person was reached. None when it is done already."""
    note = await seal(task["participant"], _PLACE, task["_id"], outcome.note) if outcome.note else None
    attempt = NoticeAttempt(at=at, by=by, result=outcome.result, method=outcome.method, note=note)
    reached = outcome.result is NoticeResult.notified
    row = await collection(NAME).find_one_and_update(
        {"_id": task["_id"], "open": True},
        {
            "$push": {"attempts": attempt.model_dump(mode="python")},
            "$set": {"open": False, "done_at": at} if reached else {"open": True},
        },
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return with_kind(KIND, row)


async def assign(measure: Id, region: str) -> list[Row]:
    """Hand the measure's tasks to a region's executive body; those that are open come back."""
    await collection(NAME).update_many({"measure": measure}, {"$set": {"region": region}}, session=session())
    found = collection(NAME).find({"measure": measure, "open": True}, session=session())
    return [dict(row, kind=KIND) for row in await found.to_list()]


async def close_open(measure: Id, at: datetime) -> None:
    """Close tasks that a change has overtaken, e.g. the measure was withdrawn."""
    await collection(NAME).update_many(
        {"measure": measure, "open": True}, {"$set": {"open": False, "done_at": at}}, session=session()
    )


async def note_of(task: Row, attempt: Row) -> str | None:
    """An attempt's note in clear; "erased" after an erasure."""
    if not attempt.get("note"):
        return None
    return await reveal_or(ERASED_TEXT["ru"], _PLACE, task["_id"], attempt["note"])


async def open_ones(where: Row, *, first: int, cursor: str | None) -> Page:
    """The open tasks that a filter of `auth.visibility` leaves, the oldest first."""
    size = page_size(first)
    query = {"$and": [where, {"open": True}, *after(OLDEST_FIRST, cursor)]}
    index = OLDEST_FIRST.index if OLDEST_FIRST.index in where else None
    found = collection(NAME).find(
        query, sort=OLDEST_FIRST.sort, limit=size + 1, hint=index, session=session()
    )
    return page(OLDEST_FIRST, [dict(row, kind=KIND) for row in await found.to_list()], size)


readable(KIND, get)
