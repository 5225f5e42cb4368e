"""Runs a plan: once over the records, then a loader for each open position, outermost first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from inspect import isawaitable, iscoroutine
from typing import TYPE_CHECKING, Any

from execution.declarations import Batched
from execution.plans.arguments import ArgumentReader, Arguments, Requested
from execution.plans.leaves import GaveUp
from execution.plans.loading import load_together
from execution.plans.writing import Hole, Written
from execution.wanted import Wanted

if TYPE_CHECKING:
    from execution.plans.executor import PlanningExecutor


class State:
    """One run: the operation's context, coerced arguments, and what is left open so far."""

    __slots__ = ("alone", "arguments", "context", "open")

    def __init__(self, context: Any, arguments: list[Arguments], holes: int, *, alone: bool) -> None:
        self.context, self.arguments, self.alone = context, arguments, alone
        self.open: list[list[tuple[dict[str, Any], dict[str, Any]]]] = [[] for _ in range(holes)]


class Plan:
    """One position of a document, ready to run."""

    __slots__ = ("_arguments", "_levels", "_shared", "_written", "where")

    def __init__(self, executor: PlanningExecutor, written: Written, where: str) -> None:
        self.where = where
        self._written = written
        self._levels = _levels(written.holes)
        self._shared = _shared(written.holes, self._levels)
        self._arguments = [ArgumentReader(executor.schema, executor, each) for each in written.arguments]

    @property
    def source(self) -> str:
        """The Python it consists of."""
        return self._written.source

    @property
    def wanted(self) -> Wanted:
        """What it looks at in the records of its position."""
        return self._written.wanted

    def run(self, asked: Requested, value: Any, *, alone: bool = True) -> tuple[Any, State | None]:
        """The completed value, and the state to `fill` it from where loaders take part.

        `alone` is false where other values of this position may run beside it, below a list that graphql-core
        completes: their loaders are called together. Raises whatever is unusual.
        """
        written = self._written
        arguments = [each.read(asked) for each in self._arguments]
        state = State(asked.context_value, arguments, len(written.holes), alone=alone)
        answer = written.complete(value, state)
        return answer, state if any(state.open) else None

    async def fill(self, state: State) -> None:
        """Load what is left open, in place. Raises whatever is unusual."""
        for level in self._levels:
            waiting: list[tuple[int, Awaitable[Sequence[object]]]] = []
            try:
                self._begin([number for number in level if state.open[number]], state, waiting)
            except BaseException:
                for _, each in waiting:
                    _drop(each)
                raise
            for (number, _), values in zip(waiting, await _all([each for _, each in waiting]), strict=True):
                _complete(self._written.holes[number], number, values, state)

    def _begin(
        self, level: Sequence[int], state: State, waiting: list[tuple[int, Awaitable[Sequence[object]]]]
    ) -> None:
        """Ask the loaders of a level; only those that have not all at hand are waited for."""
        for number in level:
            found = self._asked(number, state)
            if type(found) is not list and isawaitable(found):
                waiting.append((number, found))
            else:
                _complete(self._written.holes[number], number, found, state)

    def _asked(self, number: int, state: State) -> Any:
        hole = self._written.holes[number]
        declared = hole.reading.declaration
        if not isinstance(declared, Batched):  # pragma: no cover - as it was written
            raise GaveUp
        arguments = {} if hole.arguments is None else state.arguments[hole.arguments]
        records = [record for record, _ in state.open[number]]
        if number in self._shared or not state.alone:
            return load_together(declared, state.context, records, arguments)
        return declared.function(state.context, records, *declared.given(hole.wanted), **arguments)


async def _all(waiting: list[Awaitable[Sequence[object]]]) -> Sequence[Sequence[object]]:
    """Wait for all of them, even if one fails: nothing is left running behind an answer."""
    if len(waiting) <= 1:
        return [await each for each in waiting]
    found: list[Sequence[object]] = []
    for done in await asyncio.gather(*waiting, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done
        found.append(done)
    return found


def _drop(waiting: Any) -> None:
    """Nobody is going to wait for this one."""
    if iscoroutine(waiting):
        waiting.close()
    else:
        asyncio.ensure_future(waiting).cancel()


def _complete(hole: Hole, number: int, values: Sequence[object], state: State) -> None:
    complete = hole.complete
    if complete is None:  # pragma: no cover - as it was written
        raise GaveUp
    known: dict[int, Any] = {}  # many parents share a few values: a page has fewer suppliers than listings
    for (_, unfinished), value in zip(state.open[number], values, strict=True):
        place = id(value)
        if place not in known:
            if isinstance(value, Exception):
                raise value
            known[place] = complete(value, state)
        unfinished[hole.answer] = known[place]


def _levels(holes: list[Hole]) -> list[list[int]]:
    """Open positions by how many others they lie below."""
    depth: list[int] = []
    for hole in holes:
        depth.append(0 if hole.parent is None else depth[hole.parent] + 1)
    deepest = max(depth, default=-1)
    return [[number for number, at in enumerate(depth) if at == level] for level in range(deepest + 1)]


def _shared(holes: list[Hole], levels: list[list[int]]) -> frozenset[int]:
    """Open positions whose loader fills others of their level too: under an alias, or of another type."""
    found: set[int] = set()
    for level in levels:
        times = Counter(id(holes[number].reading.declaration) for number in level)
        found |= {number for number in level if times[id(holes[number].reading.declaration)] > 1}
    return frozenset(found)
