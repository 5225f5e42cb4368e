"""The schema as it is served: declarations checked, documents bounded, errors presented."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema, parse, validate
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionResult
from strawberry.types.execution import ExecutionContext
from strawberry.types.graphql import OperationType

from execution.checks import check_declarations
from execution.documents import DocumentCache, Documents, Known, Rules
from execution.errors import Label, Presenter, english, nobody, present
from execution.plans import Operations, Plans, planning_executor
from execution.requests import Asked

_ALL = frozenset({OperationType.QUERY, OperationType.MUTATION, OperationType.SUBSCRIPTION})


class Schema(strawberry.Schema):
    """A Strawberry schema for records.

    `presenter` and `label` are ports: set them before the first operation (`app.py` does). They get the
    operation's context, so that messages come in its language. `compiled` lets answers be completed by
    plans (`execution.plans`); without it graphql-core does all of it, with the same answers.
    """

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        *,
        rules: Rules | None = None,
        presenter: Presenter = nobody,
        label: Label = english,
        extensions: Iterable[Any] = (),
        compiled: bool = True,
        config: StrawberryConfig | None = None,
        **more: Any,
    ) -> None:
        self.presenter, self.label = presenter, label
        self.rules, self.documents = rules or Rules(), DocumentCache()
        self.plans = Plans() if compiled else None
        executor = planning_executor(self.plans) if self.plans is not None else None
        watched = [*extensions]
        super().__init__(
            query,
            mutation,
            subscription,
            extensions=(lambda: Documents(self.rules, self.documents), *watched),
            execution_context_class=executor,
            config=config or StrawberryConfig(disable_field_suggestions=True),
            **more,
        )
        check_declarations(self)
        plain = not watched and not self.directives and not more.get("exception_handlers")
        self._operations = (
            Operations(self.graphql, executor, self.plans.counts)
            if executor is not None and self.plans is not None and plain
            else None
        )

    @property
    def graphql(self) -> GraphQLSchema:
        """The schema as graphql-core has it."""
        return self._schema

    async def execute(  # noqa: PLR0917 - Strawberry's signature
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Answer an operation: a query by plans, anything else as Strawberry does.

        Parts of the data may stand in other answers too: nobody changes them.
        """
        allowed = frozenset(_ALL if allowed_operation_types is None else allowed_operation_types)
        if root_value is None:
            asked = Asked(query, variable_values, context_value, operation_name, operation_extensions)
            return await self.answer(asked, allowed)
        return await super().execute(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed,
            operation_extensions,
        )

    async def answer(self, asked: Asked, allowed: Collection[OperationType]) -> ExecutionResult:
        """As `execute`, for a door: with `asked.wire` its data are for orjson and nobody else."""
        found = await self._by_plans(asked) if OperationType.QUERY in allowed else None
        if found is not None:
            return found
        return await super().execute(
            asked.query,
            asked.variables,
            asked.context,
            None,
            asked.operation_name,
            allowed,
            asked.extensions,
        )

    async def _by_plans(self, asked: Asked) -> ExecutionResult | None:
        """The result of a query whose document is valid and within its limits, else None."""
        operations = self._operations
        known = self._known(asked) if operations is not None else None
        found = known.operation(asked.operation_name) if known is not None else None
        if operations is None or found is None or not found.is_query:
            return None
        result = await operations.answer(found, asked)
        if result is None:
            return None
        if result.errors:
            self.process_errors(result.errors, self._told_of(asked))
        return ExecutionResult(data=result.data, errors=result.errors)

    def _known(self, asked: Asked) -> Known | None:
        """The document if nothing is to be refused; what is, is told in the ordinary way."""
        try:
            text = self.rules.trusted.text(asked.query, asked.extensions, asked.context)
        except GraphQLError:
            return None
        known = self._read(text or "")
        if known is None or known.errors:
            return None
        measured = known.measured(self.graphql, asked.variables, self.rules.limits)
        if self.rules.refusal(measured, asked.variables) is not None:
            return None
        return known if self._is_valid(known) else None

    def _read(self, text: str) -> Known | None:
        """The tree of a document, parsed if it is new; None for what is no GraphQL or too long."""
        known = self.documents.find(text)
        if known is not None:
            return known
        bounds: dict[str, Any] = dict(self.rules.limits.parse_options)
        try:
            return self.documents.keep(text, parse(text, **bounds))
        except GraphQLError:
            return None

    def _is_valid(self, known: Known) -> bool:
        if known.errors is None:
            known.errors = validate(self.graphql, known.document, max_errors=self.rules.limits.errors)
        return not known.errors

    def learn(self, texts: Iterable[str]) -> None:
        """Parse and validate documents, and write their plans, before the first client sends them.

        What is not GraphQL or doesn't fit the schema waits until it is sent, and is refused then.
        """
        for text in texts:
            known = self._read(text)
            if known is None or not self._is_valid(known):
                continue
            for found in known.all_operations() if self._operations else ():
                self._operations.prepare(found)  # type: ignore[union-attr]  # asked in the line above

    def shared_document(
        self, query: str | None, extensions: dict[str, Any] | None, operation_name: str | None
    ) -> str | None:
        """The text of a document whose answers may be kept for a scope; None for any other.

        What was never seen is not known to be shared; a hash stands for its text.
        """
        try:
            text = self.rules.trusted.text(query, extensions, None)
        except GraphQLError:
            return None
        known = self.documents.find(text or "")
        root = self.graphql.query_type
        if text is None or known is None or known.errors != [] or root is None:
            return None
        found = known.operation(operation_name)
        return text if found is not None and found.is_shared(root) else None

    def _told_of(self, asked: Asked) -> ExecutionContext:
        return self._create_execution_context(asked.query, _ALL, asked.variables, asked.context)

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Replace errors by what the client may see; Strawberry calls this on every door's results."""
        context = execution_context.context if execution_context else None
        telling = self.rules.introspection
        errors[:] = [present(each, context, self.presenter, self.label, telling=telling) for each in errors]
