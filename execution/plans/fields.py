"""Which fields a plan can read, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema
from graphql.execution.collect_fields import FieldDetails
from strawberry.types.base import StrawberryObjectDefinition

from execution.declarations import Batched, Called, Computed, Declaration, Stored
from execution.fields import ReadField, kinds_of


class Unplannable(Exception):
    """This position is left to graphql-core; the text says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One field of a selection: how it is read, and its place in the document."""

    definition: GraphQLField
    field: ReadField
    declaration: Declaration
    details: list[FieldDetails]

    @property
    def node(self) -> FieldNode:
        """The first of its places, which gives the arguments."""
        return self.details[0].node

    @property
    def takes_arguments(self) -> bool:
        """Whether its function is called with arguments."""
        return isinstance(self.declaration, Called) and bool(self.definition.args)


def reading(schema: GraphQLSchema, parent: GraphQLObjectType, details: list[FieldDetails]) -> Reading | None:
    """How one field is read; None for `__typename`. Raises Unplannable."""
    name = details[0].node.name.value
    if name == "__typename":
        return None
    definition = schema.get_field(parent, name)
    where = f"{parent.name}.{name}"
    if definition is None:
        raise Unplannable(f"{where}: unknown")
    field = definition.extensions.get("strawberry-definition")
    if not isinstance(field, ReadField):
        raise Unplannable(f"{where}: not declared")
    if field.extensions or field.permission_classes:
        raise Unplannable(f"{where}: has extensions")
    if not isinstance(field.declaration, Stored | Computed | Batched):
        raise Unplannable(f"{where}: {type(field.declaration).__name__.lower()}")
    if field.declaration.once:
        raise Unplannable(f"{where}: read once")
    return Reading(definition, field, field.declaration, details)


def kinds(parent: GraphQLObjectType) -> tuple[str, ...]:
    """The kinds of records that have this type, none for a value. Raises Unplannable for other classes."""
    definition: Any = parent.extensions.get("strawberry-definition")
    found = kinds_of(definition.origin) if isinstance(definition, StrawberryObjectDefinition) else None
    if found is None or (not found and parent.is_type_of is not None):
        raise Unplannable(f"{parent.name}: no record")
    return found


__all__ = ["Reading", "Unplannable", "kinds", "reading"]
