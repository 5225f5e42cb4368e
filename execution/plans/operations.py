"""Whole queries by plans: root fields are called directly, and each value is completed by its plan.

An operation is taken only if all of it is understood beforehand: a document that was validated within its
limits, variables that fit, root fields declared by `root` and without extensions. Whatever then turns out
unusual is handed to graphql-core with the values that were read already, so that no root field runs twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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


class Operations:
    """Answers queries of one schema by plans."""

    def __init__(self, schema: GraphQLSchema, executor: type[PlanningExecutor], counts: Counts) -> None:
        self._schema, self._executor, self._counts = schema, executor, counts

    async def answer(
        self, found: Prepared, variables: Mapping[str, Any] | None, context: Any, extensions: Any
    ) -> ExecutionResult | None:
        """The result of a query; None, before anything has run, where graphql-core has to do all of it."""
        executor = self._made(found, variables, context, extensions)
        program = None if executor is None else self._program(found, executor)
        if executor is None or program is None:
            return None
        try:
            given = [each.arguments.read(executor) for _, each in program if isinstance(each, RootField)]
        except Exception:  # noqa: BLE001 - graphql-core says what is wrong with an argument
            self._counts.left["arguments"] += 1
            return None
        return await _Run(executor, program, self._counts).result(given)

    def prepare(self, found: Prepared) -> None:
        """Write the plans of a query before anybody asks it; those that variables decide about wait."""
        if not found.is_query or found.conditions:
            return
        executor = self._executor_of(found, VariableValues({}, {}), None, None)
        found.programs[()] = self._written(executor)

    def _made(
        self, found: Prepared, variables: Mapping[str, Any] | None, context: Any, extensions: Any
    ) -> PlanningExecutor | None:
        operation = found.operation
        coerced = get_variable_values(
            self._schema, operation.variable_definitions or (), dict(variables or {}), max_errors=1
        )
        if isinstance(coerced, list):
            self._counts.left["variables"] += 1
            return None
        return self._executor_of(found, coerced, context, extensions)

    def _executor_of(
        self, found: Prepared, coerced: VariableValues, context: Any, extensions: Any
    ) -> PlanningExecutor:
        return self._executor(
            self._schema,
            found.fragments,
            found.details,
            None,
            context,
            found.operation,
            coerced,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
            operation_extensions=extensions,
        )

    def _program(self, found: Prepared, executor: PlanningExecutor) -> Program | None:
        values = executor.variable_values.coerced
        key = tuple(values.get(name) for name in found.conditions)
        if key not in found.programs:
            if len(found.programs) >= MOST_VARIANTS:
                found.programs.clear()
            found.programs[key] = self._written(executor)
        return found.programs[key]

    def _written(self, executor: PlanningExecutor) -> Program | None:
        try:
            program = tuple(self._root_fields(executor))
        except Unplannable as reason:
            self._counts.left[str(reason)] += 1
            return None
        self._counts.written += len(program)
        return program

    def _root_fields(self, executor: PlanningExecutor) -> list[tuple[str, RootField | str]]:
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
            (answer, self._root_field(executor, answer, details))
            for answer, details in collected.grouped_field_set.items()
        ]

    def _root_field(
        self, executor: PlanningExecutor, answer: str, details: list[FieldDetails]
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
        plan = Plan(executor, write(executor, definition.type, details), f"{query.name}.{name}")
        return RootField(answer, declared.declaration, ArgumentReader(executor, found), plan)


@dataclass(slots=True)
class _Run:
    """One request on its way."""

    executor: PlanningExecutor
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
        executor, plan = self.executor, one.plan
        try:
            value = await one.declared.function(
                executor.context_value, *one.declared.given(plan.wanted), **given
            )
        except Exception as error:  # noqa: BLE001 - graphql-core puts it in its place
            self.fetched[one.answer] = error
            self.fail(one)
            return
        self.fetched[one.answer] = value
        try:
            answer, state = plan.run(executor, value)
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
        self.executor.failed = True
        self.executor.root_value = Fetched(self.fetched)
        result: Any = self.executor.execute_operation()
        return await result if self.executor.is_awaitable(result) else result  # type: ignore[no-any-return]
