"""Following what is inserted into a collection, or written anywhere, in commit order and in whole batches.

The driver's own stream hands out one change at a time and hides where a batch ends; a reader that writes
per batch needs both the batch and the position after it, hence the two commands are sent here.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bson import Timestamp
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure, PyMongoError

from documents.base import AWAY, Row, database

Position = Mapping[str, Any]
"""An opaque place in the history (a resume token); it can be kept and continued from, on any process."""

Instant = Timestamp
"""An instant of the database's logical clock."""
DatabaseFailure = PyMongoError
"""What the driver raises when the database can't be reached or refuses; for the layers above."""

_UNCERTAIN = "UnknownTransactionCommitResult"
"""The driver's word for a commit that too few members have confirmed."""

LONGEST_SILENCE_MS = 1_000
"""How long the server holds a question open when nothing happens."""
MOST_AT_ONCE = 200
_LOST = frozenset({136, 260, 280, 286})
"""CappedPositionLost, InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost."""


def is_away(error: Exception) -> bool:
    """Whether a failure tells of the database alone, and not of what it was asked: it passes by itself.

    A transaction that could not be committed in all its tries is not of these: it may be too much for one.
    """
    return isinstance(error, AWAY) or (isinstance(error, PyMongoError) and error.has_error_label(_UNCERTAIN))


class HistoryLost(Exception):
    """The place asked for is no longer in the database's history: something may have been missed."""


class Dropped(HistoryLost):
    """What was followed is gone, and its history with it."""


@dataclass(frozen=True, slots=True)
class _Source:
    """What is followed: a collection, or with None the whole database; and what is made of each change."""

    name: str | None
    steps: Sequence[Row]
    options: Row
    pick: Callable[[Row], Row]

    @property
    def cursor(self) -> str:
        """The collection that the server files the cursor under."""
        return self.name or "$cmd.aggregate"


class Changes:
    """Changes from a place on; made by `follow` and `follow_database`."""

    def __init__(self, source: _Source, opened: AsyncClientSession) -> None:
        self._source = source
        self._session = opened
        self._cursor = 0
        self.position: Position = {}

    async def open(self, start: Row) -> None:
        """Begin at `start` (an option of $changeStream, or none for now)."""
        await self._ask(
            {
                "aggregate": self._source.name or 1,
                "pipeline": [{"$changeStream": start | self._source.options}, *self._source.steps],
                "cursor": {"batchSize": 0},
                "readConcern": {"level": "majority"},
            }
        )

    async def next(self, silence_ms: int = LONGEST_SILENCE_MS) -> list[Row]:
        """What came since the last call, oldest first; empty after so many milliseconds of silence.

        `position` then stands after it. HistoryLost when the server no longer knows the place, Dropped when
        what is followed is gone.
        """
        return await self._ask(
            {
                "getMore": self._cursor,
                "collection": self._source.cursor,
                "batchSize": MOST_AT_ONCE,
                "maxTimeMS": silence_ms,
            }
        )

    async def _ask(self, command: Row) -> list[Row]:
        source = database()
        try:
            reply = await source.command(command, session=self._session, codec_options=source.codec_options)
        except OperationFailure as error:
            if error.code in _LOST:
                raise HistoryLost(f"{self._source.cursor}: code {error.code}") from error
            raise
        return self._read(reply["cursor"])

    def _read(self, cursor: Row) -> list[Row]:
        self._cursor = cursor["id"]
        if not self._cursor:
            raise Dropped(f"{self._source.cursor}: dropped or renamed")
        self.position = cursor["postBatchResumeToken"]
        found = cursor["firstBatch"] if "firstBatch" in cursor else cursor["nextBatch"]
        return [self._source.pick(change) for change in found]

    async def close(self) -> None:
        """Let the server forget the cursor; when it can't be told, it finds out by itself."""
        if not self._cursor:
            return
        command = {"killCursors": self._source.cursor, "cursors": [self._cursor]}
        try:
            await database().command(command, session=self._session)
        except PyMongoError:
            return


def follow(
    name: str, *, after: Position | None = None, since: Timestamp | None = None
) -> AbstractAsyncContextManager[Changes]:
    """Follow the inserts of a collection after a position, since an instant, or else from now on."""
    steps: list[Row] = [{"$match": {"operationType": "insert"}}, {"$project": {"fullDocument": 1}}]
    return _follow(_Source(name, steps, {}, lambda change: dict(change["fullDocument"])), after, since)


def follow_database(
    steps: Sequence[Row],
    *,
    after: Position | None = None,
    since: Timestamp | None = None,
    full_documents: bool = False,
) -> AbstractAsyncContextManager[Changes]:
    """Follow everything written in the database, changes of its structure too, through an aggregation.

    With `full_documents` an update tells the whole row as it stands when it is told.
    """
    options: Row = {"showExpandedEvents": True}
    if full_documents:
        options["fullDocument"] = "updateLookup"
    return _follow(_Source(None, steps, options, dict), after, since)


@asynccontextmanager
async def _follow(source: _Source, after: Position | None, since: Timestamp | None) -> AsyncIterator[Changes]:
    start: Row = {}
    if after is not None:
        start = {"resumeAfter": dict(after)}
    elif since is not None:
        start = {"startAtOperationTime": since}
    # Causal consistency would put a read concern on getMore, which the server refuses there.
    async with database().client.start_session(causal_consistency=False) as opened:
        changes = Changes(source, opened)
        await changes.open(start)
        try:
            yield changes
        finally:
            await changes.close()
