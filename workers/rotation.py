"""Rotation of keys: started by a command, worked off by whichever process holds the lease."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from documents import leases
from documents.base import Row
from documents.changes import DatabaseFailure
from documents.leases import LeaseLost
from documents.registry import DOCUMENTS
from documents.rotation import SETTLING, STEPS, Kind, advance, begin, latest, under_way
from domain.time import Clock

log = logging.getLogger(__name__)

LEASE = "rotation"
LASTS = timedelta(seconds=30)


class Rotator:
    """One of any number of contenders; the one with the lease does the job under way, batch by batch."""

    def __init__(
        self, now: Clock, every: timedelta = timedelta(seconds=5), settling: timedelta = SETTLING
    ) -> None:
        self._now = now
        self._every = every
        self._settling = settling
        self._holder = uuid4().hex
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look for a job and work on it until `stop`; survives failovers of the database."""
        while not self._stopping.is_set():
            try:
                await self.work()
            except (DatabaseFailure, LeaseLost, ValueError) as error:
                # ValueError: a master key is not at hand here, perhaps it is where another worker runs
                log.warning("rotation interrupted: %s", type(error).__name__)
            await self._rest()

    async def work(self) -> None:
        """Do batches while there are any and this is the one with the lease."""
        if await under_way() is None:
            return
        lease = await leases.acquire(LEASE, self._holder, LASTS)
        while lease is not None and not self._stopping.is_set():
            if not await advance(lease, DOCUMENTS, self._now(), self._settling):
                await leases.release(lease)
                return

    def stop(self) -> None:
        """Finish the batch under way and let `run` return."""
        self._stopping.set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self._every.total_seconds())
        except TimeoutError:
            return


async def rotate(
    kind: Kind,
    rotator: Rotator,
    now: Clock,
    say: Callable[[str], None],
    every: timedelta = timedelta(seconds=1),
) -> bool:
    """Start or resume a rotation and see it through, telling each step; False when it could not be finished.

    Somebody else may hold the lease: then this tells how far that one is.
    """
    job = await begin(kind, now())
    told = ""
    while job["finished_at"] is None:
        await rotator.work()
        job = await latest(kind) or job
        if (line := said(job)) != told:
            say(line)
            told = line
        if job["finished_at"] is None:
            await asyncio.sleep(every.total_seconds())
    return not job["unreadable"]


def said(job: Row) -> str:
    """How far a job is, in a line for whoever watches."""
    steps = STEPS[Kind(job["_id"])]
    changed = f"{job['changed']} changed"
    if job["unreadable"]:
        return (
            f"{job['_id']}: {job['unreadable']} values do not open; the older keys are kept, nothing is lost"
        )
    if job["finished_at"] is not None:
        return f"{job['_id']}: done, {changed}"
    return f"{job['_id']}: step {job['step'] + 1} of {len(steps)}, {steps[job['step']]}, {changed}"
