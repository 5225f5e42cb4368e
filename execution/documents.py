"""Documents on their way to execution: bounded, measured, and parsed and validated once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NameNode,
    Node,
    OperationDefinitionNode,
    Token,
    TokenKind,
    validate,
)
from strawberry.extensions import SchemaExtension

from execution.errors import too_large
from execution.limits import Limits, Measure, measure, values_in
from execution.plans.prepared import Prepared, prepared
from execution.trusted import Trusted, refused

MOST_MEASURES = 64
"""Sizes of pages in variables that one document is remembered with."""


@dataclass(slots=True)
class Known:
    """A document seen before: its tree, what validation said, its measures, and its operations by name."""

    document: DocumentNode
    errors: list[GraphQLError] | None = None
    operations: dict[str | None, Prepared | None] = field(default_factory=dict)
    _sized_by: tuple[str, ...] | None = None
    _measures: dict[tuple[object, ...], Measure] = field(default_factory=dict)

    def measured(self, schema: GraphQLSchema, variables: Mapping[str, Any] | None, limits: Limits) -> Measure:
        """What the document asks for; its walk is not repeated for sizes that were seen before."""
        given = variables or {}
        if self._sized_by is not None:
            found = self._measures.get(_sizes(self._sized_by, given))
            if found is not None:
                return found
        found = measure(schema, self.document, variables, limits)
        self._sized_by = found.variables
        if len(self._measures) >= MOST_MEASURES:
            self._measures.clear()
        self._measures[_sizes(found.variables, given)] = found
        return found

    def operation(self, name: str | None) -> Prepared | None:
        """The operation of a name, or the only one; None where there is none to be answered by plans."""
        if name not in self.operations:
            if len(self.operations) >= MOST_MEASURES:  # clients may ask for any name
                self.operations.clear()
            found = prepared(self.document, name)
            self.operations[name] = found and self.operations.setdefault(found.name, found)
        return self.operations[name]

    def all_operations(self) -> Iterator[Prepared]:
        """Every operation that may be answered by plans, under its own name."""
        for each in self.document.definitions:
            if isinstance(each, OperationDefinitionNode):
                found = self.operation(each.name.value if each.name else None)
                if found is not None:
                    yield found


def _sizes(names: tuple[str, ...], given: Mapping[str, Any]) -> tuple[object, ...]:
    """What the variables say that sizes depend on; what is no number counts as given, but as no size."""
    return tuple((name in given, given[name] if isinstance(given.get(name), int) else None) for name in names)


def _small(document: DocumentNode) -> DocumentNode:
    """The tree in less memory: documents repeat names, and errors look at places only.

    Without the chain of the lexer's tokens; each name once for all documents.
    """
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple | list):
            waiting.extend(node)
        elif isinstance(node, Node):
            if node.loc is not None:  # pragma: no branch - the parser notes all places
                node.loc.start_token = node.loc.end_token = _NO_TOKEN
            if isinstance(node, NameNode):
                object.__setattr__(node, "value", intern(node.value))  # the same text, in a frozen node
            waiting.extend(getattr(node, key) for key in node.keys)
    return document


_NO_TOKEN = Token(TokenKind.SOF, 0, 0, 0, 0)


@dataclass(slots=True)
class DocumentCache:
    """The documents used last, bounded by number and by the sum of their lengths: clients choose them."""

    characters: int = 1_000_000
    count: int = 1_000
    _known: OrderedDict[str, Known] = field(default_factory=OrderedDict)
    _length: int = 0

    def __len__(self) -> int:
        return len(self._known)

    def find(self, text: str) -> Known | None:
        """The document with exactly this text, if it is still known."""
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
        return known

    def keep(self, text: str, document: DocumentNode) -> Known | None:
        """Remember a document; the ones not used for longest make room."""
        if len(text) > self.characters:
            return None
        if text in self._known:
            return self._known[text]
        known = self._known[text] = Known(_small(document))
        self._length += len(text)
        while self._length > self.characters or len(self._known) > self.count:
            self._length -= len(self._known.popitem(last=False)[0])
        return known


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every document: its bounds, whose it must be, and whether it may ask for the schema.

    Without `introspection` errors name nothing of the schema either.
    """

    limits: Limits = field(default_factory=Limits)
    trusted: Trusted = field(default_factory=Trusted)
    introspection: bool = True

    def refusal(self, measured: Measure, variables: Mapping[str, Any] | None) -> GraphQLError | None:
        """Why a document of this measure is not executed; None if it may be.

        A short document takes as much by its variables as a long one: they are bounded like its text.
        """
        if measured.introspects and not self.introspection:
            return refused("INTROSPECTION_OFF")
        most = self.limits.values
        over = measured.over(self.limits)
        return over or (too_large("values of variables", most) if values_in(variables, most) > most else None)


class Documents(SchemaExtension):
    """Applies trust, limits and cache to every operation, whatever door it came through."""

    def __init__(self, rules: Rules, cache: DocumentCache) -> None:
        self.rules, self.cache = rules, cache
        self.refusal: GraphQLError | None = None

    def on_operation(self) -> Iterator[None]:
        """Find the document that the request names; a refusal waits for validation, which tells errors."""
        operation = self.execution_context
        try:
            operation.query = self.rules.trusted.text(
                operation.query, operation.operation_extensions, operation.context
            )
        except GraphQLError as refusal:
            self.refusal = refusal
            operation.query, operation._provided_operation_name = "{__typename}", None  # noqa: SLF001
        yield

    def on_parse(self) -> Iterator[None]:
        """Bound the parser, or spare it."""
        operation = self.execution_context
        operation.parse_options = self.rules.limits.parse_options  # type: ignore[assignment]
        known = self.cache.find(operation.query or "")
        operation.graphql_document = known.document if known else None
        yield
        if operation.graphql_document is not None and operation.query:
            self.cache.keep(operation.query, operation.graphql_document)

    def on_validate(self) -> Iterator[None]:
        """Measure first: what is too large is never validated, so that one error is all the work it makes."""
        operation = self.execution_context
        known = self.cache.find(operation.query or "")
        refusal = self.refusal or self._refused(self._measured(known))
        if refusal is not None:
            operation.pre_execution_errors = [refusal]
        elif known is not None and known.errors is not None:
            operation.pre_execution_errors = list(known.errors)
        else:
            operation.pre_execution_errors = self._validated()
        yield
        if known is not None and refusal is None:
            known.errors = list(operation.pre_execution_errors or [])

    def _refused(self, measure: Measure) -> GraphQLError | None:
        return self.rules.refusal(measure, self.execution_context.variables)

    def _validated(self) -> list[GraphQLError]:
        operation = self.execution_context
        schema, document = operation.schema._schema, operation.graphql_document  # noqa: SLF001
        return validate(
            schema,
            document or _NOTHING,
            operation.validation_rules,
            max_errors=self.rules.limits.errors,
        )

    def _measured(self, known: Known | None) -> Measure:
        operation = self.execution_context
        schema, limits = operation.schema._schema, self.rules.limits  # noqa: SLF001
        if known is not None:
            return known.measured(schema, operation.variables, limits)
        return measure(schema, operation.graphql_document or _NOTHING, operation.variables, limits)


_NOTHING = DocumentNode(definitions=())
