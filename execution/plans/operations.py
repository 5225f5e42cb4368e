"""Whole queries by plans: root fields are called directly, and each value is completed by its plan.

An operation is taken only if all of it is understood beforehand: a document that was validated within its
limits, variables that fit, root fields declared by `root` and without extensions. Whatever then turns out
unusual is handed to graphql-core with the values that were read already, so that no root field runs twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from graphql import (
    ExecutionResult,
    GraphQLSchema,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import FieldDetails, collect_fields
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.execution import optimized_is_awaitable

from execution.declarations import Root
from execution.fields import Fetched, ReadField
from execution.plans.arguments import ArgumentReader, Arguments
from execution.plans.cache import MOST_VARIANTS, Counts
from execution.plans.executor import PlanningExecutor
from execution.plans.fields import Reading, Unplannable
from execution.plans.prepared import Prepared, Program, RootField
from execution.plans.running import Plan
from execution.plans.writing import write
from execution.requests import Asked

_NOBODY = Asked(None, None, None, wire=True)


class Operations:
    """Answers queries of one schema by plans."""

    def __init__(self, schema: GraphQLSchema, executor: type[PlanningExecutor], counts: Counts) -> None:
        self._schema, self._executor, self._counts = schema, executor, counts

    async def answer(self, found: Prepared, asked: Asked) -> ExecutionResult | None:
        """The result of a query; None, before anything has run, where graphql-core has to do all of it."""
        request = self._request(found, asked)
        program = None if request is None else self._program(request)
        if request is None or program is None:
            return None
        try:
            given = [each.arguments.read(request) for _, each in program if isinstance(each, RootField)]
        except Exception:  # noqa: BLE001 - graphql-core says what is wrong with an argument
            self._counts.left["arguments"] += 1
            return None
        return await _Run(request, program, self._counts).result(given)

    def prepare(self, found: Prepared) -> None:
        """Write the plans of a query before anybody asks it; those that variables decide about wait."""
        if found.is_query and not found.conditions:
            request = Request(self._schema, self._executor, found, VariableValues({}, {}), _NOBODY)
            found.programs[True,] = self._written(request)

    def _request(self, found: Prepared, asked: Asked) -> Request | None:
        declared, given = found.operation.variable_definitions or (), dict(asked.variables or {})
        coerced = get_variable_values(self._schema, declared, given, max_errors=1)
        if isinstance(coerced, list):
            self._counts.left["variables"] += 1
            return None
        return Request(self._schema, self._executor, found, coerced, asked)

    def _program(self, request: Request) -> Program | None:
        found, values = request.found, request.variable_values.coerced
        key = (request.asked.wire, *(values.get(name) for name in found.conditions))
        if key not in found.programs:
            if len(found.programs) >= MOST_VARIANTS:
                found.programs.clear()
            found.programs[key] = self._written(request)
        return found.programs[key]

    def _written(self, request: Request) -> Program | None:
        try:
            program = tuple(self._root_fields(request.executor(), wire=request.asked.wire))
        except Unplannable as reason:
            self._counts.left[str(reason)] += 1
            return None
        self._counts.written += len(program)
        return program

    def _root_fields(self, executor: PlanningExecutor, *, wire: bool) -> list[tuple[str, RootField | str]]:
        query = self._schema.query_type
        assert query is not None  # noqa: S101 - no schema is without
        collected = collect_fields(
            self._schema,
            executor.fragments,
            executor.variable_values,
            query,
            executor.operation,
            hide_suggestions=executor.hide_suggestions,
        )
        if collected.new_defer_usages:
            raise Unplannable("deferred")
        return [
            (answer, self._root_field(executor, answer, details, wire=wire))
            for answer, details in collected.grouped_field_set.items()
        ]

    def _root_field(
        self, executor: PlanningExecutor, answer: str, details: list[FieldDetails], *, wire: bool
    ) -> RootField | str:
        query = self._schema.query_type
        assert query is not None  # noqa: S101 - as above
        name = details[0].node.name.value
        if name == "__typename":
            return query.name
        definition = query.fields.get(name)
        declared = definition.extensions.get("strawberry-definition") if definition else None
        if definition is None or not isinstance(declared, ReadField):
            raise Unplannable(f"{query.name}.{name}: not declared")
        if declared.extensions or declared.permission_classes or not isinstance(declared.declaration, Root):
            raise Unplannable(f"{query.name}.{name}: has extensions")
        found = Reading(definition, declared, declared.declaration, details)
        written = write(executor, definition.type, details, wire=wire)
        plan = Plan(executor, written, f"{query.name}.{name}")
        return RootField(answer, declared.declaration, ArgumentReader(self._schema, executor, found), plan)


@dataclass(slots=True)
class Request:
    """One request for an operation that is known: what its plans look at (`arguments.Requested`)."""

    schema: GraphQLSchema
    kind: type[PlanningExecutor]
    found: Prepared
    variable_values: VariableValues
    asked: Asked

    hide_suggestions: ClassVar[bool] = False

    @property
    def context_value(self) -> Any:
        """The operation's context."""
        return self.asked.context

    def executor(self, root: Fetched | None = None) -> PlanningExecutor:
        """graphql-core's executor of it: to write plans, and to tell errors of values that were read."""
        found = self.found
        return self.kind(
            self.schema,
            found.fragments,
            found.details,
            root,
            self.context_value,
            found.operation,
            self.variable_values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
            operation_extensions=self.asked.extensions,
        )


@dataclass(slots=True)
class _Run:
    """One request on its way."""

    request: Request
    program: Program
    counts: Counts
    fetched: dict[str, object] = field(default_factory=dict)
    completed: dict[str, Any] = field(default_factory=dict)
    gave_up: bool = False

    async def result(self, given: Sequence[Arguments]) -> ExecutionResult:
        """The answer: by plans if all went well, else graphql-core's of what was read."""
        fields = [each for _, each in self.program if isinstance(each, RootField)]
        if len(fields) == 1:
            await self.read(fields[0], given[0])
        else:
            reading = [self.read(each, its) for each, its in zip(fields, given, strict=True)]
            await asyncio.gather(*reading)
        if self.gave_up:
            return await self.again()
        self.counts.runs += len(fields)
        self.counts.whole += 1
        data = {
            answer: self.completed[answer] if isinstance(each, RootField) else each
            for answer, each in self.program
        }
        return ExecutionResult(data, None)

    async def read(self, one: RootField, given: Arguments) -> None:
        """Read a root field and complete its value; what fails waits for graphql-core."""
        request, plan = self.request, one.plan
        try:
            value = await one.declared.function(
                request.context_value, *one.declared.given(plan.wanted), **given
            )
        except Exception as error:  # noqa: BLE001 - graphql-core puts it in its place
            self.fetched[one.answer] = error
            self.fail(one)
            return
        self.fetched[one.answer] = value
        try:
            answer, state = plan.run(request, value)
            if state is not None:
                await plan.fill(state)
        except Exception:  # noqa: BLE001 - whatever is wrong, graphql-core says so in its own words
            self.fail(one)
        else:
            self.completed[one.answer] = answer

    def fail(self, one: RootField) -> None:
        """Note that graphql-core is needed, and where."""
        self.gave_up = True
        self.counts.gave_up[one.plan.where] += 1

    async def again(self) -> ExecutionResult:
        """graphql-core's result of the values that were read."""
        executor = self.request.executor(Fetched(self.fetched))
        executor.failed = True
        result: Any = executor.execute_operation()
        return await result if executor.is_awaitable(result) else result  # type: ignore[no-any-return]
