"""One task a process that tells its caches what has changed in the database."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from typing import Protocol

from documents.changes import DatabaseFailure, HistoryLost
from documents.watching import changed

log = logging.getLogger(__name__)
PAUSE = 0.2
"""Seconds between two tries to open the stream."""


class Cache(Protocol):
    """What wants to know: `loaders.entities.Entities`, `execution.answers.AnswerCache`."""

    def opened(self) -> None:
        """From now on every change is told."""

    def drop(self, tags: Sequence[str]) -> None:
        """These have changed."""

    def flush(self) -> None:
        """Anything may have changed."""

    def lost(self) -> None:
        """Changes are not told any more."""


class Watcher:
    """Follows one change stream for all caches of the process; while there is none they keep nothing."""

    def __init__(self, caches: Sequence[Cache]) -> None:
        self._caches = list(caches)
        self._stopping = asyncio.Event()
        self.losses = 0
        self.following = False

    def join(self, cache: Cache) -> None:
        """Tell one more cache, from the next opening on or, where the stream is open, at once."""
        self._caches.append(cache)
        if self.following:
            cache.opened()

    async def run(self) -> None:
        """Follow until `stop`; a stream that is lost flushes all caches and is opened anew."""
        following = asyncio.ensure_future(self._follow())
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait([following, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (following, stopping):
                task.cancel()
            done = await asyncio.gather(following, stopping, return_exceptions=True)
        if isinstance(done[0], Exception):
            raise done[0]

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    async def _follow(self) -> None:
        while True:
            try:
                async with aclosing(changed(self._opened)) as told:
                    async for tags in told:
                        self._tell(tags)
            except (DatabaseFailure, HistoryLost, TimeoutError) as error:
                log.warning("changes are lost, caches begin anew: %s", type(error).__name__)
            finally:
                self._lost()
            await asyncio.sleep(PAUSE)

    def _opened(self) -> None:
        self.following = True
        for cache in self._caches:
            cache.opened()

    def _tell(self, tags: list[str] | None) -> None:
        for cache in self._caches:
            if tags is None:
                cache.flush()
            elif tags:
                cache.drop(tags)

    def _lost(self) -> None:
        if self.following:
            self.losses += 1
        self.following = False
        for cache in self._caches:
            cache.lost()
