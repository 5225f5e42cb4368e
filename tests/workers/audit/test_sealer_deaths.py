"""The sealer dies, at whatever point: nothing is skipped, nothing told twice."""

import asyncio
import random
from contextlib import suppress

import pytest
from bson import ObjectId

from documents.base import collection, database
from tests.workers.audit.sealing import (
    Beside,
    act,
    sealer,
    sealing,
    subjects,
    told,
)

pytestmark = pytest.mark.usefixtures("database")


async def test_stop_hands_over_at_once() -> None:
    """A sealer that stops in good order leaves its lease free."""
    async with sealing():
        await act()
    row = await collection("leases").find_one({"_id": "sealer"})
    assert row is not None
    assert row["holder"] == ""


async def test_failover_loses_nothing() -> None:
    """R-J2: while the primary steps down, the sealer goes on where it was: all once."""
    sent = []
    async with sealing():
        for place in range(20):
            if place in {5, 12}:
                await database().client.admin.command({"replSetStepDown": 1, "force": True})
            sent.append(str(await act()))
        assert await subjects() == sent
        assert await told() == []


class Contender:
    """A sealer that is killed without warning, at whatever point it is, and started again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.kills = 0

    async def run(self, done: asyncio.Event) -> None:
        """Live short lives until `done`."""
        while not done.is_set():
            task = asyncio.create_task(sealer().run())
            await asyncio.wait([asyncio.create_task(done.wait())], timeout=self._chance.uniform(0.1, 1.2))
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self.kills += 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_sealers_neither_skip_nor_repeat(seed: int, beside: Beside) -> None:
    """R-J2: two contenders killed at random, acts and foreign writes meanwhile: each has exactly one entry."""
    chance = random.Random(seed)
    done = asyncio.Event()
    acts, foreign = list[str](), list[str]()

    async def somebody() -> None:
        for _ in range(25):
            acts.append(str(await act(rows=chance.randint(1, 3))))
            row = ObjectId()
            await beside["orders"].insert_one({"_id": row})
            foreign.append(str(row))
            await asyncio.sleep(chance.uniform(0, 0.2))

    async with sealing():
        pass
    contenders = [Contender(chance), Contender(chance)]
    lives = [asyncio.create_task(contender.run(done)) for contender in contenders]
    await asyncio.gather(*(somebody() for _ in range(6)))
    done.set()
    await asyncio.gather(*lives)
    async with sealing():
        assert sorted(document for _, _, document in await told() if document) == sorted(foreign)
        assert sorted(await subjects()) == sorted(acts)
    assert sum(contender.kills for contender in contenders) > 3
