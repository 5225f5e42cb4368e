"""Leases: one holder at a time, and no writing after the turn is over."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from documents.base import collection, in_transaction, session
from documents.leases import Lease, LeaseLost, acquire, hold, release, state_of

pytestmark = pytest.mark.usefixtures("database")

LONG = timedelta(minutes=5)


async def taken(name: str, holder: str) -> Lease:
    """A lease that must be free."""
    lease = await acquire(name, holder, LONG)
    assert lease is not None
    return lease


async def run_out(name: str) -> None:
    """Let a lease expire without waiting."""
    await collection("leases").update_one(
        {"_id": name}, [{"$set": {"expires_at": {"$subtract": ["$$NOW", 1]}}}]
    )


async def test_one_holder_at_a_time() -> None:
    """While one holds the lease, another gets nothing and changes nothing."""
    await taken("x", "first")
    before = await collection("leases").find_one({"_id": "x"})
    assert await acquire("x", "second", LONG) is None
    assert await collection("leases").find_one({"_id": "x"}) == before


async def test_twenty_at_once_give_one_holder() -> None:
    """Of twenty that come to a lease nobody ever held, one gets it."""
    got = await asyncio.gather(*(acquire("x", f"holder {place}", LONG) for place in range(20)))
    assert sum(lease is not None for lease in got) == 1


async def test_takeover_has_a_higher_token() -> None:
    """Every turn has a token of its own, growing."""
    first = await taken("x", "first")
    await run_out("x")
    second = await taken("x", "second")
    await release(second)
    third = await taken("x", "first")
    assert [first.token, second.token, third.token] == [1, 2, 3]


async def test_same_holder_takes_a_new_turn() -> None:
    """A holder that lost track of its turn doesn't have to wait for itself, but the old turn is over."""
    first = await taken("x", "first")
    again = await taken("x", "first")
    with pytest.raises(LeaseLost):
        await hold(first)
    await hold(again)


async def test_state_goes_to_the_successor() -> None:
    """What one turn leaves, the next one finds."""
    first = await taken("x", "first")
    assert await state_of(first) is None
    await hold(first, {"position": {"$weird": "$value"}})
    await release(first)
    assert await state_of(await taken("x", "second")) == {"position": {"$weird": "$value"}}


async def test_stale_release_changes_nothing() -> None:
    """Whoever lost the lease can't give away another's."""
    first = await taken("x", "first")
    await run_out("x")
    second = await taken("x", "second")
    await release(first)
    await hold(second)


async def test_stale_holder_writes_nothing() -> None:
    """A transaction of a turn that is over leaves nothing behind."""
    first = await taken("x", "first")
    await run_out("x")
    await taken("x", "second")

    async def work() -> None:
        await collection("feed_topics").insert_one({"_id": "written", "seq": 1}, session=session())
        await hold(first)

    with pytest.raises(LeaseLost):
        await in_transaction(work)
    assert await collection("feed_topics").count_documents({}) == 0


async def test_takeover_during_the_transaction_stops_it() -> None:
    """A turn lost between the first write and the fence can't commit either."""
    first = await taken("x", "first")
    attempts: list[Any] = []

    async def work() -> None:
        await collection("feed_topics").insert_one({"_id": "written", "seq": 1}, session=session())
        if not attempts:
            await run_out("x")
            attempts.append(await acquire("x", "second", LONG))
        await hold(first)

    with pytest.raises(LeaseLost):
        await in_transaction(work)
    assert attempts[0] is not None
    assert await collection("feed_topics").count_documents({}) == 0
