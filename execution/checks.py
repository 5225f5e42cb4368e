"""Check every declaration of a schema when it is built: a wrong one never reaches a client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import GraphQLAbstractType, GraphQLSchema, is_abstract_type
from strawberry.types.base import StrawberryContainer, StrawberryObjectDefinition, get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from execution.fields import READ, DeclarationError, Live, ReadField, Root, kinds_of


def check_declarations(schema: Any) -> None:
    """Raise DeclarationError naming each wrong field of a `strawberry.Schema`, all of them at once."""
    problems = [*_in_roots(schema), *_in_types(schema), *_in_abstract_types(schema._schema)]  # noqa: SLF001
    if problems:
        raise DeclarationError("\n".join(problems))


def _roots(schema: Any) -> list[StrawberryObjectDefinition]:
    classes = (schema.query, schema.mutation, schema.subscription)
    return [each.__strawberry_definition__ for each in classes if each is not None]


def _in_roots(schema: Any) -> Iterator[str]:
    for definition in _roots(schema):
        for field in definition.fields:
            where = f"{definition.name}.{field.python_name}"
            if _policy(field.metadata) is None:
                yield f"{where}: a root field needs an access policy"
            if isinstance(field, ReadField):
                yield from _in_root_field(where, field)


def _in_root_field(where: str, field: ReadField) -> Iterator[str]:
    if not isinstance(field.declaration, Root | Live):
        yield f"{where}: a root field is declared by root(…) or live(…)"
    for problem in field.declaration.problems():
        yield f"{where}: {problem}"


def _policy(metadata: Mapping[Any, Any]) -> object | None:
    declaration = metadata.get(READ)
    return metadata.get("policy") if declaration is None else declaration.policy


def _in_types(schema: Any) -> Iterator[str]:
    roots = _roots(schema)
    for concrete in schema.schema_converter.type_map.values():
        definition = concrete.definition
        if not isinstance(definition, StrawberryObjectDefinition) or definition in roots:
            continue
        kinds = kinds_of(definition.origin)
        if kinds is None:
            continue
        if not kinds and definition.interfaces and not definition.is_interface:
            name = definition.interfaces[0].name
            yield f"{definition.name}: a value has no kind, so it cannot implement {name}"
        for field in definition.fields:
            yield from _in_field(f"{definition.origin.__name__}.{field.python_name}", field)


def _in_field(where: str, field: StrawberryField) -> Iterator[str]:
    if not isinstance(field, ReadField):
        yield f"{where}: declare how it is read: stored, computed, batched or resolved"
        return
    if isinstance(field.declaration, Root | Live):
        yield f"{where}: root(…) and live(…) belong to root types"
    for problem in field.declaration.problems():
        yield f"{where}: {problem}"
    shown = get_object_definition(_named(field.resolve_type()))
    if shown is not None and not shown.concrete_of and kinds_of(shown.origin) is None:
        yield f"{where}: {shown.name} is no record, value or interface"


def _named(shown: object) -> object:
    while isinstance(shown, StrawberryContainer):
        shown = shown.of_type
    return shown.resolve_type() if isinstance(shown, LazyType) else shown


def _in_abstract_types(schema: GraphQLSchema) -> Iterator[str]:
    for abstract in schema.type_map.values():
        if is_abstract_type(abstract):
            yield from _doubled(schema, abstract)


def _doubled(schema: GraphQLSchema, abstract: GraphQLAbstractType) -> Iterator[str]:
    members = [each.extensions.get("strawberry-definition") for each in schema.get_possible_types(abstract)]
    kinds: Sequence[str] = [
        kind for each in members if each is not None for kind in kinds_of(each.origin) or ()
    ]
    for kind, times in Counter(kinds).items():
        if times > 1:
            yield f"{abstract.name}: {times} of its types read records of kind {kind!r}"
