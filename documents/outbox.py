"""Messages to partners, written in the transaction they belong to and sent afterwards, each at least once.

Per (channel, aggregate) they go out one at a time in the order of the commits: a small counter row per
aggregate, written in the same transaction, makes two writers of one aggregate wait for each other.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, in_transaction, insert, new_id, session
from documents.encryption import Sealed, reveal_bytes, seal
from documents.events import emit
from domain.feeds import ADMINISTRATION
from domain.outbox import OutboxState

NAME = "outbox"
HEADS = "outbox_heads"
_PLACE = "outbox.payload"
_CLAIMABLE = [OutboxState.pending.value, OutboxState.leased.value]


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
        indexes: ClassVar = [
            IndexModel([("channel", 1), ("key", 1)], unique=True),
            IndexModel([("channel", 1), ("about", 1), ("order", 1)], unique=True),
            IndexModel(
                [("channel", 1), ("next_at", 1)],
                name="queue",
                partialFilterExpression={"state": {"$in": _CLAIMABLE}},
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


async def enqueue(
    *, channel: str, key: str, aggregate: str, person: Id, payload: Mapping[str, object], at: datetime
) -> None:
    """Write one message into the transaction under way; RuntimeError outside of one.

    `key` is the idempotency key that the partner gets, unique per channel (DuplicateKeyError); `payload` is
    anything that JSON can carry and is sealed under the person's key; `at` is when to try first.
    """
    if session() is None:
        raise RuntimeError("a message belongs to the transaction that makes it true")
    head = await _advance(channel, aggregate, "written")
    first = head["written"] == head["done"] + 1
    identifier = new_id()
    message = OutboxMessage(
        id=identifier,
        channel=channel,
        key=key,
        about=aggregate,
        order=head["written"],
        person=person,
        payload=await seal(person, _PLACE, identifier, _canonical(payload)),
        state=OutboxState.pending if first else OutboxState.waiting,
        at=at,
        next_at=at,
    )
    await insert(message)


async def claim(channel: str, now: datetime, lasts: timedelta) -> Claimed | None:
    """Take the message that has waited longest, for `lasts`; None when nothing may be sent now.

    A message whose lease ran out counts as never sent: the sender died, or its answer was lost.
    """
    row = await collection(NAME).find_one_and_update(
        {"channel": {"$eq": channel}, "state": {"$in": _CLAIMABLE}, "next_at": {"$lte": now}},
        {
            "$set": {"state": OutboxState.leased.value, "lease": new_id(), "next_at": now + lasts},
            "$inc": {"attempts": 1},
        },
        sort=[("next_at", 1)],
        return_document=ReturnDocument.AFTER,
    )
    if row is None:
        return None
    taken = {name: row[name] for name in ("channel", "key", "person", "attempts", "lease")}
    return Claimed(id=row["_id"], aggregate=row["about"], sealed=bytes(row["payload"]), **taken)


async def opened(claimed: Claimed) -> Mapping[str, Any]:
    """The payload in the clear; PayloadLost when its person was erased or the row was changed."""
    try:
        payload: Mapping[str, Any] = json.loads(await reveal_bytes(_PLACE, claimed.id, claimed.sealed))
    except ValueError as error:
        raise PayloadLost(str(claimed.id)) from error
    return payload


async def delivered(claimed: Claimed, receipt: str, now: datetime, then: Then | None = None) -> bool:
    """Note the delivery, let the next message of the aggregate go, and run `then`, all in one transaction.

    The payload is dropped: the receipt is the proof, and personal data aren't kept without need. False, and
    nothing changed, when the lease went to another sender.
    """
    changed: Row = {
        "state": OutboxState.delivered.value,
        "receipt": receipt,
        "delivered_at": now,
        "payload": None,
    }
    return await in_transaction(
        lambda: _settle(claimed, changed, _settled(claimed, now, receipt=receipt), then)
    )


async def buried(claimed: Claimed, failure: str, now: datetime, then: Then | None = None) -> bool:
    """Set a message aside for good, tell the administrators, let the next one go; see `delivered`.

    The payload stays, so that an administrator can see what was refused.
    """
    changed: Row = {"state": OutboxState.dead.value, "failure": failure}

    async def report(settled: Settled) -> None:
        await emit(
            kind="outbox.dead",
            subject=claimed.id,
            topics=[ADMINISTRATION],
            at=now,
            data={"channel": claimed.channel, "failure": failure, "attempts": claimed.attempts},
            actor="system",
        )
        if then is not None:
            await then(settled)

    return await in_transaction(
        lambda: _settle(claimed, changed, _settled(claimed, now, failure=failure), report)
    )


async def put_back(claimed: Claimed, failure: str, next_at: datetime) -> bool:
    """Let a message wait until `next_at`; False when the lease went to another sender."""
    result = await collection(NAME).update_one(
        {"_id": claimed.id, "lease": claimed.lease},
        {"$set": {"state": OutboxState.pending.value, "lease": None, "failure": failure, "next_at": next_at}},
    )
    return result.matched_count == 1


async def _settle(claimed: Claimed, changed: Row, settled: Settled, then: Then | None) -> bool:
    result = await collection(NAME).update_one(
        {"_id": claimed.id, "lease": claimed.lease}, {"$set": {"lease": None, **changed}}, session=session()
    )
    if not result.matched_count:
        return False
    head = await _advance(claimed.channel, claimed.aggregate, "done")
    await collection(NAME).update_one(
        {
            "channel": claimed.channel,
            "about": claimed.aggregate,
            "order": head["done"] + 1,
            "state": OutboxState.waiting.value,
        },
        {"$set": {"state": OutboxState.pending.value}},
        session=session(),
    )
    if then is not None:
        await then(settled)
    return True


async def _advance(channel: str, aggregate: str, counter: str) -> Row:
    other = "done" if counter == "written" else "written"
    row = await collection(HEADS).find_one_and_update(
        {"_id": f"{channel}|{aggregate}"},
        {"$inc": {counter: 1}, "$setOnInsert": {other: 0}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return row or {}


def _settled(
    claimed: Claimed, now: datetime, *, receipt: str | None = None, failure: str | None = None
) -> Settled:
    return Settled(
        id=claimed.id,
        channel=claimed.channel,
        key=claimed.key,
        aggregate=claimed.aggregate,
        person=claimed.person,
        at=now,
        receipt=receipt,
        failure=failure,
    )


def _canonical(payload: Mapping[str, object]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
