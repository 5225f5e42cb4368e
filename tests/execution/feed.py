"""A feed in memory for the hub's tests: it can lag, lose history and break."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from execution.live import FeedRow, Resync


class Broken(Exception):
    """The tail broke."""


class Feed:
    """A feed in memory: rows by topic, kept from `first`, and tails that may break."""

    def __init__(self) -> None:
        self.rows: dict[str, list[FeedRow]] = {}
        self.first: dict[str, int] = {}
        self.tails: list[asyncio.Queue[FeedRow | None]] = []
        self.reads = 0
        self.refusing = False
        self.ending = False

    def publish(self, topic: str, number: int | None = None) -> FeedRow:
        """Write the next row of a topic."""
        rows = self.rows.setdefault(topic, [])
        row = {"topic": topic, "seq": number or len(rows) + self.first.get(topic, 1), "data": object()}
        rows.append(row)
        for tail in self.tails:
            tail.put_nowait(row)
        return row

    def forget(self, topic: str, kept: int) -> None:
        """Forget all but the newest rows."""
        rows = self.rows.get(topic, [])
        lost = max(0, len(rows) - kept)
        self.rows[topic] = rows[lost:]
        self.first[topic] = self.first.get(topic, 1) + lost

    def break_tails(self) -> None:
        """Let every tail fail."""
        for tail in self.tails:
            tail.put_nowait(None)
        self.tails.clear()

    async def read(self, topic: str, after: int, limit: int) -> list[FeedRow]:
        """Rows after a number."""
        self.reads += 1
        await asyncio.sleep(0)
        found = [row for row in self.rows.get(topic, []) if row["seq"] > after]
        await asyncio.sleep(0)
        return found[:limit]

    async def bounds(self, topic: str) -> tuple[int, int]:
        """First and last number."""
        await asyncio.sleep(0)
        rows, first = self.rows.get(topic, []), self.first.get(topic, 1)
        return first, rows[-1]["seq"] if rows else first - 1

    async def tail(self, opened: Callable[[], None]) -> AsyncIterator[FeedRow]:
        """Rows from now on, until broken."""
        if self.refusing:
            raise Broken
        queue: asyncio.Queue[FeedRow | None] = asyncio.Queue()
        self.tails.append(queue)
        opened()
        while (row := await queue.get()) is not None:
            yield row
        if not self.ending:
            raise Broken


async def settle(rounds: int = 30) -> None:
    """Let all tasks run until they wait."""
    for _ in range(rounds):
        await asyncio.sleep(0)


async def take(rows: AsyncIterator[FeedRow | Resync], count: int) -> list[Any]:
    """The next rows' numbers, or Resync objects."""
    found: list[Any] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            row = await anext(rows)
            found.append(row if isinstance(row, Resync) else row["seq"])
    return found


async def waits(rows: AsyncIterator[FeedRow | Resync]) -> "asyncio.Task[Any]":
    """A task that asks for the next row and has none yet."""
    task = asyncio.ensure_future(take(rows, 1))
    await settle()
    assert not task.done()
    return task
