import asyncio
from datetime import UTC, datetime, timedelta

from pymongo.errors import AutoReconnect

from documents.base import in_transaction
from resolvers.context import Context
from resolvers.measures.notices import note_notice
from tests.resolvers.measures.conftest import World, authority, rows, world
from workers.measures import BATCH, ChoiceClock, block_ended_choices

__all__ = ["authority", "world"]

LAST = datetime(2026, 5, 10, 19, 0, tzinfo=UTC)


async def _told(world: World, number: int) -> None:
    answer = await world.say(world.message(id=f"ES-{number}"))
    await in_transaction(lambda: note_notice(world.context(), answer.measure, 1, "letter", world.now))


async def test_clocks_on_several_machines_block_each_choice_once(world: World) -> None:
    """R-C4: two clocks run at once; every choice that is over is blocked and told exactly once."""
    for number in range(6):
        await _told(world, number)
    world.now = LAST
    clocks = [ChoiceClock(world.context, timedelta(milliseconds=20)) for _ in range(2)]
    running = [asyncio.create_task(clock.run()) for clock in clocks]
    while await rows("measures", status="choice_open"):
        await asyncio.sleep(0.02)
    for clock in clocks:
        clock.stop()
    await asyncio.gather(*running)
    blocked = await rows("measures", status="choice_blocked")
    assert [row["history"][-1]["code"] for row in blocked] == ["window_ended"] * 6
    assert len(await rows("notice_tasks", notice="choice_blocked")) == 6
    assert BATCH > 6


async def test_a_clock_goes_on_when_the_database_is_away(world: World) -> None:
    """R-C4: a failover costs a tick, not the clock."""
    ticks: list[int] = []

    def context() -> Context:
        ticks.append(1)
        if len(ticks) == 1:
            raise AutoReconnect
        return world.context()

    clock = ChoiceClock(context, timedelta(milliseconds=1))
    running = asyncio.create_task(clock.run())
    while len(ticks) < 3:
        await asyncio.sleep(0.01)
    clock.stop()
    await running


async def test_a_tick_says_how_much_it_blocked(world: World) -> None:
    """R-C4: a tick before the end blocks nothing, at the end all, afterwards nothing."""
    await _told(world, 1)
    counts = []
    for moment in (LAST - timedelta(seconds=1), LAST, LAST):
        world.now = moment
        counts.append(await block_ended_choices(world.context()))
    assert counts == [0, 1, 0]
