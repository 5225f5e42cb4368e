"""Where personal data stand in each collection, read off the document classes: no list is kept by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from documents.encryption.values import BLIND, Sealed

EACH = "[]"
"""In a path: each item of the list named before it."""
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One value in a row: its dotted path there, its place for the associated data, and itself."""

    path: str
    place: str
    value: bytes


def sealed_paths(model: type[BaseModel]) -> list[Path]:
    """Paths of the sealed fields of a document class, in nested models and lists of them as well."""
    return [path for name, field in _fields(model) for path in _paths((name,), field.annotation)]


def blind_fields(model: type[BaseModel]) -> list[str]:
    """Names of the fields of a document class that are blind indexes."""
    return [name for name, field in _fields(model) if BLIND in field.metadata or _is_blind(field.annotation)]


def found_in(name: str, paths: list[Path], row: Mapping[str, Any]) -> Iterator[Found]:
    """The sealed values of a row of the collection `name`."""
    for path in paths:
        place = ".".join([name, *(part for part in path if part != EACH)])
        for where, value in _values(path, row):
            yield Found(where, place, value)


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def _paths(path: Path, annotation: Any) -> Iterator[Path]:
    if annotation is Sealed:
        yield path
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from (path + inner for inner in sealed_paths(annotation))
    else:
        inside = (*path, EACH) if getattr(annotation, "__origin__", None) is list else path
        for part in get_args(annotation):
            yield from _paths(inside, part)


def _is_blind(annotation: Any) -> bool:
    return any(BLIND in getattr(part, "__metadata__", ()) for part in get_args(annotation))


def _values(path: Path, inside: Any, at: str = "") -> Iterator[tuple[str, bytes]]:
    if inside is None:
        return
    if not path:
        yield at, inside
    elif path[0] == EACH:
        for number, item in enumerate(inside):
            yield from _values(path[1:], item, f"{at}.{number}")
    else:
        yield from _values(path[1:], inside.get(path[0]), f"{at}.{path[0]}" if at else path[0])
