"""Events are written with what they tell of, or not at all."""

import asyncio
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from documents.base import collection, in_transaction, new_id
from documents.events import emit

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


async def written(*topics: str) -> None:
    """One event on these topics."""
    await emit(kind="order.placed", subject=new_id(), topics=topics, at=NOW, data={"n": 1}, actor="system")


async def test_event_is_stored_as_told() -> None:
    """An event keeps what it was given, each topic once, and the server's own time stamp."""
    await in_transaction(lambda: written("region:10", "region:11", "region:10"))
    row = await collection("events").find_one({})
    assert row is not None
    assert row["topics"] == ["region:10", "region:11"]
    assert (row["kind"], row["at"], row["data"], row["actor"]) == ("order.placed", NOW, {"n": 1}, "system")
    assert row["placed"].time > 0


async def test_event_needs_a_transaction() -> None:
    """R-E2: outside the transaction that makes it true, an event is refused and nothing is written."""
    with pytest.raises(RuntimeError):
        await written("region:10")
    assert await collection("events").count_documents({}) == 0


@pytest.mark.parametrize("topics", [["region:1000"], ["everything"], ["region:10", "participant:me"]])
async def test_unknown_topic_is_refused(topics: list[str]) -> None:
    """A topic that nobody can read is refused and nothing is written."""
    with pytest.raises(ValueError, match="no such topic"):
        await in_transaction(lambda: written(*topics))
    assert await collection("events").count_documents({}) == 0


async def test_event_without_topic_is_refused() -> None:
    """An event that nobody would ever see is a mistake, not an event."""
    with pytest.raises(ValidationError):
        await in_transaction(written)
    assert await collection("events").count_documents({}) == 0


async def test_event_goes_with_its_transaction() -> None:
    """A transaction that fails takes its event along."""

    async def work() -> None:
        await written("region:10")
        raise KeyError

    with pytest.raises(KeyError):
        await in_transaction(work)
    assert await collection("events").count_documents({}) == 0


async def test_busy_topic_makes_nobody_wait() -> None:
    """R-E2: transactions on one topic never conflict: fifty at once, each runs exactly once."""
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await written("region:10")

    await asyncio.gather(*(in_transaction(work) for _ in range(50)))
    assert runs == 50
    assert await collection("events").count_documents({}) == 50
