"""The clock of choices: blocks what is over, on however many machines it runs (requirement C4)."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from documents.changes import DatabaseFailure
from resolvers.context import Context
from resolvers.measures import block_due

log = logging.getLogger(__name__)

BATCH = 100


async def block_ended_choices(ctx: Context) -> int:
    """Block every open choice that is over at `ctx.now`; how many this process blocked."""
    blocked = done = await block_due(ctx, BATCH)
    while done:
        done = await block_due(ctx, BATCH)
        blocked += done
    return blocked


class ChoiceClock:
    """Any number of these may run: compare-and-set lets each choice be blocked once."""

    def __init__(self, context: Callable[[], Context], every: timedelta = timedelta(seconds=5)) -> None:
        self._context = context
        self._every = every
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look again and again until `stop`; survives failovers of the database."""
        while not self._stopping.is_set():
            try:
                await block_ended_choices(self._context())
            except DatabaseFailure as error:
                log.warning("choices not looked at: %s", type(error).__name__)
            await self._rest()

    def stop(self) -> None:
        """Finish what is under way and let `run` return."""
        self._stopping.set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self._every.total_seconds())
        except TimeoutError:
            return
