"""Documents on their way to execution: bounded, measured, and parsed and validated once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import DocumentNode, GraphQLError, validate
from strawberry.extensions import SchemaExtension

from execution.errors import too_large
from execution.limits import Limits, Measure, measure, values_in
from execution.trusted import Trusted, refused


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


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every document: its bounds, whose it must be, and whether it may ask for the schema.

    Without `introspection` errors name nothing of the schema either.
    """

    limits: Limits = field(default_factory=Limits)
    trusted: Trusted = field(default_factory=Trusted)
    introspection: bool = True


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
        if measure.introspects and not self.rules.introspection:
            return refused("INTROSPECTION_OFF")
        return measure.over(self.rules.limits) or self._overfull()

    def _overfull(self) -> GraphQLError | None:
        """A short document takes as much by its variables as a long one: they are bounded like its text."""
        most = self.rules.limits.values
        found = values_in(self.execution_context.variables, most)
        return too_large("values of variables", most) if found > most else None

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
        if known is not None and known.measure is not None:
            return known.measure
        operation = self.execution_context
        document = operation.graphql_document or _NOTHING
        schema, limits = operation.schema._schema, self.rules.limits  # noqa: SLF001
        found = measure(schema, document, operation.variables, limits)
        if known is not None and found.fixed:
            known.measure = found
        return found


_NOTHING = DocumentNode(definitions=())
