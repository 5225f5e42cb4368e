"""The feed: events numbered densely per topic, in commit order; history is read by (topic, seq)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from bson import Timestamp
from pymongo import IndexModel, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.read_concern import ReadConcern

from documents.base import Id, Record, Row, collection, database, in_transaction, new_id, session
from documents.changes import Position, follow
from documents.leases import Lease, hold, state_of
from domain.feeds import RESYNC, number

NAME = "feed"
MOST_READ = 1_000
_DUPLICATE = 11000
_FAILURES_IN_A_ROW = 5
_PAUSE = 0.2
"""Seconds; the driver itself waits for a new primary, this only spaces the tries."""


class FeedRow(TypedDict):
    """One event in one topic: `seq` counts 1, 2, 3 … there."""

    topic: str
    seq: int
    event: Id
    at: datetime
    kind: str
    subject: Id | None
    data: Mapping[str, Any]


class FeedEntry(Record):
    """A stored row of the feed."""

    topic: str
    seq: int
    event: Id
    at: datetime
    kind: str
    subject: Id | None
    data: dict[str, Any]

    class Settings(Record.Settings):
        """Unique both ways: no number twice in a topic, no event twice in a topic."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("topic", 1), ("seq", 1)], unique=True),
            IndexModel([("event", 1), ("topic", 1)], unique=True),
        ]


class FeedTopic(Record):
    """The number that a topic has reached."""

    id: str  # type: ignore[assignment]  # a topic is its own key
    seq: int

    class Settings(Record.Settings):
        """Found by topic only."""

        name = "feed_topics"


def _majority(name: str) -> AsyncCollection[Row]:
    """Read only what no failover can take back: a number once seen is never given to another event."""
    return collection(name).with_options(read_concern=ReadConcern("majority"))


async def read(topic: str, after: int, limit: int) -> list[FeedRow]:
    """Rows of a topic with a number over `after`, in order, at most `limit` (and 1,000)."""
    found = _majority(NAME).find({"topic": {"$eq": topic}, "seq": {"$gt": after}}, {"_id": 0})
    rows = await found.sort("seq", 1).limit(min(limit, MOST_READ)).to_list()
    return [_row(row) for row in rows]


async def bounds(topic: str) -> tuple[int, int]:
    """The first number that can still be read and the last one given; (1, 0) for a topic never used."""
    head = await _majority("feed_topics").find_one({"_id": {"$eq": topic}})
    if head is None:
        return 1, 0
    oldest = await _majority(NAME).find_one({"topic": {"$eq": topic}}, {"seq": 1}, sort=[("seq", 1)])
    return (oldest["seq"] if oldest else head["seq"] + 1), head["seq"]


async def tail(opened: Callable[[], None] | None = None) -> AsyncIterator[FeedRow]:
    """Every row of every topic written from now on; one per process, fanned out in memory.

    `opened` is called once the place is fixed: what is written after that moment will come, so that history
    read later than it leaves no gap. Survives a failover; HistoryLost when the database no longer knows the
    place, PyMongoError when it can't be reached: then open anew and compare with `bounds`.
    """
    position: Position | None = None
    failures = 0
    while True:
        try:
            async with follow(NAME, after=position) as changes:
                if opened is not None and position is None:
                    opened()
                position = changes.position
                while True:
                    rows = await changes.next()
                    failures = 0
                    for row in rows:
                        yield _row(row)
                    position = changes.position
        except PyMongoError:
            failures += 1
            if position is None or failures > _FAILURES_IN_A_ROW:
                raise
            await asyncio.sleep(_PAUSE * failures)


def _row(row: Row) -> FeedRow:
    return FeedRow(
        topic=row["topic"],
        seq=row["seq"],
        event=row["event"],
        at=row["at"],
        kind=row["kind"],
        subject=row["subject"],
        data=row["data"],
    )


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
    reached = collection("feed_topics").find({"_id": {"$in": names}}, session=session())
    heads = {row["_id"]: int(row["seq"]) async for row in reached}
    places, heads = number(heads, [event["topics"] for event in events])
    moves = [UpdateOne({"_id": topic}, {"$set": {"seq": seq}}, upsert=True) for topic, seq in heads.items()]
    await collection("feed_topics").bulk_write(moves, ordered=False, session=session())
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
