"""Into the outbox within a transaction, out of it one sender at a time."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from documents.base import Id, collection, insert, new_id, session
from documents.encryption import reveal_bytes, seal
from documents.outbox.messages import CLAIMABLE, NAME, Claimed, OutboxMessage, PayloadLost, advance
from domain.errors import Erased
from domain.outbox import OutboxState

_PLACE = "outbox.payload"


async def enqueue(
    *, channel: str, key: str, aggregate: str, person: Id, payload: Mapping[str, object], at: datetime
) -> None:
    """Write one message into the transaction under way; RuntimeError outside of one.

    `key` is the idempotency key that the partner gets, unique per channel (DuplicateKeyError); `payload` is
    anything that JSON can carry and is sealed under the person's key; `at` is when to try first.
    """
    if session() is None:
        raise RuntimeError("a message belongs to the transaction that makes it true")
    head = await advance(channel, aggregate, "written")
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
        {"channel": {"$eq": channel}, "state": {"$in": CLAIMABLE}, "next_at": {"$lte": now}},
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
    except (Erased, ValueError) as error:
        raise PayloadLost(str(claimed.id)) from error
    return payload


async def put_back(claimed: Claimed, failure: str, next_at: datetime) -> bool:
    """Let a message wait until `next_at`; False when the lease went to another sender."""
    result = await collection(NAME).update_one(
        {"_id": claimed.id, "lease": claimed.lease},
        {"$set": {"state": OutboxState.pending.value, "lease": None, "failure": failure, "next_at": next_at}},
    )
    return result.matched_count == 1


def _canonical(payload: Mapping[str, object]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
