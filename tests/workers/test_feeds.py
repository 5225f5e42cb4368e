"""The sequencer: dense, once, in commit order, whatever dies in between."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from documents import feeds
from documents.base import Id, Row, collection, in_transaction, new_id, session
from documents.changes import follow
from documents.events import emit
from workers.feeds import LEASE, Sequencer

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
HOT = ["region:10", "region:11", "supplier:" + "a" * 24]


def sequencer() -> Sequencer:
    """A contender whose lease runs out soon, so that takeovers happen within a test."""
    return Sequencer(lambda: NOW, timedelta(milliseconds=300))


@asynccontextmanager
async def running(worker: Sequencer) -> AsyncIterator[None]:
    """A sequencer at work, stopped in good order at the end."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await task


async def emitted(subject: Id, *topics: str) -> None:
    """One committed event."""
    await in_transaction(
        lambda: emit(kind="k", subject=subject, topics=topics, at=NOW, data={}, actor="system")
    )


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to become true; the test's own timeout ends a wait in vain."""
    while not await done():
        await asyncio.sleep(0.02)


def count_is(name: str, expected: int) -> Callable[[], Awaitable[bool]]:
    """Whether a collection has this many rows."""

    async def asked() -> bool:
        return await collection(name).count_documents({}) >= expected

    return asked


async def subjects(topic: str) -> list[Id | None]:
    """The subjects of a topic's rows; their numbers must be 1..n."""
    rows = await feeds.read(topic, 0, 1_000)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["subject"] for row in rows]


async def test_events_from_before_the_first_start_are_numbered() -> None:
    """R-E2: what was emitted before any sequencer ever ran is in the feed, before what came later."""
    early, late = [new_id() for _ in range(3)], new_id()
    for subject in early:
        await emitted(subject, HOT[0])
    async with running(sequencer()):
        await until(count_is("feed", 3))
        await emitted(late, HOT[0])
        await until(count_is("feed", 4))
    assert await subjects(HOT[0]) == [*early, late]
    assert await collection("feed").count_documents({"kind": "resync"}) == 0


async def test_commit_order_counts_not_the_order_of_ids() -> None:
    """R-E2: of two transactions, the one committed first comes first, though its event was made second."""
    first, second = new_id(), new_id()
    made, committed = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        await emit(kind="k", subject=first, topics=HOT[:1], at=NOW, data={}, actor="system")
        made.set()
        await committed.wait()

    async with running(sequencer()):
        await emitted(new_id(), HOT[1])
        await until(count_is("feed", 1))
        waiting = asyncio.create_task(in_transaction(slow))
        await made.wait()
        await emitted(second, HOT[0])
        committed.set()
        await waiting
        await until(count_is("feed", 3))
    assert await subjects(HOT[0]) == [second, first]


async def test_stop_hands_over_at_once() -> None:
    """A sequencer that stops in good order leaves its lease free and its position known."""
    async with running(sequencer()):
        await emitted(new_id(), HOT[0])
        await until(count_is("feed", 1))
    row = await collection("leases").find_one({"_id": LEASE})
    assert row is not None
    assert row["holder"] == ""
    assert row["state"]["position"]
    await emitted(new_id(), HOT[0])
    async with running(sequencer()):
        await until(count_is("feed", 2))
    assert len(await subjects(HOT[0])) == 2


async def lost_position() -> Row:
    """A position that the server doesn't find in its history."""
    async with follow("feed_topics") as changes:
        await collection("feed_topics").insert_one({"_id": "nobody's", "seq": 0})
        await changes.next()
        token = changes.position["_data"]
    return {"_data": token[:10] + "00000001" + token[18:]}


async def test_lost_history_is_found_again_and_said() -> None:
    """R-E2: when the stream's history is gone, nothing is lost, and each topic concerned is told to resync."""
    async with running(sequencer()):
        await emitted(new_id(), *HOT)
        await until(count_is("feed", 3))
    await collection("leases").update_one({"_id": LEASE}, {"$set": {"state.position": await lost_position()}})
    missed = [new_id(), new_id()]
    for subject in missed:
        await emitted(subject, HOT[0])
    async with running(sequencer()):
        await until(count_is("feed", 6))
        await emitted(missed[0], HOT[1])
        await until(count_is("feed", 7))
    assert (await subjects(HOT[0]))[1:] == [None, *missed]
    assert (await subjects(HOT[1]))[1:] == [missed[0]]
    resyncs = await collection("feed").find({"kind": "resync"}).to_list()
    assert [row["topic"] for row in resyncs] == [HOT[0]]


@pytest.mark.usefixtures("throwaway")
async def test_dropped_events_collection_does_not_end_the_sequencer() -> None:
    """A stream that the server closed for good is opened anew."""
    async with running(sequencer()):
        await emitted(new_id(), HOT[0])
        await until(count_is("feed", 1))
        await collection("events").drop()
        await collection("events").database.create_collection("events")
        await emitted(new_id(), HOT[0])
        await until(count_is("feed", 2))


async def test_failover_loses_nothing() -> None:
    """R-E2: while the primary steps down, sequencer and tail go on where they were: all once, in order."""
    opened, seen = asyncio.Event(), list[int]()

    async def listen() -> None:
        async for row in feeds.tail(opened.set):
            seen.append(row["seq"])
            if len(seen) == 40:
                return

    listening = asyncio.create_task(listen())
    await opened.wait()
    sent = [new_id() for _ in range(40)]
    async with running(sequencer()):
        for place, subject in enumerate(sent):
            if place in {10, 25}:
                admin = collection("feed").database.client.admin
                await admin.command({"replSetStepDown": 1, "force": True})
            await emitted(subject, HOT[0])
        await listening
    assert seen == list(range(1, 41))
    assert await subjects(HOT[0]) == sent


async def holds_position() -> bool:
    """Whether a sequencer has noted its place in the stream."""
    row = await collection("leases").find_one({"_id": LEASE})
    return bool(row and (row.get("state") or {}).get("position"))


class Contender:
    """A sequencer that is killed without warning, at whatever point it is, and started again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.kills = 0

    async def run(self, done: asyncio.Event) -> None:
        """Live short lives until `done`, then a last one that ends well."""
        while not done.is_set():
            task = asyncio.create_task(sequencer().run())
            await asyncio.wait([asyncio.create_task(done.wait())], timeout=self._chance.uniform(0.1, 0.9))
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self.kills += 1


async def committed_order(expected: int, opened: asyncio.Event) -> list[Row]:
    """The events in commit order, as an observer of its own sees them."""
    seen: list[Row] = []
    async with follow("events") as changes:
        opened.set()
        while len(seen) < expected:
            seen += await changes.next()
    return seen


async def transaction(chance: random.Random) -> None:
    """A business transaction on hot topics that commits whenever it does."""
    topics = chance.sample(HOT, chance.randint(1, len(HOT)))
    pauses = [chance.uniform(0, 0.05) for _ in range(2)]

    async def work() -> None:
        await emit(kind="k", subject=new_id(), topics=topics, at=NOW, data={}, actor="system")
        await asyncio.sleep(pauses[0])
        await collection("feed_topics").find_one({"_id": "none"}, session=session())
        await asyncio.sleep(pauses[1])

    await asyncio.sleep(chance.uniform(0, 3))
    await in_transaction(work)


@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_sequencers_neither_skip_nor_repeat(seed: int) -> None:
    """R-E2: 300 transactions at once, two contenders killed at random: dense, once each, in commit order."""
    chance = random.Random(seed)
    opened, done = asyncio.Event(), asyncio.Event()
    observer = asyncio.create_task(committed_order(300, opened))
    await opened.wait()
    async with running(sequencer()):  # the very first start of all scans; every later one follows the stream
        await until(holds_position)
    contenders = [Contender(chance), Contender(chance)]
    lives = [asyncio.create_task(contender.run(done)) for contender in contenders]
    await asyncio.gather(*(transaction(chance) for _ in range(300)))
    events = await observer
    expected: dict[str, list[Id]] = defaultdict(list)
    for event in events:
        for topic in event["topics"]:
            expected[topic].append(event["_id"])
    await until(count_is("feed", sum(map(len, expected.values()))))
    done.set()
    await asyncio.gather(*lives)
    assert sum(contender.kills for contender in contenders) > 3
    for topic in HOT:
        rows = await feeds.read(topic, 0, 1_000)
        assert [row["seq"] for row in rows] == list(range(1, len(expected[topic]) + 1))
        assert [row["event"] for row in rows] == expected[topic]
