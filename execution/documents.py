"""Documents on their way to execution: bounded, measured, and parsed and validated once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import DocumentNode, GraphQLError
from strawberry.extensions import SchemaExtension

from execution.limits import Limits, Measure, measure


@dataclass(slots=True)
class Known:
    """A document seen before: its tree, what validation said, and its measure if variables don't matter."""

    document: DocumentNode
    errors: list[GraphQLError] | None = None
    measure: Measure | None = None


@dataclass(slots=True)
class DocumentCache:
    """The documents used last, bounded by the sum of their lengths, since clients choose them."""

    characters: int = 500_000
    _known: OrderedDict[str, Known] = field(default_factory=OrderedDict)
    _length: int = 0

    def find(self, text: str) -> Known | None:
        """The document with exactly this text, if it is still known."""
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
        return known

    def keep(self, text: str, document: DocumentNode) -> None:
        """Remember a document; the ones not used for longest make room."""
        if text in self._known or len(text) > self.characters:
            return
        self._known[text] = Known(document)
        self._length += len(text)
        while self._length > self.characters:
            self._length -= len(self._known.popitem(last=False)[0])


class Documents(SchemaExtension):
    """Applies limits and cache to every operation, whatever door it came through."""

    def __init__(self, limits: Limits, cache: DocumentCache) -> None:
        self.limits, self.cache = limits, cache

    def on_parse(self) -> Iterator[None]:
        """Bound the parser, or spare it."""
        operation = self.execution_context
        operation.parse_options = self.limits.parse_options  # type: ignore[assignment]
        known = self.cache.find(operation.query or "")
        operation.graphql_document = known.document if known else None
        yield
        if operation.graphql_document is not None and operation.query:
            self.cache.keep(operation.query, operation.graphql_document)

    def on_validate(self) -> Iterator[None]:
        """Measure first: what is too large is never validated, so that one error is all the work it makes."""
        operation = self.execution_context
        known = self.cache.find(operation.query or "")
        too_large = self._measured(known).over(self.limits)
        if too_large is not None:
            operation.pre_execution_errors = [too_large]
        elif known is not None and known.errors is not None:
            operation.pre_execution_errors = list(known.errors)
        yield
        if known is not None and too_large is None:
            known.errors = list(operation.pre_execution_errors or [])

    def _measured(self, known: Known | None) -> Measure:
        if known is not None and known.measure is not None:
            return known.measure
        operation = self.execution_context
        document = operation.graphql_document or DocumentNode(definitions=())
        found = measure(operation.schema._schema, document, operation.variables, self.limits)  # noqa: SLF001
        if known is not None and found.fixed:
            known.measure = found
        return found
