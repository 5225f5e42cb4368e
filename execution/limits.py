"""How much one document may ask for, measured in one pass that remembers each fragment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from execution.declarations import READ
from execution.errors import too_large


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one document; the first three are checked while parsing, the others before validation.

    Validation stops at `errors` errors.
    `cost` adds up the declared costs of the fields, each multiplied by the page sizes above it.
    `list_size` stands for the length of a list without a page argument. `values` bounds what variables hold.
    """

    tokens: int = 2_000
    characters: int = 20_000
    comments: int = 100
    operations: int = 20
    depth: int = 15
    aliases: int = 30
    directives: int = 30
    root_fields: int = 20
    cost: int = 30_000
    list_size: int = 10
    errors: int = 10
    values: int = 1_000
    page_arguments: tuple[str, ...] = ("first", "last")

    @property
    def parse_options(self) -> dict[str, int]:
        """Options for graphql-core's parser."""
        return {
            "max_tokens": self.tokens,
            "max_source_length": self.characters,
            "max_comments": self.comments,
        }


def values_in(variables: Mapping[str, Any] | None, most: int) -> int:
    """How many values variables hold, lists and objects themselves included; counting stops beyond `most`."""
    found = 0
    waiting: list[Mapping[str, Any] | list[Any]] = [variables or {}]
    while waiting and found <= most:
        one = waiting.pop()
        inner: Collection[Any] = one.values() if isinstance(one, Mapping) else one
        found += len(inner)
        waiting.extend(each for each in inner if isinstance(each, Mapping | list))
    return found


@dataclass(frozen=True, slots=True)
class Measure:
    """What a document asks for; `variables` names those that have a part in it.

    `introspects` tells that it asks for the schema, `visited` how many selections were looked at: each place
    in the text at most twice (below a page and not) an operation.
    """

    operations: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    cost: int = 0
    variables: tuple[str, ...] = ()
    introspects: bool = False
    visited: int = 0

    def over(self, limits: Limits) -> GraphQLError | None:
        """The error for the first bound that is passed, or None."""
        for bound in ("operations", "depth", "aliases", "directives", "root_fields", "cost"):
            if getattr(self, bound) > getattr(limits, bound):
                return too_large(bound, getattr(limits, bound))
        return None


def measure(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any] | None, limits: Limits
) -> Measure:
    """Measure a parsed document before it is validated; unknown names and cycles of fragments pass."""
    walk = _Walk(schema, document, variables or {}, limits)
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    sums = [walk.operation(each) for each in operations[: limits.operations]]
    return Measure(
        operations=len(operations),
        depth=max((each.depth for each in sums), default=0),
        aliases=walk.aliases,
        directives=walk.directives,
        root_fields=max((each.fields for each in sums), default=0),
        cost=max((each.cost for each in sums), default=0),
        variables=tuple(sorted(walk.looked_at)),
        introspects=walk.introspects,
        visited=walk.visited,
    )


@dataclass(slots=True)
class _Sum:
    depth: int = 0
    cost: int = 0
    fields: int = 0

    def add(self, other: _Sum) -> None:
        self.depth = max(self.depth, other.depth)
        self.cost += other.cost
        self.fields += other.fields


class _Walk:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], limits: Limits
    ) -> None:
        self.schema, self.variables, self.limits = schema, variables, limits
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.defaults: dict[str, Any] = {}
        self.known: dict[tuple[str, bool], _Sum] = {}
        self.seen: set[int] = set()
        self.aliases = self.directives = self.nesting = self.visited = 0
        self.looked_at: set[str] = set()
        self.introspects = False

    def operation(self, node: OperationDefinitionNode) -> _Sum:
        """Sum up one operation."""
        self.defaults = {
            each.variable.name.value: each.default_value for each in node.variable_definitions or ()
        }
        self.directives += len(node.directives or ())
        self.known.clear()
        return self.selections(self.schema.get_root_type(node.operation), node.selection_set, paged=False)

    def selections(self, parent: Any, chosen: SelectionSetNode | None, *, paged: bool) -> _Sum:
        """Sum up one selection set on a type (None where a name was unknown)."""
        total = _Sum()
        if chosen is None or self.nesting > _DEEPEST:
            return _Sum(depth=self.nesting) if chosen else total
        self.nesting += 1
        for node in chosen.selections:
            self.count(node)
            total.add(self.selection(parent, node, paged=paged))
        self.nesting -= 1
        return total

    def count(self, node: Any) -> None:
        """Count aliases and directives once for each place in the text."""
        self.visited += 1
        if id(node) not in self.seen:
            self.seen.add(id(node))
            self.aliases += getattr(node, "alias", None) is not None
            self.directives += len(node.directives or ())

    def selection(self, parent: Any, node: Any, *, paged: bool) -> _Sum:
        """Sum up a field or a fragment."""
        if isinstance(node, FragmentSpreadNode):
            return self.fragment(node.name.value, paged=paged)
        if isinstance(node, InlineFragmentNode):
            narrowed = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
            return self.selections(narrowed, node.selection_set, paged=paged)
        return self.field(parent, node, paged=paged)

    def fragment(self, name: str, *, paged: bool) -> _Sum:
        """Sum up a fragment, once for all its spreads; inside a cycle it counts for nothing."""
        if (name, paged) not in self.known:
            self.known[name, paged] = _Sum()
            node = self.fragments.get(name)
            if node is not None:
                self.count(node)
                narrowed = self.schema.get_type(node.type_condition.name.value)
                self.known[name, paged] = self.selections(narrowed, node.selection_set, paged=paged)
        return self.known[name, paged]

    def field(self, parent: GraphQLNamedType | None, node: FieldNode, *, paged: bool) -> _Sum:
        """Sum up a field; introspection has graphql-core's own rule and costs nothing here."""
        if node.name.value.startswith("__"):
            self.introspects |= node.name.value != "__typename"
            return _Sum(fields=1)
        definition = getattr(parent, "fields", {}).get(node.name.value)
        page = self.page(definition, node)
        is_list = definition is not None and is_list_type(get_nullable_type(definition.type))
        times = self.limits.list_size if is_list and page is None and not paged else page or 1
        shown = get_named_type(definition.type) if definition else None
        still_paged = page is not None or (paged and not is_list)
        below = self.selections(shown, node.selection_set, paged=still_paged)
        return _Sum(below.depth + 1, _cost(definition) + times * below.cost, 1)

    def page(self, definition: GraphQLField | None, node: FieldNode) -> int | None:
        """The page size that a field asks for, its default, or None for a field without pages."""
        names = self.limits.page_arguments
        given = (self.number(each.value) for each in node.arguments or () if each.name.value in names)
        sizes = [size for size in given if size is not None]
        if not sizes:
            declared = getattr(definition, "args", {})
            sizes = [self.default(declared[name]) for name in names if name in declared]
        return max(sizes, default=None)

    def default(self, argument: GraphQLArgument) -> int:
        """The page size of an argument that is left out; a resolver's own choice counts as a list."""
        chosen = argument.default.value if argument.default else argument.default_value
        return chosen if isinstance(chosen, int) else self.limits.list_size

    def number(self, node: Any) -> int | None:
        """The whole number behind a literal or a variable; None where nothing or null is given."""
        if isinstance(node, VariableNode):
            name = node.name.value
            self.looked_at.add(name)
            return (
                _whole(self.variables[name])
                if name in self.variables
                else self.number(self.defaults.get(name))
            )
        if isinstance(node, IntValueNode):
            return _whole(int(node.value) if len(node.value) <= _DIGITS else 10**_DIGITS)
        return None


_DEEPEST = 120  # nested selection sets and fragments that the walk itself follows
_DIGITS = 9


def _whole(value: object) -> int | None:
    """No size is below 0, lest one field pay for another; what is no number is left to validation."""
    return max(0, value) if isinstance(value, int) else None


def _cost(definition: GraphQLField | None) -> int:
    declared = definition.extensions.get("strawberry-definition") if definition else None
    declaration = declared.metadata.get(READ) if declared else None
    return declaration.cost if declaration else 1
