"""Coroutines that nobody awaits: plans forget none but what graphql-core forgets of the same document."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable
from typing import Any, Self


class Forgetting:
    """Listens, while entered, to what the interpreter tells of coroutines that were made and never awaited.

    graphql-core 3.3 cancels the siblings of a failed field before their tasks had a turn, and what those were
    to await is forgotten (`gather_with_cancel`). Where plans leave a field to it, this happens beside plans
    too, and is no fault of theirs. Not entered, it hears nothing, and pytest fails on each.
    """

    def __init__(self) -> None:
        self._heard: set[str] = set()
        self._of_core: frozenset[str] = frozenset()
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before, sys.unraisablehook = sys.unraisablehook, self._hear
        gc.collect()
        return self

    def __exit__(self, *_: object) -> None:
        gc.unfreeze()
        sys.unraisablehook = self._before

    def _hear(self, told: Any) -> None:
        if isinstance(told.exc_value, RuntimeWarning) and "was never awaited" in str(told.exc_value):
            self._heard.add(str(told.exc_value))
        else:
            self._before(told)

    @property
    def heard(self) -> frozenset[str]:
        """What was told of since the last answer was asked for; of all where only this is asked."""
        return frozenset(self._heard)

    async def core(self, work: Awaitable[Any]) -> Any:
        """The result without plans; remembers what was forgotten for it."""
        if self._before is not None:
            gc.freeze()  # what is there by now need not be gone through after each answer
        result = await self._ended(work)
        self._of_core = frozenset(self._heard)
        return result

    async def plans(self, work: Awaitable[Any], case: object = None) -> Any:
        """The result with plans, which forgot nothing that graphql-core didn't. AssertionError names the case."""
        result = await self._ended(work)
        assert self._heard <= self._of_core, (self._heard - self._of_core, case)
        return result

    async def _ended(self, work: Awaitable[Any]) -> Any:
        """The result once everything is over that was begun for it."""
        if self._before is None:
            return await work
        self._heard.clear()
        others = tasks()
        result = await work
        while begun := tasks() - others:
            await asyncio.wait(begun)
        await asyncio.sleep(0)  # the loop lets go of what it called last
        if result.errors:
            for each in result.errors:
                if isinstance(each, BaseException):
                    _release(each)
            gc.collect()
        return result


def is_of_core(told: str) -> bool:
    """Whether a forgotten coroutine is one of graphql-core's executor: a request's end may find it not begun."""
    return told.startswith("coroutine 'Executor.")


def tasks() -> set[asyncio.Task[Any]]:
    """Tasks of requests: PyMongo keeps some of its own for its connections."""
    return {each for each in asyncio.all_tasks() if "pymongo" not in _file_of(each.get_coro())}


def _file_of(running: Any) -> str:
    code = getattr(running, "cr_code", None) or getattr(running, "gi_code", None)
    return code.co_filename if code else ""


def _release(error: BaseException | None, seen: tuple[BaseException, ...] = ()) -> None:
    """Without the frames that an error and its causes keep, what stands in them ends, and is heard of."""
    if error is not None and error not in seen:
        error.__traceback__ = None
        for each in (getattr(error, "original_error", None), error.__cause__, error.__context__):
            _release(each, (*seen, error))
