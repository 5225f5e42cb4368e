"""Following a collection: in commit order, in whole batches, and clear about what is lost."""

import asyncio

import pytest

from documents.base import collection
from documents.changes import HistoryLost, follow

pytestmark = pytest.mark.usefixtures("database")


async def test_batches_and_their_positions() -> None:
    """R-E2: what was inserted comes in order; a reader that continues from a position misses nothing after it."""
    async with follow("events") as changes:
        await collection("events").insert_many([{"n": 1}, {"n": 2}])
        seen: list[int] = []
        while len(seen) < 2:
            seen += [row["n"] for row in await changes.next()]
        position = changes.position
    await collection("events").insert_one({"n": 3})
    async with follow("events", after=position) as changes:
        assert [row["n"] for row in await changes.next()] == [3]
    assert seen == [1, 2]


async def test_unknown_position_is_lost_history() -> None:
    """A position that the server can't find is told apart from a server that can't be reached."""
    async with follow("events") as changes:
        await collection("events").insert_one({"n": 1})
        await changes.next()
        token = changes.position["_data"]
    await asyncio.sleep(1.1)
    await collection("events").insert_one({"n": 2})
    never = {"_data": token[:10] + "00FFFFFE" + token[18:]}  # the same second, a change that never was
    with pytest.raises(HistoryLost):
        async with follow("events", after=never) as changes:
            await changes.next()
