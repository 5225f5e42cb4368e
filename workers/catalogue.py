"""Keeping what is made from the whole catalogue: its words, and the counts of wide questions."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from documents import listings, vocabulary
from documents.base import Row
from workers.periodic import Periodic

RESTS = 20
"""Making it anew takes this part of the time at most: of a large catalogue it is made more rarely."""


class CatalogueKeeper(Periodic):
    """Makes words and counts anew once listings were published or withdrawn; harmless twice."""

    def __init__(self, clock: Callable[[], datetime], every: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(self.look, every)
        self._clock = clock
        self._made: Row | None = None
        self._rested = 0.0

    async def look(self) -> None:
        """Make both anew if the catalogue is another than the last time."""
        time = asyncio.get_running_loop().time
        state = await vocabulary.state()
        begun = time()
        if state == self._made or begun < self._rested:
            return
        await vocabulary.renew()
        await listings.count_anew(self._clock())
        self._made = state
        self._rested = time() + RESTS * (time() - begun)
