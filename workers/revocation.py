"""Keeping the revocation lists fresh: each is read by itself, checked in a thread, swapped as a whole."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from domain.time import Clock
from integrations.signatures import BadAnswer, ListSource, RevocationListRefused, RevocationLists
from workers.periodic import Periodic

log = logging.getLogger(__name__)


class RevocationReader(Periodic):
    """Reads lists from files or addresses; a bad one keeps its authority's earlier list until that expires.

    Runs in every process that checks signatures: each holds the lists in its own memory.
    """

    def __init__(
        self,
        lists: RevocationLists,
        sources: Sequence[ListSource],
        clock: Clock,
        every: timedelta = timedelta(minutes=5),
    ) -> None:
        super().__init__(self.read, every)
        self._lists = lists
        self._sources = tuple(sources)
        self._clock = clock

    async def read(self) -> bool:
        """Take what is new from every source; False when one of them can't be read or trusted."""
        # One at a time: two large lists checked at once would double the work that the server notices.
        return all([await self._take(source) for source in self._sources])

    async def _take(self, source: ListSource) -> bool:
        try:
            der = await source.read()
            if der is not None:
                until = await asyncio.to_thread(self._lists.renew, der, self._clock())
                source.taken()
                log.debug("revocation list of %s holds until %s", source.place, until)
        except (OSError, BadAnswer, RevocationListRefused) as error:
            reason = str(error) or type(error).__name__
            log.error("revocation list of %s not taken: %s", source.place, reason)  # noqa: TRY400 - it is all
            return False
        return True
