"""The clock of evidence."""

import asyncio
from datetime import timedelta

from documents.base import collection
from tests.resolvers.orders.conftest import World, authority, world
from workers.evidence import EvidenceClock

__all__ = ["authority", "world"]


async def test_the_clock_ends_what_is_over(world: World) -> None:
    """R-J1: evidence whose term is over loses its key without anybody asking."""
    order = await world.place()
    row = await collection("evidence").find_one({"_id": order["application"]})
    assert row is not None
    world.now = row["retention_until"]
    clock = EvidenceClock(lambda: world.context("participant"), timedelta(milliseconds=10))
    running = asyncio.create_task(clock.run())
    while not await collection("evidence").count_documents({"destroyed_at": world.now}):
        await asyncio.sleep(0.01)
    clock.stop()
    await running
