"""Keeping the revocation lists fresh: read again from where they are fetched to, swapped as a whole."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from integrations.signatures import RevocationListRefused, RevocationLists
from workers.periodic import Periodic

log = logging.getLogger(__name__)


class RevocationReader(Periodic):
    """Reads lists (DER) from files that a scheduled download replaces; a bad file keeps the earlier lists."""

    def __init__(
        self, lists: RevocationLists, files: Sequence[Path], every: timedelta = timedelta(minutes=5)
    ) -> None:
        super().__init__(lambda: asyncio.to_thread(self.read), every)
        self._lists = lists
        self._files = tuple(files)

    def read(self) -> bool:
        """Take the files' lists; False when one of them can't be read or trusted."""
        try:
            self._lists.replace([file.read_bytes() for file in self._files])
        except (OSError, RevocationListRefused) as error:
            log.error("revocation lists not replaced: %s", error)  # noqa: TRY400 - the reason is the message
            return False
        return True
