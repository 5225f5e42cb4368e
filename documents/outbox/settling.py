"""The end of a message: delivered or refused for good, together with what becomes true by it."""

from datetime import datetime

from documents.base import Row, collection, in_transaction, session
from documents.events import emit
from documents.outbox.messages import NAME, Claimed, Settled, Then, advance
from domain.feeds import ADMINISTRATION
from domain.outbox import OutboxState


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


async def _settle(claimed: Claimed, changed: Row, settled: Settled, then: Then | None) -> bool:
    result = await collection(NAME).update_one(
        {"_id": claimed.id, "lease": claimed.lease}, {"$set": {"lease": None, **changed}}, session=session()
    )
    if not result.matched_count:
        return False
    head = await advance(claimed.channel, claimed.aggregate, "done")
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
