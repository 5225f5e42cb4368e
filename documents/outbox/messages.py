"""What the outbox is made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, session
from documents.encryption import Sealed
from domain.outbox import OutboxState

NAME = "outbox"
HEADS = "outbox_heads"
CLAIMABLE = [OutboxState.pending.value, OutboxState.leased.value]


class OutboxMessage(Record):
    """One message: sealed until it is delivered, then only the proof of delivery stays."""

    channel: str
    key: str
    about: str  # the aggregate; Beanie has taken that name
    order: int
    person: Id
    payload: Sealed | None
    state: OutboxState
    attempts: int = 0
    at: datetime
    next_at: datetime
    lease: Id | None = None
    failure: str | None = None
    receipt: str | None = None
    delivered_at: datetime | None = None

    class Settings(Record.Settings):
        """The queue is a small partial index, however many messages were delivered."""

        name = NAME
        audited: ClassVar = False  # what an audited act sends, settled by the worker
        indexes: ClassVar = [
            IndexModel([("channel", 1), ("key", 1)], unique=True),
            IndexModel([("channel", 1), ("about", 1), ("order", 1)], unique=True),
            IndexModel(
                [("channel", 1), ("next_at", 1)],
                name="queue",
                partialFilterExpression={"state": {"$in": CLAIMABLE}},
            ),
        ]


class OutboxHead(Record):
    """How many messages of an aggregate were written and how many are done with."""

    id: str  # type: ignore[assignment]  # "channel|aggregate"
    written: int
    done: int = 0

    class Settings(Record.Settings):
        """Found by its name only."""

        name = HEADS
        audited: ClassVar = False  # the same


@dataclass(frozen=True)
class Claimed:
    """A message taken for sending until its lease ends; see `opened` for what it says."""

    id: Id
    channel: str
    key: str
    aggregate: str
    person: Id
    attempts: int
    lease: Id
    sealed: bytes


@dataclass(frozen=True)
class Settled:
    """A message done with: delivered (`receipt`) or refused for good (`failure`), and when."""

    id: Id
    channel: str
    key: str
    aggregate: str
    person: Id
    at: datetime
    receipt: str | None
    failure: str | None


Then = Callable[[Settled], Awaitable[None]]
"""What else becomes true with the settlement; it runs in the same transaction, perhaps more than once."""


class PayloadLost(Exception):
    """The payload doesn't open any more: its person was erased, or the row was tampered with."""


async def advance(channel: str, aggregate: str, counter: str) -> Row:
    """Count one more message of an aggregate as "written" or "done"; the head after it comes back."""
    other = "done" if counter == "written" else "written"
    row = await collection(HEADS).find_one_and_update(
        {"_id": f"{channel}|{aggregate}"},
        {"$inc": {counter: 1}, "$setOnInsert": {other: 0}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return row or {}
