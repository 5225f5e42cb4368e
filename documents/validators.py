"""What the database server itself refuses: personal fields that are not ciphertext."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from documents.encryption import Sealed

Schema = dict[str, Any]
BINARY: Schema = {"bsonType": ["binData", "null"]}


def validator(model: type[BaseModel]) -> Schema:
    """The collection validator of a document class; empty when nothing in it is sealed."""
    properties = _properties(model)
    return {"$jsonSchema": {"properties": properties}} if properties else {}


def _properties(model: type[BaseModel]) -> Schema:
    found = {}
    for name, field in model.model_fields.items():
        rule = _rule(field.annotation)
        if rule:
            found[field.alias or name] = rule
    return found


def _rule(annotation: Any) -> Schema:
    """The rule of one field: binary where it is sealed, looking into nested models and lists of them."""
    for part in _flattened(annotation):
        if part is Sealed:
            return BINARY
        inner = _properties(part) if isinstance(part, type) and issubclass(part, BaseModel) else {}
        if inner:
            return {"properties": inner, "items": {"properties": inner}}
    return {}


def _flattened(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _flattened(part)
