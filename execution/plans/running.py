"""Runs a plan: once over the records, then a loader for each open position, outermost first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from graphql.execution import Executor
from graphql.execution.values import get_argument_values
from strawberry.schema.schema_converter import get_arguments

from execution.declarations import Batched
from execution.plans.fields import Reading, Unplannable
from execution.plans.leaves import GaveUp
from execution.plans.loading import load_together
from execution.plans.writing import Hole, Written

Arguments = Mapping[str, Any]


class State:
    """One run: the operation's context, coerced arguments, and what is left open so far."""

    __slots__ = ("alone", "arguments", "context", "open")

    def __init__(self, context: Any, arguments: list[Arguments], holes: int, *, alone: bool) -> None:
        self.context, self.arguments, self.alone = context, arguments, alone
        self.open: list[list[tuple[dict[str, Any], dict[str, Any]]]] = [[] for _ in range(holes)]


class Plan:
    """One position of a document, ready to run."""

    __slots__ = ("_constant", "_levels", "_shared", "_written", "where")

    def __init__(self, executor: Executor[Any], written: Written, where: str) -> None:
        self.where = where
        self._written = written
        self._levels = _levels(written.holes)
        self._shared = _shared(written.holes, self._levels)
        self._constant = [
            None if _has_variables(each) else _constant(executor, each) for each in written.arguments
        ]

    @property
    def source(self) -> str:
        """The Python it consists of."""
        return self._written.source

    def run(self, executor: Executor[Any], value: Any, *, alone: bool = True) -> tuple[Any, State | None]:
        """The completed value, and the state to `fill` it from where loaders take part.

        `alone` is false where other values of this position may run beside it, below a list that graphql-core
        completes: their loaders are called together. Raises whatever is unusual.
        """
        written = self._written
        arguments = [
            arguments_of(executor, found) if known is None else known
            for known, found in zip(self._constant, written.arguments, strict=True)
        ]
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
        values = await declared.function(state.context, records, **arguments)
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


def arguments_of(executor: Executor[Any], found: Reading) -> Arguments:
    """A field's arguments as its function takes them: coerced by graphql-core, converted by Strawberry."""
    schema: Any = executor.schema.extensions["strawberry-definition"]
    coerced = get_argument_values(
        found.definition, found.node, executor.variable_values, None, executor.hide_suggestions
    )
    _, converted = get_arguments(
        field=found.field,
        source=None,
        info=None,  # type: ignore[arg-type]  # asked for by resolvers only, which a declared field has not
        kwargs=coerced,
        config=schema.config,
        scalar_registry=schema.schema_converter.scalar_registry,
    )
    return converted


def _constant(executor: Executor[Any], found: Reading) -> Arguments | None:
    """Arguments that are the same for each request; None if the function they are for may change one."""
    try:
        arguments = arguments_of(executor, found)
    except Exception as error:
        raise Unplannable(f"{found.declaration.where}: arguments") from error
    return arguments if all(isinstance(each, _UNCHANGING) for each in arguments.values()) else None


_UNCHANGING = (str, int, float, Decimal, date, Enum, type(None))


def _has_variables(found: Reading) -> bool:
    return any(_mentions(each.value) for each in found.node.arguments or ())


def _mentions(node: Any) -> bool:
    if node.kind == "variable":
        return True
    inner = getattr(node, "values", None) or [each.value for each in getattr(node, "fields", None) or ()]
    return any(_mentions(each) for each in inner)
