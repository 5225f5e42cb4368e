"""Live rows: dense, in order, at each subscriber's own pace, whatever the tail does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from random import Random
from typing import Any

import pytest

from execution.live import FeedRow, Hub, Resync
from tests.execution.feed import Feed, settle, take, waits


async def test_a_subscriber_gets_history_and_then_news() -> None:
    """R-E2: after a number come the rows behind it, then new ones as they are written."""
    feed = Feed()
    for _ in range(5):
        feed.publish("t")
    async with Hub(feed, batch=2) as hub, aclosing(hub.subscribe("t", 2)) as rows:
        assert await take(rows, 3) == [3, 4, 5]
        waiting = await waits(rows)
        feed.publish("u")
        feed.publish("t")
        assert await waiting == [6]


async def test_without_a_number_only_news_come() -> None:
    """A subscriber without a position begins now."""
    feed = Feed()
    feed.publish("t")
    async with Hub(feed) as hub, aclosing(hub.subscribe("t", None)) as rows:
        waiting = await waits(rows)
        feed.publish("t")
        assert await waiting == [2]


async def test_news_are_served_from_memory() -> None:
    """R-E3: a row is read once from the feed's tail, however many listen."""
    feed = Feed()
    async with Hub(feed) as hub:
        listeners = [hub.subscribe("t", 0) for _ in range(50)]
        tasks = [asyncio.ensure_future(take(each, 20)) for each in listeners]
        await settle()
        reads = feed.reads
        for _ in range(20):
            feed.publish("t")
        assert await asyncio.gather(*tasks) == [list(range(1, 21))] * 50
        assert feed.reads == reads
        for each in listeners:
            await each.aclose()
        assert hub.listening == {}


async def test_a_slow_subscriber_costs_only_its_position() -> None:
    """R-E5: memory is bounded by the ring while one subscriber sleeps; it then catches up from the source."""
    feed = Feed()
    async with (
        Hub(feed, ring=8, batch=3) as hub,
        aclosing(hub.subscribe("t", 0)) as slow,
        aclosing(hub.subscribe("t", 0)) as quick,
    ):
        first = await asyncio.gather(waits(slow), waits(quick))
        for _ in range(100):
            feed.publish("t")
        await settle()
        assert len(hub._rings["t"].rows) == 8
        assert [await each for each in first] == [[1], [1]]
        assert await take(quick, 99) == list(range(2, 101))
        feed.publish("t")
        assert await take(slow, 100) == list(range(2, 102))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (9, Resync("t", "ahead", 6)),
        (1, Resync("t", "expired", 6)),
        (-5, Resync("t", "expired", 6)),
    ],
)
async def test_a_position_outside_the_feed_is_told(after: int, expected: Resync) -> None:
    """R-E2: expired history and a position beyond the end are an explicit Resync, then it goes on."""
    feed = Feed()
    for _ in range(6):
        feed.publish("t")
    feed.forget("t", 3)
    async with Hub(feed) as hub, aclosing(hub.subscribe("t", after)) as rows:
        assert await take(rows, 1) == [expected]
        waiting = await waits(rows)
        feed.publish("t")
        assert await waiting == [7]


async def test_history_that_expires_under_a_slow_subscriber_is_told() -> None:
    """R-E2: a subscriber that lags behind the kept history gets a Resync, not a hole."""
    feed = Feed()
    async with Hub(feed, ring=2, batch=2) as hub, aclosing(hub.subscribe("t", 0)) as rows:
        waiting = await waits(rows)
        feed.publish("t")
        assert await waiting == [1]
        for _ in range(20):
            feed.publish("t")
        await settle()
        feed.forget("t", 3)
        assert await take(rows, 1) == [Resync("t", "expired", 21)]


async def test_a_gap_in_the_feed_is_told() -> None:
    """R-E2: a number that the feed never had is an explicit Resync."""
    feed = Feed()
    feed.publish("t")
    feed.publish("t", 3)
    async with Hub(feed) as hub, aclosing(hub.subscribe("t", 0)) as rows:
        assert await take(rows, 2) == [1, Resync("t", "gap", 3)]
        waiting = await waits(rows)
        feed.publish("t", 4)
        assert await waiting == [4]


async def test_rows_written_while_the_tail_is_down_are_not_missed(caplog: pytest.LogCaptureFixture) -> None:
    """R-E2: after a broken tail every subscriber reads from the source again."""
    feed = Feed()
    async with Hub(feed, pause=0.01) as hub, aclosing(hub.subscribe("t", 0)) as rows:
        waiting = await waits(rows)
        feed.refusing = True
        feed.break_tails()
        await settle()
        feed.publish("t")
        feed.publish("t")
        assert not waiting.done()
        feed.refusing = False
        assert await waiting == [1]
        assert await take(rows, 1) == [2]
    assert "Broken in live" in caplog.text


async def test_a_tail_that_skips_a_row_is_mended_from_the_source() -> None:
    """R-E2: what the tail does not tell is read from the source before the next row is delivered."""
    feed = Feed()
    async with Hub(feed) as hub, aclosing(hub.subscribe("t", 0)) as rows:
        waiting = await waits(rows)
        feed.publish("t")
        assert await waiting == [1]
        hidden = feed.tails.copy()
        feed.tails.clear()
        feed.publish("t")
        feed.tails.extend(hidden)
        feed.publish("t")
        assert await take(rows, 2) == [2, 3]


async def test_a_tail_that_ends_is_begun_again() -> None:
    """A tail that just stops is replaced like a broken one; a hub that never began closes as well."""
    feed = Feed()
    feed.ending = True
    async with Hub(feed, pause=0.001) as hub, aclosing(hub.subscribe("t", 0)) as rows:
        waiting = await waits(rows)
        feed.break_tails()
        feed.publish("t")
        assert await waiting == [1]
    await Hub(feed).close()


async def test_a_tail_that_takes_a_cancellation_for_a_lost_connection_is_closed() -> None:
    """A source that goes on after being cancelled is cancelled again: closing never waits for good."""
    cancelled: list[int] = []

    class Stubborn(Feed):
        async def tail(self, opened: Callable[[], None]) -> AsyncIterator[FeedRow]:
            opened()
            while len(cancelled) < 3:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    cancelled.append(1)
            if cancelled:
                raise ConnectionError
            yield {}

    begun = asyncio.all_tasks()
    async with Hub(Stubborn(), pause=0.01):
        await asyncio.sleep(0)
    await asyncio.sleep(0.03)
    assert len(cancelled) == 3
    assert asyncio.all_tasks() == begun


async def test_a_feed_that_was_restored_is_told() -> None:
    """R-E2: a feed that lost its newest rows is noticed when the tail begins again."""
    feed = Feed()
    for _ in range(3):
        feed.publish("t")
    async with Hub(feed, pause=0.01) as hub, aclosing(hub.subscribe("t", 3)) as rows:
        waiting = await waits(rows)
        feed.rows["t"].pop()
        feed.break_tails()
        assert await waiting == [Resync("t", "ahead", 2)]


async def test_the_right_to_see_is_asked_for_every_row() -> None:
    """R-E4: a right revoked between two rows ends the subscription before the next one."""
    feed = Feed()
    allowed = [1, 2]

    async def recheck(row: FeedRow) -> None:
        if row["seq"] not in allowed:
            raise PermissionError

    for _ in range(3):
        feed.publish("t")
    async with Hub(feed) as hub:
        rows = hub.subscribe("t", 0, recheck)
        assert await take(rows, 2) == [1, 2]
        with pytest.raises(PermissionError):
            await anext(rows)
        assert hub.listening == {}


async def test_closing_ends_everything() -> None:
    """Closing the hub ends waiting subscribers and leaves no task, also while a new tail is due."""
    before = asyncio.all_tasks()
    for broken in (False, True):
        feed = Feed()
        feed.refusing = broken
        hub = Hub(feed)
        async with hub:
            rows = hub.subscribe("t", None)
            waiting = await waits(rows)
        with pytest.raises(StopAsyncIteration):
            await waiting
        assert hub.listening == {}
    await settle()
    assert asyncio.all_tasks() == before


class Storm:
    """Random bursts, broken tails and forgetting on one topic, and subscribers of random speed."""

    def __init__(self, seed: int) -> None:
        self.random, self.feed = Random(seed), Feed()
        self.last = -1

    async def listen(self, hub: Hub, start: int | None) -> list[Any]:
        """What one subscriber of random speed sees up to the last row."""
        seen: list[Any] = []
        async with aclosing(hub.subscribe("t", start)) as rows:
            async for row in rows:
                seen.append(row)
                if self.last == (row.last_seq if isinstance(row, Resync) else row["seq"]):
                    break
                await settle(self.random.choice([0, 0, 0, 1, 5, 40]))
        return seen

    async def step(self) -> None:
        """One random event."""
        chance = self.random.random()
        if chance < 0.05:
            self.feed.break_tails()
        elif chance < 0.08:
            self.feed.forget("t", self.random.randint(5, 60))
        elif chance < 0.15:
            await asyncio.sleep(0.002)
        for _ in range(self.random.choice([0, 1, 1, 2, 20])):
            self.feed.publish("t")
        await settle(self.random.randint(0, 5))


@pytest.mark.parametrize("seed", range(25))
async def test_every_subscriber_sees_a_dense_sequence(seed: int) -> None:
    """R-E2: under random lag, bursts, broken tails and forgetting, numbers are dense or a Resync says why."""
    storm = Storm(seed)
    random = storm.random
    async with Hub(
        storm.feed, ring=random.choice([1, 4, 32]), batch=random.choice([1, 3, 50]), pause=0.001
    ) as hub:
        starts = [0, 0, None, random.randint(0, 30)]
        tasks = [asyncio.ensure_future(storm.listen(hub, start)) for start in starts]
        for _ in range(150):
            await storm.step()
        storm.last = storm.feed.publish("t")["seq"]
        async with asyncio.timeout(10):
            for task, start in zip(tasks, starts, strict=True):
                seen = await task
                check(seen, start, storm.last)
                reasons = {row.reason for row in seen if isinstance(row, Resync)}
                assert reasons <= ({"ahead", "expired"} if storm.feed.first else {"ahead"})


def check(seen: list[Any], start: int | None, last: int) -> None:
    """Assert that the numbers are dense from the start to the last, but for explicit Resyncs."""
    position = start
    for row in seen:
        if isinstance(row, Resync):
            position = row.last_seq
            continue
        assert position is None or row["seq"] == position + 1
        position = row["seq"]
    assert position == last
