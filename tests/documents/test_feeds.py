"""The feed: dense numbers, whole batches, and reading that never shows what could be taken back."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents import feeds
from documents.base import Row, collection, in_transaction, new_id
from documents.changes import DatabaseFailure, HistoryLost
from documents.events import emit
from documents.feeds import reading
from documents.leases import Lease, LeaseLost, acquire

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
TOPIC = "region:10"


async def turn(holder: str = "me") -> Lease:
    """The sequencer's lease."""
    lease = await acquire("sequencer", holder, timedelta(minutes=5))
    assert lease is not None
    return lease


def event(*topics: str, **data: Any) -> Row:
    """An event as the change stream gives it."""
    row = {"_id": new_id(), "kind": "k", "subject": new_id(), "topics": list(topics), "at": NOW, "data": data}
    return {**row, "actor": "system"}


async def numbers(topic: str = TOPIC) -> list[int]:
    """All numbers of a topic."""
    return [row["seq"] for row in await feeds.read(topic, 0, 1_000)]


async def test_batches_are_numbered_on() -> None:
    """R-E2: numbers go on from batch to batch, per topic, in the order given."""
    lease = await turn()
    first, second, third = event(TOPIC, n=1), event(TOPIC, "region:11", n=2), event("region:11", n=3)
    await feeds.append(lease, [first, second], {"_data": "a"})
    await feeds.append(lease, [third], {"_data": "b"})
    assert [(row["seq"], row["event"]) for row in await feeds.read(TOPIC, 0, 10)] == [
        (1, first["_id"]),
        (2, second["_id"]),
    ]
    assert [(row["seq"], row["data"]) for row in await feeds.read("region:11", 0, 10)] == [
        (1, {"n": 2}),
        (2, {"n": 3}),
    ]
    assert await feeds.position_of(lease) == {"_data": "b"}


async def test_reading_continues_after_a_number() -> None:
    """R-E2: a reader that was away gets exactly what came after its number, as much as it asked for."""
    await feeds.append(await turn(), [event(TOPIC) for _ in range(7)])
    assert [row["seq"] for row in await feeds.read(TOPIC, 3, 2)] == [4, 5]
    assert [row["seq"] for row in await feeds.read(TOPIC, 7, 2)] == []


async def test_bounds() -> None:
    """The bounds tell what can still be read: nothing yet, all, a part, or nothing any more."""
    assert await feeds.bounds(TOPIC) == (1, 0)
    await feeds.append(await turn(), [event(TOPIC) for _ in range(5)])
    assert await feeds.bounds(TOPIC) == (1, 5)
    await collection("feed").delete_many({"seq": {"$lt": 4}})
    assert await feeds.bounds(TOPIC) == (4, 5)
    await collection("feed").delete_many({})
    assert await feeds.bounds(TOPIC) == (6, 5)


async def test_event_known_already_is_left_out() -> None:
    """Where the scan and the stream overlap, an event keeps its first number and leaves no gap."""
    lease = await turn()
    known, fresh = event(TOPIC), event(TOPIC)
    await feeds.append(lease, [known])
    await feeds.append(lease, [known, fresh, event(TOPIC)], {"_data": "c"})
    await feeds.append(lease, [known, fresh], {"_data": "d"})
    assert await numbers() == [1, 2, 3]
    assert await feeds.position_of(lease) == {"_data": "d"}


async def test_lost_turn_writes_nothing() -> None:
    """R-E2: a sequencer that lost its turn changes neither feed nor position."""
    old = await turn("old")
    await feeds.append(old, [event(TOPIC)], {"_data": "a"})
    await collection("leases").update_many({}, [{"$set": {"expires_at": {"$subtract": ["$$NOW", 1]}}}])
    fresh = await turn("new")
    with pytest.raises(LeaseLost):
        await feeds.append(old, [event(TOPIC)], {"_data": "b"})
    with pytest.raises(LeaseLost):
        await feeds.append(old, [], {"_data": "b"})
    assert await numbers() == [1]
    assert await feeds.position_of(fresh) == {"_data": "a"}


async def test_tail_gives_every_row_in_order() -> None:
    """R-E3: one tail sees all topics in the order of the batches, from the moment it is opened."""
    lease = await turn()
    await feeds.append(lease, [event(TOPIC)])
    opened = asyncio.Event()
    seen: list[tuple[str, int]] = []

    async def listen() -> None:
        async for row in feeds.tail(opened.set):
            seen.append((row["topic"], row["seq"]))
            if len(seen) == 4:
                return

    listening = asyncio.create_task(listen())
    await opened.wait()
    await feeds.append(lease, [event(TOPIC), event("region:11", TOPIC)])
    await feeds.append(lease, [event(TOPIC)])
    await listening
    assert seen == [(TOPIC, 2), ("region:11", 1), (TOPIC, 3), (TOPIC, 4)]


@pytest.mark.usefixtures("throwaway")
async def test_tail_ends_clearly_when_history_is_gone() -> None:
    """R-E2: a tail whose place is lost raises, it never goes silent."""
    opened = asyncio.Event()

    async def listen() -> None:
        async for _ in feeds.tail(opened.set):
            pass

    listening = asyncio.create_task(listen())
    await opened.wait()
    await collection("feed").drop()
    with pytest.raises(HistoryLost):
        await listening


async def killed_sessions() -> None:
    """Take every cursor away from every client, as a failover may."""
    await collection("feed").database.client.admin.command({"killAllSessions": []})


async def test_tail_goes_on_where_it_was() -> None:
    """R-E2: a tail whose cursor the server took away opens another one and misses nothing."""
    lease = await turn()
    opened = asyncio.Event()
    seen: list[int] = []

    async def listen() -> None:
        async for row in feeds.tail(opened.set):
            seen.append(row["seq"])
            if len(seen) == 6:
                return

    listening = asyncio.create_task(listen())
    await opened.wait()
    for _ in range(3):
        await feeds.append(lease, [event(TOPIC)])
        await killed_sessions()
        await feeds.append(lease, [event(TOPIC)])
    await listening
    assert seen == [1, 2, 3, 4, 5, 6]


async def test_tail_gives_up_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-E2: a tail that fails again and again raises instead of pretending that nothing happens."""
    monkeypatch.setattr(reading, "_FAILURES_IN_A_ROW", 0)
    opened = asyncio.Event()

    async def listen() -> None:
        async for _ in feeds.tail(opened.set):
            pass

    listening = asyncio.create_task(listen())
    await opened.wait()
    while not listening.done():
        await killed_sessions()
        await asyncio.sleep(0.05)
    with pytest.raises(DatabaseFailure):
        await listening


async def test_missing_events_come_as_they_were_placed() -> None:
    """The scan finds what isn't in the feed, page by page, up to an instant and no further."""

    async def emitted(place: int) -> None:
        await emit(kind="k", subject=new_id(), topics=[TOPIC], at=NOW, data={"n": place}, actor="system")

    for place in range(5):
        await in_transaction(lambda place=place: emitted(place))  # type: ignore[misc]
    until = await feeds.present()
    await in_transaction(lambda: emitted(5))
    page = await feeds.missing(until, None, 2)
    assert [row["data"]["n"] for row in page] == [0, 1]
    await feeds.append(await turn(), page)
    rest = await feeds.missing(until, page[-1]["placed"], 10)
    assert [row["data"]["n"] for row in rest] == [2, 3, 4]
    again = await feeds.missing(await feeds.present(), None, 10)
    assert [row["data"]["n"] for row in again] == [2, 3, 4, 5]
