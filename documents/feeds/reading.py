"""Reading the feed: history by number, and a tail of what comes."""

import asyncio
from collections.abc import AsyncIterator, Callable

from pymongo.errors import PyMongoError

from documents.base import Row, database
from documents.changes import Position, follow
from documents.feeds.records import HEADS, NAME, FeedRow, majority
from documents.feeds.sequencing import present

MOST_READ = 1_000
_FAILURES_IN_A_ROW = 5
_PAUSE = 0.2
"""Seconds; the driver itself waits for a new primary, this only spaces the tries."""


async def read(topic: str, after: int, limit: int) -> list[FeedRow]:
    """Rows of a topic with a number over `after`, in order, at most `limit` (and 1,000)."""
    found = majority(NAME).find({"topic": {"$eq": topic}, "seq": {"$gt": after}}, {"_id": 0})
    rows = await found.sort("seq", 1).limit(min(limit, MOST_READ)).to_list()
    return [_row(row) for row in rows]


async def bounds(topic: str) -> tuple[int, int]:
    """The first number that can still be read and the last one given; (1, 0) for a topic never used."""
    head = await majority(HEADS).find_one({"_id": {"$eq": topic}})
    if head is None:
        return 1, 0
    oldest = await majority(NAME).find_one({"topic": {"$eq": topic}}, {"seq": 1}, sort=[("seq", 1)])
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
                    await _visible_to_all()
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


async def _visible_to_all() -> None:
    """Wait until a majority has what is written by now: then `read` shows all that came before the tail."""
    async with database().client.start_session(causal_consistency=True) as opened:
        opened.advance_operation_time(await present())
        await majority(HEADS).find_one({}, {"_id": 1}, session=opened)


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
