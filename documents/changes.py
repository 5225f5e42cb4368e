"""Following what is inserted into a collection, in commit order and in whole batches.

The driver's own stream hands out one change at a time and hides where a batch ends; a reader that writes
per batch needs both the batch and the position after it, hence the two commands are sent here.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bson import Timestamp
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure, PyMongoError

from documents.base import Row, database

Position = Mapping[str, Any]
"""An opaque place in the history (a resume token); it can be kept and continued from, on any process."""

Instant = Timestamp
"""An instant of the database's logical clock."""
DatabaseFailure = PyMongoError
"""What the driver raises when the database can't be reached or refuses; for the layers above."""

LONGEST_SILENCE_MS = 1_000
"""How long the server holds a question open when nothing happens."""
MOST_AT_ONCE = 200
_LOST = frozenset({136, 260, 280, 286})
"""CappedPositionLost, InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost."""


class HistoryLost(Exception):
    """The place asked for is no longer in the database's history: something may have been missed."""


class Changes:
    """Inserts into one collection from a place on; made by `follow`."""

    def __init__(self, name: str, opened: AsyncClientSession) -> None:
        self._name = name
        self._session = opened
        self._cursor = 0
        self.position: Position = {}

    async def open(self, start: Row) -> None:
        """Begin at `start` (an option of $changeStream, or none for now)."""
        await self._ask(
            {
                "aggregate": self._name,
                "pipeline": [
                    {"$changeStream": start},
                    {"$match": {"operationType": "insert"}},
                    {"$project": {"fullDocument": 1}},
                ],
                "cursor": {"batchSize": 0},
                "readConcern": {"level": "majority"},
            }
        )

    async def next(self) -> list[Row]:
        """What was inserted since the last call, oldest first; empty after a second of silence.

        `position` then stands after it. HistoryLost when the server no longer knows the place.
        """
        return await self._ask(
            {
                "getMore": self._cursor,
                "collection": self._name,
                "batchSize": MOST_AT_ONCE,
                "maxTimeMS": LONGEST_SILENCE_MS,
            }
        )

    async def _ask(self, command: Row) -> list[Row]:
        source = database()
        try:
            reply = await source.command(command, session=self._session, codec_options=source.codec_options)
        except OperationFailure as error:
            if error.code in _LOST:
                raise HistoryLost(f"{self._name}: code {error.code}") from error
            raise
        return self._read(reply["cursor"])

    def _read(self, cursor: Row) -> list[Row]:
        self._cursor = cursor["id"]
        if not self._cursor:
            raise HistoryLost(f"{self._name}: the collection was dropped or renamed")
        self.position = cursor["postBatchResumeToken"]
        found = cursor["firstBatch"] if "firstBatch" in cursor else cursor["nextBatch"]
        return [change["fullDocument"] for change in found]

    async def close(self) -> None:
        """Let the server forget the cursor; when it can't be told, it finds out by itself."""
        if not self._cursor:
            return
        command = {"killCursors": self._name, "cursors": [self._cursor]}
        try:
            await database().command(command, session=self._session)
        except PyMongoError:
            return


@asynccontextmanager
async def follow(
    name: str, *, after: Position | None = None, since: Timestamp | None = None
) -> AsyncIterator[Changes]:
    """Follow the inserts of a collection after a position, since an instant, or else from now on."""
    start: Row = {}
    if after is not None:
        start = {"resumeAfter": dict(after)}
    elif since is not None:
        start = {"startAtOperationTime": since}
    # Causal consistency would put a read concern on getMore, which the server refuses there.
    async with database().client.start_session(causal_consistency=False) as opened:
        changes = Changes(name, opened)
        await changes.open(start)
        try:
            yield changes
        finally:
            await changes.close()
