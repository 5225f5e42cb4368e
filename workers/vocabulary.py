"""Keeping the words of the catalogue as its listings are."""

import asyncio
from datetime import timedelta

from documents import vocabulary
from documents.base import Row
from workers.periodic import Periodic

RESTS = 20
"""Making the words anew takes this part of the time at most: a large catalogue is made more rarely."""


class Lexicographer(Periodic):
    """Makes the vocabulary anew once listings were published or withdrawn; harmless twice."""

    def __init__(self, every: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(self.look, every)
        self._made: Row | None = None
        self._rested = 0.0

    async def look(self) -> None:
        """Make the words anew if the catalogue is another than the last time."""
        time = asyncio.get_running_loop().time
        state = await vocabulary.state()
        begun = time()
        if state == self._made or begun < self._rested:
            return
        await vocabulary.renew()
        self._made = state
        self._rested = time() + RESTS * (time() - begun)
