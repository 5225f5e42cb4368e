"""Counts what a second client of the same database asks for."""

from typing import Any, Self

from pymongo import AsyncMongoClient, monitoring
from pymongo.asynchronous.database import AsyncDatabase

from documents.base import Row


class Commands(monitoring.CommandListener):
    """The names of the commands sent, in their order."""

    def __init__(self, url: str, database: str) -> None:
        self.names: list[str] = []
        self._client: AsyncMongoClient[Row] = AsyncMongoClient(url, event_listeners=[self], tz_aware=True)
        self.database: AsyncDatabase[Row] = self._client[database]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._client.close()

    def started(self, event: Any) -> None:
        """One more."""
        self.names.append(event.command_name)

    def succeeded(self, event: Any) -> None:
        """Nothing to note."""

    def failed(self, event: Any) -> None:
        """Nothing to note."""
