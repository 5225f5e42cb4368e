"""What the database server itself refuses: personal fields that are not ciphertext."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from documents.encryption.fields import EACH, Path, sealed_paths
from documents.encryption.values import VERSION

Schema = dict[str, Any]
BINARY: Schema = {"bsonType": ["binData", "null"]}
_ONES = [bit for bit in range(8) if VERSION[0] >> bit & 1]
_ZEROS = [bit for bit in range(8) if bit not in _ONES]
HEADED: Schema = {"$bitsAllSet": _ONES, "$bitsAllClear": _ZEROS}
"""Bytes that begin with the version of a sealed value; $jsonSchema knows binary, but not what is in it."""


def validator(model: type[BaseModel]) -> Schema:
    """The collection validator of a document class; empty when nothing in it is sealed."""
    paths = sealed_paths(model)
    if not paths:
        return {}
    return {"$jsonSchema": {"properties": _shapes(paths)}, "$nor": [_wrong(path) for path in paths]}


def _shapes(paths: Sequence[Path]) -> Schema:
    """The shape down to each sealed field, so that neither a list nor an object can hide clear text."""
    return {name: _shape([path[1:] for path in paths if path[0] == name]) for name, *_ in paths}


def _shape(rests: Sequence[Path]) -> Schema:
    if () in rests:
        return BINARY
    if rests[0][0] == EACH:
        return {"bsonType": ["array", "null"], "items": _shape([rest[1:] for rest in rests])}
    return {"bsonType": ["object", "null"], "properties": _shapes(rests)}


def _wrong(path: Path) -> Schema:
    """What a row with other bytes than a sealed value at a path matches."""
    head, *rest = path
    if not rest:
        return {head: {"$ne": None, "$not": HEADED}}
    if rest[0] == EACH:
        return {head: {"$elemMatch": _wrong(tuple(rest[1:]))}}
    return {f"{head}.{name}": rule for name, rule in _wrong(tuple(rest)).items()}
