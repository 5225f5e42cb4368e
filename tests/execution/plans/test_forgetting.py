"""What listens for forgotten coroutines hears them, and tells whose they are."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from tests.execution.plans.forgetting import Forgetting


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
