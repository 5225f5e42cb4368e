"""What listens for forgotten coroutines hears them, and tells whose they are."""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import build_schema, execute, parse

from tests.execution.plans.forgetting import Forgetting, is_of_core

THINGS = build_schema("type Query { one: Thing other: Thing } type Thing { one: Thing size: Int }")
NESTED = parse("{ one { size one { size one { size } } } other { one { size } size } }")


async def _lost() -> None: ...


async def _kept() -> None: ...


def _fail(_: object) -> None:
    raise ValueError


async def _answer(*, loses: bool, later: bool = False) -> SimpleNamespace:
    """A result with an error, whose frames hold a coroutine that nobody awaits."""

    def failed() -> ValueError | None:
        waiting = _lost() if loses else None
        try:
            _fail(waiting)
        except ValueError as error:
            return error
        return None

    if later:
        asyncio.get_running_loop().call_soon(failed)
    return SimpleNamespace(errors=[ValueError() if later else failed()])


@pytest.mark.parametrize("later", [False, True])
async def test_plans_may_forget_what_graphql_core_forgets_too(later: bool) -> None:
    """R-K: Forgotten on both ways is graphql-core's doing; forgotten by plans alone is a fault."""
    with Forgetting() as forgetting:
        await forgetting.core(_answer(loses=True, later=later))
        await forgetting.plans(_answer(loses=True, later=later))
        await forgetting.core(_answer(loses=False))
        await forgetting.plans(_answer(loses=False))
        with pytest.raises(AssertionError, match="_lost' was never awaited"):
            await forgetting.plans(_answer(loses=True, later=later), "the case")


async def test_what_is_awaited_in_the_background_is_not_forgotten() -> None:
    """R-K: Work that goes on after the answer is awaited before anything is told of it."""
    done: list[str] = []

    async def behind() -> None:
        await asyncio.sleep(0.01)
        await _kept()
        done.append("behind")

    async def answer() -> SimpleNamespace:
        task = asyncio.ensure_future(behind())
        task.add_done_callback(lambda _: done.append("told"))
        return SimpleNamespace(errors=[])

    with Forgetting() as forgetting:
        await forgetting.plans(answer())
    assert done == ["behind", "told"]


class Thing:
    """Fields that each take a turn of the loop."""

    async def one(self, _info: Any) -> Thing:
        """The next."""
        await asyncio.sleep(0)
        return Thing()

    other = one

    async def size(self, _info: Any) -> int:
        """How big."""
        await asyncio.sleep(0)
        return 1


async def test_graphql_core_forgets_its_own_coroutines_when_it_is_cancelled() -> None:
    """R-K: Without any plan: tasks that had no turn yet leave what they were to await."""
    heard: set[str] = set()
    for moment in range(12):
        with Forgetting() as forgetting:
            going = asyncio.ensure_future(execute(THINGS, NESTED, Thing()))  # type: ignore[arg-type]
            for _ in range(moment):
                await asyncio.sleep(0)
            going.cancel()
            await asyncio.wait([going])
            assert going.cancelled()
            del going
            await asyncio.sleep(0)
            gc.collect()
        heard |= forgetting.heard
    assert any("complete_awaitable_value" in each and is_of_core(each) for each in heard)
    assert any("get_results" in each and is_of_core(each) for each in heard)
    assert not all(map(is_of_core, heard)), "what a field returns is nobody's but its own"
