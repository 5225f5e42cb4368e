"""Dropping what has expired, every minute."""

import asyncio
import logging
from datetime import timedelta

from documents.changes import DatabaseFailure
from documents.housekeeping import drop_expired
from domain.time import Clock

log = logging.getLogger(__name__)


class Housekeeper:
    """Any number of these may run."""

    def __init__(self, now: Clock, every: timedelta = timedelta(minutes=1)) -> None:
        self._now = now
        self._every = every
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Drop again and again until `stop`; survives failovers of the database."""
        while not self._stopping.is_set():
            try:
                await drop_expired(self._now())
            except DatabaseFailure as error:
                log.warning("nothing dropped: %s", type(error).__name__)
            await self._rest()

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self._every.total_seconds())
        except TimeoutError:
            return
