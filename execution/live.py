"""The live hub: every subscriber of a topic gets its rows in order, without a gap, at its own pace.

A topic's rows are numbered densely (`seq` 1, 2, 3 …) by whoever writes the feed. One task follows the feed
and keeps the newest rows of the topics that somebody listens to; a subscriber pulls from there, and from
the source when it is further behind. There is no queue per subscriber, so that a slow or dead one costs
nothing but its own position.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, Protocol, Self

from execution.errors import log_internal

FeedRow = Mapping[str, Any]
"""A row of the feed: at least `topic` and `seq`."""

Recheck = Callable[[FeedRow], Awaitable[None]]
"""Asked before each row is delivered; what it raises ends the subscription."""


class FeedSource(Protocol):
    """Where rows come from; a module with these three functions will do."""

    async def read(self, topic: str, after: int, limit: int) -> Sequence[FeedRow]:
        """Rows of a topic with a number over `after`, in order, at most `limit`."""

    async def bounds(self, topic: str) -> tuple[int, int]:
        """The first number that can still be read and the last one given; (1, 0) for an unused topic."""

    def tail(self, opened: Callable[[], None]) -> AsyncIterator[FeedRow]:
        """Rows of all topics from now on; calls `opened` once no later row can be missed."""


@dataclass(frozen=True, slots=True)
class Resync:
    """Rows are missing between the last one delivered and `last_seq`: read the state again, then go on.

    ahead: the position given is beyond the feed's end; expired: the history after it is no longer kept;
    gap: the feed itself lacks a number.
    """

    topic: str
    reason: Literal["ahead", "expired", "gap"]
    last_seq: int


@dataclass(slots=True)
class _Ring:
    rows: deque[FeedRow]
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    subscribers: int = 0

    def add(self, row: FeedRow) -> None:
        if self.rows and row["seq"] != self.rows[-1]["seq"] + 1:
            self.rows.clear()
        self.rows.append(row)
        self.wake()

    def after(self, seq: int, limit: int) -> list[FeedRow] | None:
        """The rows after a number; None when the ring begins too late to know."""
        if not self.rows:
            return []
        skipped = seq + 1 - self.rows[0]["seq"]
        return None if skipped < 0 else list(islice(self.rows, skipped, skipped + limit))

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class Hub:
    """Fans one feed out to many subscribers; use as `async with Hub(source) as hub`."""

    def __init__(self, source: FeedSource, *, ring: int = 256, batch: int = 100, pause: float = 0.5) -> None:
        """`ring` rows are kept a topic, `batch` are read at once, `pause` seconds lie between two tails.

        Closing cancels a tail that has not ended again after as long.
        """
        self.source, self.ring, self.batch, self.pause = source, ring, batch, pause
        self._rings: dict[str, _Ring] = {}
        self.epoch = 0  # counts the tails: what a new one has missed is read from the source
        self._task: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None
        self.closed = False

    async def __aenter__(self) -> Self:
        """Begin to follow the feed."""
        self._begin()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End all subscriptions."""
        await self.close()

    async def close(self) -> None:
        """Stop following and let every subscription end."""
        self.closed = True
        self._wake_all()
        if self._again is not None:
            self._again.cancel()
        while self._task is not None and not self._task.done():
            self._task.cancel()  # a driver may take one for a lost connection, and go on
            await asyncio.wait([self._task], timeout=self.pause)

    @property
    def listening(self) -> dict[str, int]:
        """The number of subscribers by topic."""
        return {topic: ring.subscribers for topic, ring in self._rings.items()}

    async def subscribe(
        self, topic: str, after: int | None, recheck: Recheck | None = None
    ) -> AsyncGenerator[FeedRow | Resync, None]:
        """Yield the rows of a topic after a number (None: from now on), waiting for new ones until closed."""
        ring = self._join(topic)
        try:
            async with aclosing(_Reader(self, topic, ring).rows(after)) as rows:
                async for row in rows:
                    if recheck is not None and not isinstance(row, Resync):
                        await recheck(row)
                    yield row
        finally:
            self._leave(topic, ring)

    def _join(self, topic: str) -> _Ring:
        ring = self._rings.setdefault(topic, _Ring(deque(maxlen=self.ring)))
        ring.subscribers += 1
        return ring

    def _leave(self, topic: str, ring: _Ring) -> None:
        ring.subscribers -= 1
        if not ring.subscribers:
            del self._rings[topic]

    def _begin(self) -> None:
        self._task = asyncio.ensure_future(self._follow())
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Whatever ended the tail, there will be another: subscribers then read what it missed."""
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, Exception):
            log_internal(error, ["live"])
        if not self.closed:
            self._again = task.get_loop().call_later(self.pause, self._begin)

    async def _follow(self) -> None:
        async for row in self.source.tail(self._opened):
            ring = self._rings.get(row["topic"])
            if ring is not None:
                ring.add(row)

    def _opened(self) -> None:
        self.epoch += 1
        for ring in self._rings.values():
            ring.rows.clear()
        self._wake_all()

    def _wake_all(self) -> None:
        for ring in self._rings.values():
            ring.wake()


@dataclass(slots=True)
class _Reader:
    """One subscriber's position in one topic."""

    hub: Hub
    topic: str
    ring: _Ring
    position: int = 0
    epoch: int = -1

    async def rows(self, after: int | None) -> AsyncGenerator[FeedRow | Resync, None]:
        first, last = await self.hub.source.bounds(self.topic)
        self.position = last if after is None else after
        if not first - 1 <= self.position <= last:
            yield self._resync("ahead" if self.position > last else "expired", last)
        while not self.hub.closed:
            changed = self.ring.changed
            rows, resync = await self._next()
            for row in rows:
                self.position = row["seq"]
                yield row
            if resync is not None:
                yield resync
            elif not rows:
                await changed.wait()

    async def _next(self) -> tuple[Sequence[FeedRow], Resync | None]:
        epoch = self.hub.epoch
        known = self.ring.after(self.position, self.hub.batch)
        if known is not None and self.epoch == epoch:
            return known, None
        rows = await self._read()
        if rows:
            return rows, None
        return await self._compare(epoch)

    async def _read(self) -> Sequence[FeedRow]:
        """The next rows of the source; none when it has not the very next number."""
        rows = await self.hub.source.read(self.topic, self.position, self.hub.batch)
        return [row for place, row in enumerate(rows, self.position + 1) if row["seq"] == place]

    async def _compare(self, epoch: int) -> tuple[Sequence[FeedRow], Resync | None]:
        """Find out why the source has no next row: most often because there is none yet."""
        first, last = await self.hub.source.bounds(self.topic)
        if last == self.position:
            self.epoch = epoch
            return (), None
        rows = await self._read()  # written since the first look
        if rows:
            return rows, None
        if last < self.position:
            return (), self._resync("ahead", last)
        return (), self._resync("expired" if first > self.position + 1 else "gap", last)

    def _resync(self, reason: Literal["ahead", "expired", "gap"], last: int) -> Resync:
        self.position = last
        return Resync(self.topic, reason, last)
