"""The sequencer: gives every event its number in each of its topics, in the order of the commits."""

import asyncio
import logging
from datetime import timedelta
from uuid import uuid4

from documents import feeds, leases
from documents.base import Row
from documents.changes import MOST_AT_ONCE, Changes, DatabaseFailure, HistoryLost, Instant, Position, follow
from documents.leases import Lease, LeaseLost
from domain.time import Clock

log = logging.getLogger(__name__)

LEASE = "sequencer"


class Sequencer:
    """One of any number of contenders; only the one that holds the lease numbers events.

    `lasts` is how long a silent holder keeps the lease, thus how long a crash can delay the feed.
    """

    def __init__(self, now: Clock, lasts: timedelta = timedelta(seconds=5)) -> None:
        self._now = now
        self._lasts = lasts
        self._holder = uuid4().hex
        self._stopping = asyncio.Event()
        self._held_at = 0.0

    async def run(self) -> None:
        """Contend for the lease and number events until `stop`; survives failovers of the database."""
        while not self._stopping.is_set():
            try:
                lease = await leases.acquire(LEASE, self._holder, self._lasts)
                if lease is not None:
                    await self._serve(lease)
            except (DatabaseFailure, HistoryLost, LeaseLost) as error:
                log.warning("sequencer interrupted: %s", type(error).__name__)
            await self._rest()

    def stop(self) -> None:
        """Finish the batch under way, give the lease back, and let `run` return."""
        self._stopping.set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self._lasts.total_seconds() / 5)
        except TimeoutError:
            return

    async def _serve(self, lease: Lease) -> None:
        position = await feeds.position_of(lease)
        try:
            if position is None:
                await self._recover(lease, mark=False)
            else:
                async with follow("events", after=position) as changes:
                    await self._pass_on(lease, changes)
        except HistoryLost as lost:
            log.error("the place in the history is lost, events are looked for one by one: %s", lost)  # noqa: TRY400
            await self._recover(lease, mark=True)
        await leases.release(lease)  # not after a failure: then the turn simply runs out

    async def _pass_on(self, lease: Lease, changes: Changes) -> None:
        while not self._stopping.is_set():
            events = await changes.next()
            if events or self._must_prolong():
                await self._append(lease, events, changes.position)

    async def _recover(self, lease: Lease, *, mark: bool) -> None:
        """Find what isn't in the feed yet, then follow the stream from the instant of that search.

        With `mark`, each topic found to lack something first gets a row that tells its readers so.
        """
        until = await feeds.present()
        async with follow("events", since=until) as changes:
            await self._catch_up(lease, until, mark=mark)
            await self._append(lease, [], changes.position)
            await self._pass_on(lease, changes)

    async def _catch_up(self, lease: Lease, until: Instant, *, mark: bool) -> None:
        after: Instant | None = None
        marked: set[str] = set()
        while page := await feeds.missing(until, after, MOST_AT_ONCE):
            unmarked = {topic for event in page for topic in event["topics"]} - marked if mark else set()
            markers = [feeds.resync_marker(unmarked, self._now())] if unmarked else []
            await self._append(lease, [*markers, *page], None)
            marked |= unmarked
            after = page[-1]["placed"]

    async def _append(self, lease: Lease, events: list[Row], position: Position | None) -> None:
        await feeds.append(lease, events, position)
        self._held_at = asyncio.get_running_loop().time()

    def _must_prolong(self) -> bool:
        silent = asyncio.get_running_loop().time() - self._held_at
        return silent > self._lasts.total_seconds() / 3
