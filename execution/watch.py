"""Looks after open sockets that say nothing: who may not go on is told so without waiting for an event."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from execution.errors import log_internal


class Sessions(Protocol):
    """The part of the socket's port that is asked here."""

    async def ended(self, sessions: Sequence[Any]) -> Mapping[int, str]:
        """Which of the sessions may not go on: place in the sequence → reason."""


class Watched(Protocol):
    """A connection: the session it stands for, and how it is ended."""

    session: Any

    async def end(self, reason: str) -> None:
        """Close it."""


class Watch:
    """One task for all connections of a door, alive while there are any; each turn is one question."""

    def __init__(self, sessions: Sessions, every: timedelta) -> None:
        self._sessions, self._every = sessions, every.total_seconds()
        self._open: set[Watched] = set()
        self._task: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    def add(self, connection: Watched) -> None:
        """Look after a connection from now on."""
        self._open.add(connection)
        if self._task is None:
            self._task = asyncio.create_task(self._look())
            self._task.add_done_callback(self._stopped)

    def discard(self, connection: Watched) -> None:
        """Forget a connection; with the last one the task ends."""
        self._open.discard(connection)
        if not self._open and self._task is not None:
            self._task.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            connections = list(self._open)
            asked = [each.session for each in connections]
            for index, reason in (await self._sessions.ended(asked)).items():
                self._end(connections[index], asked[index], reason)

    def _end(self, connection: Watched, asked: object, reason: str) -> None:
        """End a connection, in a task of its own: a client that doesn't read holds nobody else up."""
        if connection in self._open and connection.session is asked:
            task = asyncio.create_task(connection.end(reason))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def _stopped(self, task: asyncio.Task[None]) -> None:
        """Log what broke the task and begin anew: the next turn may go well."""
        self._task = None
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            log_internal(error, ["websocket", "watch"])
        for connection in list(self._open)[:1]:
            self.add(connection)
