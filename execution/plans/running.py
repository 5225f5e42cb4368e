"""Runs a plan: once over the records, then a loader for each open position, outermost first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from graphql.execution import Executor
from graphql.execution.values import get_argument_values
from strawberry.schema.schema_converter import get_arguments

from execution.declarations import Batched
from execution.plans.fields import Reading
from execution.plans.leaves import GaveUp
from execution.plans.writing import Hole, Written

Arguments = Mapping[str, Any]


class State:
    """One run: the operation's context, coerced arguments, and what is left open so far."""

    __slots__ = ("arguments", "context", "open")

    def __init__(self, context: Any, arguments: list[Arguments], holes: int) -> None:
        self.context, self.arguments = context, arguments
        self.open: list[list[tuple[dict[str, Any], dict[str, Any]]]] = [[] for _ in range(holes)]


class Plan:
    """One position of a document, ready to run."""

    __slots__ = ("_constant", "_levels", "_written", "where")

    def __init__(self, executor: Executor[Any], written: Written, where: str) -> None:
        self.where = where
        self._written = written
        self._levels = _levels(written.holes)
        self._constant = [
            None if _has_variables(each) else arguments_of(executor, each) for each in written.arguments
        ]

    @property
    def source(self) -> str:
        """The Python it consists of."""
        return self._written.source

    def run(self, executor: Executor[Any], value: Any) -> Any:
        """The completed value, or a coroutine of it where loaders take part. Raises whatever is unusual."""
        written = self._written
        arguments = [
            arguments_of(executor, found) if known is None else known
            for known, found in zip(self._constant, written.arguments, strict=True)
        ]
        state = State(executor.context_value, arguments, len(written.holes))
        answer = written.complete(value, state)
        return self._filled(state, answer) if any(state.open) else answer

    async def _filled(self, state: State, answer: Any) -> Any:
        for level in self._levels:
            loading: list[Coroutine[Any, Any, None]] = [
                _fill(self._written.holes[number], number, state) for number in level if state.open[number]
            ]
            if len(loading) == 1:
                await loading[0]
            elif loading:
                await _all(loading)
        return answer


async def _all(loading: list[Coroutine[Any, Any, None]]) -> None:
    """Wait for all of them, even if one fails: nothing is left running behind an answer."""
    for done in await asyncio.gather(*loading, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done


async def _fill(hole: Hole, number: int, state: State) -> None:
    declared, waiting, complete = hole.reading.declaration, state.open[number], hole.complete
    if not isinstance(declared, Batched) or complete is None:  # pragma: no cover - as it was written
        raise GaveUp
    arguments = {} if hole.arguments is None else state.arguments[hole.arguments]
    values = await declared.function(state.context, [record for record, _ in waiting], **arguments)
    for (_, unfinished), value in zip(waiting, values, strict=True):
        if isinstance(value, Exception):
            raise value
        unfinished[hole.answer] = complete(value, state)


def _levels(holes: list[Hole]) -> list[list[int]]:
    """Open positions by how many others they lie below."""
    depth: list[int] = []
    for hole in holes:
        depth.append(0 if hole.parent is None else depth[hole.parent] + 1)
    return [[number for number, at in enumerate(depth) if at == level] for level in range(max(depth, default=-1) + 1)]


def arguments_of(executor: Executor[Any], found: Reading) -> Arguments:
    """The arguments of a field as its function takes them: graphql-core's coercion, Strawberry's conversion."""
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


def _has_variables(found: Reading) -> bool:
    return any(_mentions(each.value) for each in found.node.arguments or ())


def _mentions(node: Any) -> bool:
    if node.kind == "variable":
        return True
    inner = getattr(node, "values", None) or [each.value for each in getattr(node, "fields", None) or ()]
    return any(_mentions(each) for each in inner)
