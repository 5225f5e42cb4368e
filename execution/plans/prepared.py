"""Operations of known documents: what does not change from request to request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution.collect_fields import FragmentDetails

from execution.declarations import Root
from execution.fields import ReadField
from execution.plans.arguments import ArgumentReader
from execution.plans.cache import conditions
from execution.plans.running import Plan


@dataclass(frozen=True, slots=True)
class RootField:
    """A root field of an operation: how it is read, with what, and how its value is completed."""

    answer: str
    declared: Root
    arguments: ArgumentReader
    plan: Plan


Program = tuple[tuple[str, "RootField | str"], ...]
"""Response keys in order, each with its field or, for `__typename`, its text."""


@dataclass(slots=True)
class Prepared:
    """One operation of a document: what does not change from request to request."""

    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    details: dict[str, FragmentDetails]
    conditions: tuple[str, ...]
    programs: dict[tuple[Any, ...], Program | None] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        """The operation's own name."""
        return self.operation.name.value if self.operation.name else None

    def is_shared(self, query: GraphQLObjectType) -> bool:
        """Whether everybody in one scope gets the same answer: all that is asked for is declared so."""
        return self.is_query and all(
            _is_shared(query.fields.get(name)) for name in _names(self.fragments, self.operation)
        )

    @property
    def is_query(self) -> bool:
        """Whether it may be answered by plans at all."""
        return self.operation.operation is OperationType.QUERY and not self.operation.directives


def prepared(document: DocumentNode, name: str | None) -> Prepared | None:
    """The operation of a name, or the only one; None where graphql-core has to say what is wrong."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    chosen = [each for each in operations if name is None or (each.name and each.name.value == name)]
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    if len(chosen) != 1 or any(each.variable_definitions for each in fragments.values()):
        return None
    details = {key: FragmentDetails(each, None) for key, each in fragments.items()}
    looked_at = conditions(fragments, [chosen[0].selection_set])
    return Prepared(chosen[0], fragments, details, tuple(sorted(looked_at)))


def _is_shared(definition: GraphQLField | None) -> bool:
    found = definition.extensions.get("strawberry-definition") if definition else None
    declared = found.declaration if isinstance(found, ReadField) else None
    return isinstance(declared, Root) and declared.shared


def _names(
    fragments: Mapping[str, FragmentDefinitionNode], operation: OperationDefinitionNode
) -> Iterator[str]:
    """Names of the root fields, whatever their conditions say; each fragment is looked into once."""
    seen: set[str] = set()
    waiting: list[Any] = [operation.selection_set]
    while waiting:
        for each in waiting.pop().selections:
            if each.kind == "field":
                yield each.name.value
            elif each.kind == "inline_fragment":
                waiting.append(each.selection_set)
            elif each.name.value not in seen:
                seen.add(each.name.value)
                waiting.append(fragments[each.name.value].selection_set)
