"""Delivery: at least once, in order, and one partner's trouble stays its own."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents import outbox
from documents.base import Row, collection, in_transaction, new_id, session
from documents.outbox import Settled
from domain.outbox import PermanentFailure, Receipt, TemporaryFailure
from workers.outbox import Channel, Deliverer

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
PERSON = new_id()
SECRET = "+77010000000"


class Time:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now


class Partner:
    """Receives messages, counts every arrival, keeps each key once; can be told to fail."""

    def __init__(self) -> None:
        self.arrivals: list[str] = []
        self.kept: dict[str, Mapping[str, Any]] = {}
        self.trouble: list[Exception] = []

    async def take(self, key: str, payload: Mapping[str, Any]) -> Receipt:
        """A message arrives."""
        self.arrivals.append(key)
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble.pop(0)
        self.kept.setdefault(key, payload)
        return Receipt(f"receipt of {key}")


async def put(key: str, aggregate: str = "m", channel: str = "sms") -> None:
    """One committed message."""
    await in_transaction(
        lambda: outbox.enqueue(
            channel=channel, key=key, aggregate=aggregate, person=PERSON, payload={"phone": SECRET}, at=NOW
        )
    )


async def row_of(key: str) -> Row:
    """A stored message."""
    row = await collection("outbox").find_one({"key": key})
    assert row is not None
    return row


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to become true; the test's own timeout ends a wait in vain."""
    while not await done():
        await asyncio.sleep(0.02)


def reached(state: str, count: int = 1) -> Callable[[], Awaitable[bool]]:
    """Whether this many messages are in a state."""

    async def asked() -> bool:
        return await collection("outbox").count_documents({"state": state}) >= count

    return asked


@asynccontextmanager
async def running(channels: Mapping[str, Channel], time: Time | None = None) -> AsyncIterator[Deliverer]:
    """A deliverer at work, stopped in good order at the end."""
    worker = Deliverer(channels, time or Time())
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await task


async def test_messages_go_out_in_order_with_four_workers() -> None:
    """R-C6: ten measures with five messages each, four deliverers: each arrives once, in order per measure."""
    partner = Partner()
    for step in range(5):
        for measure in range(10):
            await put(f"{measure}:{step}", aggregate=f"measure:{measure}")
    channels = {"sms": Channel(partner.take)}
    async with running(channels), running(channels), running(channels), running(channels):
        await until(reached("delivered", 50))
    assert len(partner.arrivals) == 50
    for measure in range(10):
        mine = [key for key in partner.arrivals if key.startswith(f"{measure}:")]
        assert mine == [f"{measure}:{step}" for step in range(5)]
    assert partner.kept["3:4"] == {"phone": SECRET}


async def test_partner_down_for_days_loses_nothing() -> None:
    """R-C6: a partner down for days gets the message in the end; the waits grow to five minutes, no more."""
    partner, time = Partner(), Time()
    partner.trouble = [TemporaryFailure("HTTP_503") for _ in range(15)]
    await put("k1")
    waits: list[float] = []
    async with running({"sms": Channel(partner.take)}, time) as worker:
        for attempt in range(1, 16):
            await until(lambda attempt=attempt: failed(attempt))  # type: ignore[misc]
            due = (await row_of("k1"))["next_at"]
            waits.append((due - time.now).total_seconds())
            time.now = due
            worker.wake()
        await until(reached("delivered"))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300, 300, 300]
    assert len(partner.arrivals) == 16


async def failed(attempt: int) -> bool:
    """Whether the message was put back after this attempt."""
    row = await row_of("k1")
    return bool(row["attempts"] == attempt and row["state"] == "pending")


async def test_killed_between_sending_and_noting() -> None:
    """R-C6: a sender killed before it could note the delivery: sent again with the same key, kept once."""
    partner, time = Partner(), Time()
    await put("k1")

    async def send_and_die(key: str, payload: Mapping[str, Any]) -> Receipt:
        await partner.take(key, payload)
        victim.cancel()
        await asyncio.sleep(60)
        raise AssertionError

    victim = asyncio.create_task(Deliverer({"sms": Channel(send_and_die)}, time).run())
    with suppress(asyncio.CancelledError):
        await victim
    assert (await row_of("k1"))["state"] == "leased"
    time.now += timedelta(minutes=1)
    async with running({"sms": Channel(partner.take)}, time):
        await until(reached("delivered"))
    assert partner.arrivals == ["k1", "k1"]
    assert list(partner.kept) == ["k1"]


async def test_refusal_for_good_is_told_and_blocks_nobody() -> None:
    """A message refused for good is dead, its hook runs with the refusal, and the next one goes out."""
    partner, told = Partner(), list[Settled]()
    partner.trouble = [PermanentFailure("HTTP_422")]

    async def refused(settled: Settled) -> None:
        told.append(settled)
        await collection("feed_topics").insert_one({"_id": "task", "seq": 1}, session=session())

    await put("k1")
    await put("k2")
    async with running({"sms": Channel(partner.take, on_refused=refused)}):
        await until(reached("delivered"))
    assert ((await row_of("k1"))["state"], (await row_of("k2"))["state"]) == ("dead", "delivered")
    assert (told[-1].key, told[-1].failure, told[-1].receipt) == ("k1", "HTTP_422", None)
    assert await collection("feed_topics").count_documents({"_id": "task"}) == 1
    assert await collection("events").count_documents({"kind": "outbox.dead"}) == 1


async def test_delivery_hook_gets_the_instant() -> None:
    """R-C3: the instant of delivery reaches the hook, in the transaction that notes the delivery."""
    told: list[Settled] = []

    async def noted(settled: Settled) -> None:
        told.append(settled)

    await put("k1")
    async with running({"sms": Channel(Partner().take, on_delivered=noted)}):
        await until(reached("delivered"))
    row = await row_of("k1")
    assert (told[-1].id, told[-1].at, told[-1].receipt) == (row["_id"], row["delivered_at"], "receipt of k1")


async def test_one_channel_down_leaves_the_other_alone() -> None:
    """R-C6: while one partner hangs on every place it has, the other's messages go out."""
    hang, partner = asyncio.Event(), Partner()

    async def hanging(key: str, payload: Mapping[str, Any]) -> Receipt:
        await hang.wait()
        return Receipt(key)

    for place in range(3):
        await put(f"s{place}", aggregate=f"a{place}", channel="sobes")
    await put("k1")
    async with running({"sobes": Channel(hanging, at_once=2), "sms": Channel(partner.take)}):
        await until(reached("delivered"))
        assert await collection("outbox").count_documents({"state": "leased"}) <= 2
        hang.set()
        await until(reached("delivered", 4))
    assert partner.arrivals == ["k1"]


async def test_bug_in_a_handler_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that breaks its contract costs its message a lease, no more; logs hold no personal data."""
    partner, time = Partner(), Time()
    partner.trouble = [KeyError(SECRET)]
    await put("k1")
    with caplog.at_level(logging.DEBUG):
        async with running({"sms": Channel(partner.take)}, time) as worker:
            await until(lambda: logged(caplog, "KeyError"))
            await put("k2", aggregate="other")
            await until(reached("delivered"))
            time.now += timedelta(minutes=1)
            worker.wake()
            await until(reached("delivered", 2))
    assert partner.arrivals == ["k1", "k2", "k1"]
    assert SECRET not in caplog.text


async def logged(caplog: pytest.LogCaptureFixture, word: str) -> bool:
    """Whether a word was logged."""
    return word in caplog.text


async def test_partner_that_never_answers_is_left() -> None:
    """A partner that doesn't answer within the lease's time is tried again later."""
    await put("k1")

    async def silent(key: str, payload: Mapping[str, Any]) -> Receipt:
        await asyncio.Event().wait()
        raise AssertionError

    worker = Deliverer({"sms": Channel(silent)}, Time(), timedelta(milliseconds=50))
    task = asyncio.create_task(worker.run())
    await until(reached("pending"))
    await until(lambda: failed(1))
    worker.stop()
    await task
    assert (await row_of("k1"))["failure"] == "TIMEOUT"


async def test_payload_that_does_not_open_is_set_aside() -> None:
    """R-J1: a message whose person was erased can't be sent; it is set aside and the next one goes."""
    await put("k1")
    await put("k2")
    await collection("outbox").update_one({"key": "k1"}, {"$set": {"payload": b"\x02" + bytes(60)}})
    partner = Partner()
    async with running({"sms": Channel(partner.take)}):
        await until(reached("delivered"))
    assert (await row_of("k1"))["failure"] == "PAYLOAD_LOST"
    assert partner.arrivals == ["k2"]


async def test_database_trouble_is_survived(caplog: pytest.LogCaptureFixture) -> None:
    """R-C6: while the database refuses to hand out messages, the deliverer waits; then it goes on."""
    await put("k1")
    await collection("outbox").update_one({"key": "k1"}, {"$set": {"attempts": "not a number"}})
    async with running({"sms": Channel(Partner().take)}):
        await until(lambda: logged(caplog, "nothing taken"))
        await collection("outbox").update_one({"key": "k1"}, {"$set": {"attempts": 0}})
        await until(reached("delivered"))
    assert (await row_of("k1"))["receipt"] == "receipt of k1"


async def test_stop_finishes_what_is_being_sent() -> None:
    """A deliverer that stops in good order notes what it had in hand and takes nothing new."""
    started, go = asyncio.Event(), asyncio.Event()

    async def slow(key: str, payload: Mapping[str, Any]) -> Receipt:
        started.set()
        await go.wait()
        return Receipt(key)

    await put("k1")
    await put("k2")
    worker = Deliverer({"sms": Channel(slow)}, Time())
    task = asyncio.create_task(worker.run())
    await started.wait()
    worker.stop()
    go.set()
    await task
    assert ((await row_of("k1"))["state"], (await row_of("k2"))["state"]) == ("delivered", "pending")
