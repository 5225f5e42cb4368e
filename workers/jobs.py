"""Jobs: gone on with by whichever worker has a job's lease, batch by batch, until they end."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from auth.viewer import Viewer
from documents import jobs, leases
from documents.base import Row
from documents.changes import DatabaseFailure, is_away
from documents.leases import Lease, LeaseLost
from domain.errors import DomainError
from domain.identity import Role
from domain.jobs import ATTEMPTS_MAX, JobAction, Progress
from resolvers.context import Context
from resolvers.jobs import broke_off, did_batch, ended
from workers.periodic import Periodic

log = logging.getLogger(__name__)

LASTS = timedelta(seconds=60)
Batch = Callable[[], Awaitable[Progress]]
"""One step of a job, done in a transaction with the note of how far it is: it happens once or not at all.

It may run again after a write conflict: it does nothing but read and write the database.
"""
Work = Callable[[Context, Row], AsyncGenerator[Batch, None]]
"""A kind of work: the batches of a job from its `place` on. What takes long is done between them."""


class JobRunner(Periodic):
    """Any number of these may run: a lease for each job keeps them apart, and fences who lost it."""

    def __init__(
        self,
        context: Callable[[], Context],
        works: Mapping[str, Work],
        every: timedelta = timedelta(seconds=1),
        lasts: timedelta = LASTS,
    ) -> None:
        super().__init__(self.work, every)
        self._context = context
        self._works = works
        self._lasts = lasts
        self._holder = uuid4().hex

    async def work(self) -> None:
        """Go on with every job that nobody else goes on with; one that can't leaves the others theirs."""
        for job in await jobs.unfinished():
            if self._stopping.is_set():
                return
            try:
                await self._turn(job)
            except DatabaseFailure as error:
                log.warning("job %s not gone on with: %s", job["_id"], type(error).__name__)

    async def _turn(self, job: Row) -> None:
        lease = await leases.acquire(f"job:{job['_id']}", self._holder, self._lasts)
        if lease is not None:
            await self._go_on(job, lease)

    async def _go_on(self, job: Row, lease: Lease) -> None:
        try:
            # what stands now: another worker may have gone on since the list was read
            found = await jobs.get(job["_id"])
            if found is not None and found["finished_at"] is None:
                await self._see_through(found, lease)
            await leases.release(lease)
        except LeaseLost:
            log.warning("job %s: somebody else goes on with it", job["_id"])

    async def _see_through(self, job: Row, lease: Lease) -> None:
        ctx = self._as_asked(job)
        try:
            async with aclosing(self._works[job["work"]](ctx, job)) as batches:
                async for batch in batches:
                    if not await did_batch(self._now(ctx), job, lease, batch) or self._stopping.is_set():
                        return
            await ended(self._now(ctx), job, lease, JobAction.finish)
        except DomainError as error:
            reason = {"code": error.code, "params": dict(error.params)}
            await ended(self._now(ctx), job, lease, JobAction.fail, reason)
        except LeaseLost:
            raise
        except Exception as error:
            if is_away(error):
                raise
            log.exception("job %s broke off", job["_id"])
            # counted also by whom the break has cost the lease: it would never be given up otherwise
            if await broke_off(self._now(ctx), job) >= ATTEMPTS_MAX:
                await ended(self._now(ctx), job, lease, JobAction.fail, {"code": "JOB_BROKEN", "params": {}})

    @staticmethod
    def _now(ctx: Context) -> Context:
        return replace(ctx, now=ctx.services.clock())

    def _as_asked(self, job: Row) -> Context:
        """The context of whoever asked: a job may do what they may, and no more."""
        return replace(self._context(), viewer=Viewer(Role(job["role"]), job["subject"]))
