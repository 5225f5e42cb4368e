"""Work that is done again and again, by a clock."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from documents.changes import DatabaseFailure

log = logging.getLogger(__name__)


class Periodic:
    """Does `act` every so often until it is told to stop; survives failovers of the database.

    Any number of these may run, on any machines: what they do is compare-and-set, or harmless twice.
    """

    def __init__(self, act: Callable[[], Awaitable[object]], every: timedelta) -> None:
        self._act = act
        self._every = every
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping.is_set():
            try:
                await self._act()
            except DatabaseFailure as error:
                log.warning("%s not done: %s", type(self).__name__, type(error).__name__)
            await self._rest()

    def stop(self) -> None:
        """Finish what is under way and let `run` return."""
        self._stopping.set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self._every.total_seconds())
        except TimeoutError:
            return
