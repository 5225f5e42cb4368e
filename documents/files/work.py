"""What workers have to do with new files: a queue, each taken by one worker at a time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from pymongo import ReturnDocument

from documents.base import Id, Record, Row, collection, session

NAME = "file_work"


class FileWork(Record):
    """One file to be looked at, by its identifier; `taken_until` is by the database's clock."""

    attempts: int = 0
    taken_until: Any = None

    class Settings(Record.Settings):
        """Hardly ever more than a few rows: found by looking at all of them."""

        name = NAME
        audited: ClassVar = False  # who works, not what is done


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn at a file: no two have the same number."""

    file: Id
    attempt: int


async def begin_work(file: Id) -> None:
    """Have a file looked at, once the transaction under way is done."""
    await collection(NAME).insert_one({"_id": file, "attempts": 0, "taken_until": None}, session=session())


async def take(lasts: timedelta) -> Taken | None:
    """The oldest file that nobody works on, for so long; None when there is none."""
    free: Row = {"$expr": {"$lte": [{"$ifNull": ["$taken_until", "$$NOW"]}, "$$NOW"]}}
    until = {"$add": ["$$NOW", int(lasts.total_seconds() * 1000)]}
    row = await collection(NAME).find_one_and_update(
        free,
        [{"$set": {"taken_until": until, "attempts": {"$add": ["$attempts", 1]}}}],
        sort=[("_id", 1)],
        return_document=ReturnDocument.AFTER,
    )
    return Taken(row["_id"], row["attempts"]) if row else None


async def end_work(taken: Taken) -> bool:
    """The file is settled, in the transaction that does so; False when somebody else has the turn now."""
    mine = {"_id": taken.file, "attempts": taken.attempt}
    return (await collection(NAME).delete_one(mine, session=session())).deleted_count == 1
