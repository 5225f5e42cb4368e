"""Keeping the revocation lists fresh: read again from where they are fetched to, swapped as a whole."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from integrations.signatures import RevocationListRefused, RevocationLists

log = logging.getLogger(__name__)


class RevocationReader:
    """Reads lists (DER) from files that a scheduled download replaces; a bad file keeps the earlier lists."""

    def __init__(
        self, lists: RevocationLists, files: Sequence[Path], every: timedelta = timedelta(minutes=5)
    ) -> None:
        self._lists = lists
        self._files = tuple(files)
        self._every = every
        self._stopping = asyncio.Event()

    def read(self) -> bool:
        """Take the files' lists; False when one of them can't be read or trusted."""
        try:
            self._lists.replace([file.read_bytes() for file in self._files])
        except (OSError, RevocationListRefused) as error:
            log.error("revocation lists not replaced: %s", error)  # noqa: TRY400 - the reason is the message
            return False
        return True

    async def run(self) -> None:
        """Read again and again until `stop`."""
        while not self._stopping.is_set():
            await asyncio.to_thread(self.read)
            await self._rest()

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self._every.total_seconds())
        except TimeoutError:
            return
