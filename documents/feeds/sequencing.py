"""Writing the feed: only the sequencer does, one batch a transaction (workers/feeds.py)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bson import Timestamp
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from documents.base import Row, collection, database, in_transaction, new_id, session
from documents.changes import Position
from documents.feeds.records import HEADS, NAME
from documents.leases import Lease, hold, state_of
from domain.feeds import RESYNC, number

_DUPLICATE = 11000


def resync_marker(topics: Iterable[str], at: datetime) -> Row:
    """An event that tells the readers of these topics that the order of what follows isn't certain."""
    return {"_id": new_id(), "kind": RESYNC, "subject": None, "topics": sorted(topics), "at": at, "data": {}}


async def append(lease: Lease, events: Sequence[Row], position: Position | None = None) -> None:
    """Number events, given in commit order, and write them with the position after them: all or nothing.

    Events that are in the feed already are left out. LeaseLost when somebody else is the sequencer.
    """
    if not events:
        await hold(lease, _state(position))
        return
    try:
        await in_transaction(lambda: _write(lease, events, position))
    except BulkWriteError as error:
        if not _is_duplicate(error):
            raise
        # Only after a recovery do the scan and the stream overlap; then it pays to look first.
        await in_transaction(lambda: _write_missing(lease, events, position))


def _is_duplicate(error: BulkWriteError) -> bool:
    problems: list[Row] = (error.details or {}).get("writeErrors", [])
    return bool(problems) and all(problem["code"] == _DUPLICATE for problem in problems)


async def _write_missing(lease: Lease, events: Sequence[Row], position: Position | None) -> None:
    wanted = [event["_id"] for event in events]
    known = set(await collection(NAME).distinct("event", {"event": {"$in": wanted}}, session=session()))
    await _write(lease, [event for event in events if event["_id"] not in known], position)


async def _write(lease: Lease, events: Sequence[Row], position: Position | None) -> None:
    await hold(lease, _state(position))
    if not events:
        return
    names = sorted({topic for event in events for topic in event["topics"]})
    reached = collection(HEADS).find({"_id": {"$in": names}}, session=session())
    heads = {row["_id"]: int(row["seq"]) async for row in reached}
    places, heads = number(heads, [event["topics"] for event in events])
    moves = [UpdateOne({"_id": topic}, {"$set": {"seq": seq}}, upsert=True) for topic, seq in heads.items()]
    await collection(HEADS).bulk_write(moves, ordered=False, session=session())
    rows = [_stored(events[place.event], place.topic, place.seq) for place in places]
    await collection(NAME).insert_many(rows, session=session())


def _stored(event: Row, topic: str, seq: int) -> Row:
    kept = {key: event[key] for key in ("at", "kind", "subject", "data")}
    return {"_id": new_id(), "topic": topic, "seq": seq, "event": event["_id"], **kept}


def _state(position: Position | None) -> Row | None:
    return None if position is None else {"position": dict(position)}


async def position_of(lease: Lease) -> Position | None:
    """Where the last sequencer stood; None before the first."""
    position: Position | None = (await state_of(lease) or {}).get("position")
    return position


async def present() -> Timestamp:
    """The database's present instant: a stream opened since it and a scan up to it leave nothing between."""
    reply = await database().command("ping")
    instant: Timestamp = reply["operationTime"]
    return instant


async def missing(until: Timestamp, after: Timestamp | None, limit: int) -> list[Row]:
    """Events committed up to `until` and not in the feed, in the order they were placed, at most `limit`.

    `after` is the place of the last event of the page before; None begins with the oldest.
    """
    fed: Row = {
        "from": NAME,
        "localField": "_id",
        "foreignField": "event",
        "pipeline": [{"$limit": 1}, {"$project": {"_id": 1}}],
        "as": "fed",
    }
    steps: list[Row] = [
        {"$match": {"placed": {"$gt": after or Timestamp(0, 0)}}},
        {"$sort": {"placed": 1}},
        {"$lookup": fed},
        {"$match": {"fed": []}},
        {"$limit": limit},
        {"$unset": "fed"},
    ]
    command = {
        "aggregate": "events",
        "pipeline": steps,
        "cursor": {"batchSize": limit},
        # Exactly what had been committed then: the rest comes through the stream, in commit order.
        "readConcern": {"level": "snapshot", "atClusterTime": until},
    }
    source = database()
    reply = await source.command(command, codec_options=source.codec_options)
    page: list[Row] = reply["cursor"]["firstBatch"]
    return page
