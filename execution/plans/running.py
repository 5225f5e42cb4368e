"""Runs a plan: once over the records, then a loader for each open position, outermost first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from graphql.execution import Executor

from execution.declarations import Batched
from execution.plans.arguments import ArgumentReader, Arguments
from execution.plans.leaves import GaveUp
from execution.plans.loading import load_together
from execution.plans.writing import Hole, Written
from execution.wanted import Wanted


class State:
    """One run: the operation's context, coerced arguments, and what is left open so far."""

    __slots__ = ("alone", "arguments", "context", "open")

    def __init__(self, context: Any, arguments: list[Arguments], holes: int, *, alone: bool) -> None:
        self.context, self.arguments, self.alone = context, arguments, alone
        self.open: list[list[tuple[dict[str, Any], dict[str, Any]]]] = [[] for _ in range(holes)]


class Plan:
    """One position of a document, ready to run."""

    __slots__ = ("_arguments", "_levels", "_shared", "_written", "where")

    def __init__(self, executor: Executor[Any], written: Written, where: str) -> None:
        self.where = where
        self._written = written
        self._levels = _levels(written.holes)
        self._shared = _shared(written.holes, self._levels)
        self._arguments = [ArgumentReader(executor, each) for each in written.arguments]

    @property
    def source(self) -> str:
        """The Python it consists of."""
        return self._written.source

    @property
    def wanted(self) -> Wanted:
        """What it looks at in the records of its position."""
        return self._written.wanted

    def run(self, executor: Executor[Any], value: Any, *, alone: bool = True) -> tuple[Any, State | None]:
        """The completed value, and the state to `fill` it from where loaders take part.

        `alone` is false where other values of this position may run beside it, below a list that graphql-core
        completes: their loaders are called together. Raises whatever is unusual.
        """
        written = self._written
        arguments = [each.read(executor) for each in self._arguments]
        state = State(executor.context_value, arguments, len(written.holes), alone=alone)
        answer = written.complete(value, state)
        return answer, state if any(state.open) else None

    async def fill(self, state: State) -> None:
        """Load what is left open, in place. Raises whatever is unusual."""
        for level in self._levels:
            loading: list[Coroutine[Any, Any, None]] = [
                _fill(self._written.holes[number], number, state, together=number in self._shared)
                for number in level
                if state.open[number]
            ]
            if len(loading) == 1:
                await loading[0]
            elif loading:
                await _all(loading)


async def _all(loading: list[Coroutine[Any, Any, None]]) -> None:
    """Wait for all of them, even if one fails: nothing is left running behind an answer."""
    for done in await asyncio.gather(*loading, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done


async def _fill(hole: Hole, number: int, state: State, *, together: bool) -> None:
    declared, waiting, complete = hole.reading.declaration, state.open[number], hole.complete
    if not isinstance(declared, Batched) or complete is None:  # pragma: no cover - as it was written
        raise GaveUp
    arguments = {} if hole.arguments is None else state.arguments[hole.arguments]
    records = [record for record, _ in waiting]
    if together or not state.alone:
        values = await load_together(declared, state.context, records, arguments)
    else:
        given = declared.given(hole.wanted)
        values = await declared.function(state.context, records, *given, **arguments)
    for (_, unfinished), value in zip(waiting, values, strict=True):
        if isinstance(value, Exception):
            raise value
        unfinished[hole.answer] = complete(value, state)


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
