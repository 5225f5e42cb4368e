"""Dated reference data: every term, quota and list that the law sets, with its basis."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from pymongo import IndexModel, ReplaceOne, UpdateOne

from documents.base import Record, Row, collection, session

NAME = "reference"
Value = Any


class ReferenceRow(Record):
    """One value of one code of one type, in force from a day until the day before another."""

    type: str
    code: str
    value: Value = None
    names: dict[str, str] | None = None
    valid_from: datetime
    valid_to: datetime | None = None
    basis: str | None = None
    assumed: bool = False
    sample: bool = False
    extension: bool = False

    class Settings(Record.Settings):
        """Found by type and code, the newest first."""

        name = NAME
        indexes: ClassVar = [IndexModel([("type", 1), ("code", 1), ("valid_from", -1)], unique=True)]


def midnight(day: date) -> datetime:
    """A day as the database keeps it: its midnight in UTC."""
    return datetime.combine(day, time(), UTC)


def _in_force(at: date) -> Row:
    day = midnight(at)
    return {"valid_from": {"$lte": day}, "$or": [{"valid_to": None}, {"valid_to": {"$gt": day}}]}


async def reference_value(type_: str, code: str, at: date) -> Row | None:
    """The row of a code in force on a day, or None."""
    query = {"type": {"$eq": type_}, "code": {"$eq": code}} | _in_force(at)
    return await collection(NAME).find_one(query, sort=[("valid_from", -1)], session=session())


async def reference_rows(type_: str, at: date) -> list[Row]:
    """All rows of a type in force on a day, by code."""
    query = {"type": {"$eq": type_}} | _in_force(at)
    return await collection(NAME).find(query, sort=[("code", 1)], session=session()).to_list()


async def reference_known(type_: str, at: date) -> list[Row]:
    """The newest row of each code of a type that was ever in force until a day, by code: names go on."""
    query = {"type": {"$eq": type_}, "valid_from": {"$lte": midnight(at)}}
    rows = collection(NAME).find(query, sort=[("code", 1), ("valid_from", 1)], session=session())
    return list({row["code"]: row for row in await rows.to_list()}.values())


async def store_reference(rows: Sequence[Row]) -> None:
    """Insert or replace rows by (type, code, valid_from)."""
    await _write([ReplaceOne(_key(row), row, upsert=True) for row in rows])


async def add_reference(rows: Sequence[Row]) -> int:
    """Insert rows that are missing, by (type, code, valid_from), in the transaction under way; how many.

    What was edited since stays as it is.
    """
    return await _write([UpdateOne(_key(row), {"$setOnInsert": row}, upsert=True) for row in rows])


def _key(row: Row) -> Row:
    return {name: row[name] for name in ("type", "code", "valid_from")}


async def _write(writes: Sequence[ReplaceOne[Row] | UpdateOne]) -> int:
    if not writes:
        return 0
    done = await collection(NAME).bulk_write(list(writes), ordered=False, session=session())
    return done.upserted_count
