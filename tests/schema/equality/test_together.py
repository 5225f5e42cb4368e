"""Requests that are cancelled, and many at once: nothing is left behind, nobody gets another's answer."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from execution import batching
from execution.plans import loading
from execution.requests import Asked as Sent
from tests.execution.plans.forgetting import Forgetting, is_of_core, tasks
from tests.schema.equality.both import EVERY, Asked, Both
from tests.schema.equality.drawing import draw

pytestmark = pytest.mark.large

AT_ONCE = 40


async def test_cancelled_requests_leave_nothing_behind(both: Both) -> None:
    """R-K: A request that is cancelled at any point ends at once, with all tasks and loads that it began."""
    chance = random.Random(4)
    asked: list[Asked] = []
    await draw(both, 4, 20, _gathered(asked))
    ended = 0
    async with nothing_left():
        for one in asked:
            for moment in (chance.randrange(4), chance.randrange(40)):
                ended += await _cancelled(both, one, moment)
    assert 0.3 * 2 * len(asked) <= ended < 2 * len(asked)
    assert both.runs


async def test_requests_at_once_get_the_answers_they_get_alone(both: Both) -> None:
    """R-K: Requests of all roles at once, twice each, are answered as one after another without plans."""
    asked: list[Asked] = []
    await draw(both, 5, 20, _gathered(asked))
    alone = [await both.compare(one, times=1) for one in asked]
    async with nothing_left():
        for first in range(0, len(asked), AT_ONCE):
            some = asked[first : first + AT_ONCE] * 2
            together = await asyncio.gather(*(both.answer(both.planned, one) for one in some))
            expected = alone[first : first + AT_ONCE] * 2
            for one, found, known in zip(some, together, expected, strict=True):
                both.same(found.without_intents, known.without_intents, one)
    assert both.counts["raced"] <= 0.05 * both.counts["executed"]
    assert both.whole


@pytest.mark.long
@pytest.mark.parametrize("piece", range(4))
async def test_cancelled_requests_leave_nothing_behind_in_the_long_run(
    both: Both, long_seed: int, piece: int
) -> None:
    """R-K: 2,000 requests cancelled at any point leave no task and no load behind, a quarter in each piece."""
    chance = random.Random(long_seed + piece)
    asked: list[Asked] = []
    await draw(both, long_seed + piece, 80, _gathered(asked))
    async with nothing_left():
        ended = [await _cancelled(both, one, chance.randrange(60)) for one in asked * 2]
    assert len(ended) >= 500
    assert any(ended)


def _gathered(asked: list[Asked]) -> Any:
    async def use(one: Asked) -> None:
        asked.append(one)

    return use


async def _cancelled(both: Both, asked: Asked, moment: int) -> bool:
    """Cancel a request so many turns of the loop after its beginning; whether it was still going on."""
    going = asyncio.ensure_future(
        both.planned.answer(Sent(asked.text, asked.variables, both.context(asked), wire=True), EVERY)
    )
    for turn in range(moment):
        await asyncio.sleep(0 if turn % 4 else 0.0005)
    going.cancel()
    await asyncio.wait([going])
    return going.cancelled()


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Whatever was begun inside ends by itself, the loop has nothing to complain of, and no coroutine of ours is lost."""
    loop = asyncio.get_running_loop()
    before, complaints = tasks(), list[Any]()
    usual = loop.get_exception_handler()
    loop.set_exception_handler(lambda _loop, said: complaints.append(said))
    with Forgetting() as forgetting:
        try:
            yield
            for _ in range(300):
                if not tasks() - before:
                    break
                await asyncio.sleep(0.01)
            gc.collect()
            await asyncio.sleep(0)
        finally:
            loop.set_exception_handler(usual)
    assert all(map(is_of_core, forgetting.heard)), forgetting.heard
    assert not tasks() - before
    assert not loading._open
    assert not batching._open
    assert not complaints
