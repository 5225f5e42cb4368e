"""The sealer: links every intent into the chain, and tells of every write that has none (requirement J2)."""

import asyncio
import collections
import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from prometheus_client import Counter, Gauge

from documents import audit, leases
from documents.audit import Grouping, Standing
from documents.base import Row
from documents.changes import Changes, DatabaseFailure, Dropped, HistoryLost, Position, follow_database
from documents.feeds import present
from documents.leases import Lease, LeaseLost
from documents.registry import DOCUMENTS
from domain.audit import EntryKind, Seal
from domain.time import Clock

log = logging.getLogger(__name__)

LEASE = "sealer"
PAGE = 500
AT_ONCE_MS = 1
SILENCE_MS = 1_000
SEALED = Counter("komek_audit_entries", "Entries sealed into the audit, by kind", ["kind"])
LAG = Gauge("komek_audit_lag_seconds", "How long the last write had waited when the audit met it")


class Sealer:
    """One of any number of contenders; only the one that holds the lease seals.

    `lasts` is how long a silent holder keeps the lease, thus how long a crash can delay the audit.
    """

    def __init__(self, now: Clock, seal: Seal, lasts: timedelta = timedelta(seconds=5)) -> None:
        self._now = now
        self._seal = seal
        self._lasts = lasts
        # Shorter than the lease by far, or it would run out while nothing happens.
        self._silence_ms = min(SILENCE_MS, int(lasts.total_seconds() * 1_000 / 5))
        self._watched = audit.watched(DOCUMENTS)
        self._holder = uuid4().hex
        self._stopping = asyncio.Event()
        self._held_at = 0.0
        self._reached = False

    async def run(self) -> None:
        """Contend for the lease and seal until `stop`; survives failovers of the database."""
        while not self._stopping.is_set():
            try:
                lease = await leases.acquire(LEASE, self._holder, self._lasts)
                if lease is not None:
                    await self._serve(lease)
            except (DatabaseFailure, HistoryLost, LeaseLost) as error:
                log.warning("sealer interrupted: %s", type(error).__name__)
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
        standing, reason = await audit.standing_of(lease, self._seal)
        if standing is None:
            gone = "database_dropped" if self._reached else None
            await self._begin(lease, reason or gone)
        else:
            try:
                await self._go_on(lease, standing)
            except HistoryLost as lost:
                await self._begin(lease, "database_dropped" if isinstance(lost, Dropped) else "rolled_over")
        await leases.release(lease)  # not after a failure: then the turn simply runs out

    async def _go_on(self, lease: Lease, standing: Standing) -> None:
        async with follow_database(audit.steps(self._watched), after=standing.position) as changes:
            if standing.leftover:
                await self._seal_leftovers(lease, standing.position)
            await self._follow(lease, changes, standing.position)

    async def _begin(self, lease: Lease, reason: str | None) -> None:
        """Say that the audit begins here, or begins again; what was written before and is not told stays so.

        Intents survive in their collection: they are sealed first, in the order in which they were made.
        """
        kind = EntryKind.history_lost if reason else EntryKind.started
        if reason:
            log.error("the audit lost its place (%s): an entry says so", reason)
        since = await present()
        async with follow_database(audit.steps(self._watched), since=since) as changes:
            marker = audit.marker(kind, reason, self._now())
            start = changes.position
            await self._append(lease, [marker], Standing(start, leftover=True))
            await self._seal_leftovers(lease, start)
            await self._follow(lease, changes, start)

    async def _seal_leftovers(self, lease: Lease, position: Position) -> None:
        while page := await audit.leftovers(PAGE):
            await self._append(lease, page, Standing(position, leftover=True))
        await self._append(lease, [], Standing(position))

    async def _follow(self, lease: Lease, changes: Changes, start: Position) -> None:
        grouping, reached = Grouping(), start
        while not self._stopping.is_set():
            events = await changes.next(AT_ONCE_MS if grouping.holds else self._silence_ms)
            groups = grouping.take(events)
            if groups:
                reached = groups[-1].token
                LAG.set((self._now() - groups[-1].at).total_seconds())
            if not grouping.holds:
                reached = changes.position
            entries = [entry for group in groups for entry in audit.of_group(group, self._watched)]
            if entries or self._must_prolong():
                await self._append(lease, entries, Standing(reached))

    async def _append(self, lease: Lease, entries: Sequence[Row], standing: Standing) -> None:
        head = await audit.append(lease, entries, standing, self._seal, self._now())
        self._held_at = asyncio.get_running_loop().time()
        if head is not None:
            self._reached = True
            self._tell(entries)

    def _tell(self, entries: Sequence[Row]) -> None:
        for kind, count in collections.Counter(entry["kind"] for entry in entries).items():
            SEALED.labels(kind).inc(count)
        writes = [entry["write"] for entry in entries if entry["kind"] == EntryKind.out_of_band]
        seen = collections.Counter((write["collection"], write["operation"]) for write in writes)
        for (name, operation), count in seen.items():
            log.error("written past the portal: %d × %s of %s", count, operation, name)

    def _must_prolong(self) -> bool:
        silent = asyncio.get_running_loop().time() - self._held_at
        return silent > self._lasts.total_seconds() / 3
