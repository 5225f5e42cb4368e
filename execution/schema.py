"""The schema as it is served: declarations checked, documents bounded, errors presented."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext

from execution.checks import check_declarations
from execution.documents import DocumentCache, Documents, Rules
from execution.errors import Label, Presenter, english, nobody, present
from execution.plans import Plans, planning_executor


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
        super().__init__(
            query,
            mutation,
            subscription,
            extensions=(lambda: Documents(self.rules, self.documents), *extensions),
            execution_context_class=planning_executor(self.plans) if self.plans is not None else None,
            config=config or StrawberryConfig(disable_field_suggestions=True),
            **more,
        )
        check_declarations(self)

    @property
    def graphql(self) -> GraphQLSchema:
        """The schema as graphql-core has it."""
        return self._schema

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Replace errors by what the client may see; Strawberry calls this on every door's results."""
        context = execution_context.context if execution_context else None
        telling = self.rules.introspection
        errors[:] = [present(each, context, self.presenter, self.label, telling=telling) for each in errors]
