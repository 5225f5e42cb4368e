"""Writing measures: every change is compare-and-set inside the transaction under way."""

from collections.abc import Mapping
from typing import Any

from pymongo import ReturnDocument

from documents.base import Id, Row, collection, insert, session, with_kind
from documents.encryption import met
from documents.measures.records import KIND, NAME, NUMBER_LABEL, HistoryEntry, Measure
from documents.nodes import readable
from domain.measures import MeasureStatus, check_move

Changes = Mapping[str, Any]


async def get(measure: Id) -> Row | None:
    """The measure as a record of kind "measure"; its name is sealed."""
    return with_kind(KIND, await collection(NAME).find_one({"_id": measure}, session=session()))


async def by_esobes_id(esobes_id: str) -> Row | None:
    """The measure under the identifier that Е-Собес gave it."""
    query = {"esobes_index": await met(NUMBER_LABEL, esobes_id)}
    return with_kind(KIND, await collection(NAME).find_one(query, session=session()))


async def create(measure: Measure) -> Row:
    """Store a new measure; DuplicateKeyError when another message was first with its identifier."""
    return dict(await insert(measure), kind=KIND)


async def move(
    measure: Id,
    source: MeasureStatus,
    target: MeasureStatus,
    entry: HistoryEntry,
    changes: Changes | None = None,
) -> Row | None:
    """Move from one status to another, if it still stands there; None when somebody else was first.

    Refused `TRANSITION_REFUSED` for a move that the table doesn't have.
    """
    check_move(source, target)
    fields = {**(changes or {}), "status": target.value}
    return await _update({"_id": measure, "status": source.value}, fields, entry)


async def amend(row: Row, changes: Changes, entry: HistoryEntry | None = None) -> Row | None:
    """Change fields of the version that was read, whatever its status; None when it moved on."""
    return await _update({"_id": row["_id"], "version": row["version"]}, dict(changes), entry)


async def count_report(measure: Id) -> int:
    """The number of the next report on the measure to Е-Собес, from 1 without gaps."""
    row = await collection(NAME).find_one_and_update(
        {"_id": measure},
        {"$inc": {"reports": 1}},
        projection={"reports": 1},
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    if row is None:
        raise LookupError(f"there is no measure {measure}")
    return int(row["reports"])


async def _update(condition: Row, fields: Row, entry: HistoryEntry | None) -> Row | None:
    update: Row = {"$set": fields, "$inc": {"version": 1}}
    if entry is not None:
        update["$push"] = {"history": entry.model_dump(mode="python") | {"status": entry.status.value}}
    row = await collection(NAME).find_one_and_update(
        condition, update, return_document=ReturnDocument.AFTER, session=session()
    )
    return with_kind(KIND, row)


readable(KIND, get)
