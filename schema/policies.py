"""No root field, readable kind or field with a row of its own goes unasked: checked at the start (J3)."""

from collections.abc import Iterator
from typing import Any

from strawberry.types.base import StrawberryObjectDefinition

from auth.policy import RULES
from auth.visibility import LISTED, READS
from documents.nodes import READERS
from execution.fields import Called, DeclarationError, Live, ReadField, Root
from schema.guards import ASKED
from schema.nodes import NAMES, UNSHOWN, Node


def check_policies(schema: Any) -> None:
    """Raise DeclarationError naming all that no row decides about, and every row that decides nothing."""
    fields = list(_fields(schema))
    problems = [
        *_unasked(fields),
        *_kinds(),
        *_shown(schema),
        *_idle({_row(field) or "" for _, field in fields}),
    ]
    if problems:
        raise DeclarationError("\n".join(problems))


def _fields(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every root field, and every declared one, with the name that clients see: `Query.listings`."""
    kinds = (schema.query, schema.mutation, schema.subscription)
    roots = [kind.__strawberry_definition__ for kind in kinds if kind]
    known = [found.definition for found in schema.schema_converter.type_map.values()]
    types = [one for one in known if isinstance(one, StrawberryObjectDefinition) and one not in roots]
    for definition in (*roots, *types):
        for field in definition.fields:
            if definition in roots or isinstance(field, ReadField):
                yield f"{definition.name}.{schema.config.name_converter.get_graphql_name(field)}", field


def _row(field: Any) -> str | None:
    return str(field.declaration.policy or "") or None if isinstance(field, ReadField) else None


def _unasked(fields: list[tuple[str, Any]]) -> Iterator[str]:
    for where, field in fields:
        declared = getattr(field, "declaration", None)
        is_root = declared is None or isinstance(declared, Root | Live)
        row = _row(field)
        if is_root and row != where:
            yield f"{where}: a root field asks the row of its own name, not {row!r}"
        if row is not None and row not in RULES:
            yield f"{where}: {row!r} has no row in the policy table"
        asked = getattr(declared.function, ASKED, None) if isinstance(declared, Called) else None
        if row is not None and asked != row:
            yield f"{where}: its reader does not ask {row!r}; declare it by schema.guards or schema.roots"


def _kinds() -> Iterator[str]:
    for kind in sorted(READERS.keys() - READS.keys()):
        yield f"records of kind {kind!r} can be read by identifier, but no row says by whom"
    for kind in sorted(NAMES.keys() ^ READS.keys()):
        yield f"records of kind {kind!r} need both a name among the identifiers and a row"
    for kind, row in READS.items():
        if row not in RULES:
            yield f"{row!r}, asked for records of kind {kind!r}, has no row in the policy table"


def _shown(schema: Any) -> Iterator[str]:
    """A kind that somebody may read and no type shows would be an internal error to whom it is visible."""
    known = [found.definition for found in schema.schema_converter.type_map.values()]
    types = [one for one in known if isinstance(one, StrawberryObjectDefinition)]
    shown = {one.name for one in types if any(each.name == Node.__name__ for each in one.interfaces)}
    for kind, name in NAMES.items():
        if (name in shown) is (kind in UNSHOWN):
            yield f"{name}: a kind is either shown by a type of its name or named in UNSHOWN"


def _idle(asked: set[str]) -> Iterator[str]:
    for row in sorted(RULES.keys() - asked - LISTED - set(READS.values())):
        yield f"nothing asks the row {row!r} of the policy table"
