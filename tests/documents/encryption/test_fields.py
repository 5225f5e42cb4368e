"""Where personal data stand, read off the document classes."""

from typing import Annotated

from pydantic import BaseModel

from documents.encryption import Blind, Sealed
from documents.encryption.fields import blind_fields, found_in, sealed_paths


class Part(BaseModel):
    """Stands in a list, and alone."""

    note: Sealed | None = None
    plain: str = ""


class Whole(BaseModel):
    """Everything a document can have."""

    own: Sealed
    mark: Blind
    other: Blind | None = None
    plain: Annotated[str, "a text"] = ""
    one: Part | None = None
    many: list[Part] = []
    bare: list[Sealed] = []


def test_paths_of_every_kind() -> None:
    """R-J1: sealed fields are found in the document, in its parts, in lists, and as items of a list."""
    assert sealed_paths(Whole) == [("own",), ("one", "note"), ("many", "[]", "note"), ("bare", "[]")]
    assert blind_fields(Whole) == ["mark", "other"]


def test_values_of_a_row() -> None:
    """R-J1: each value is found with its path in the row and its place; what is absent is passed over."""
    row = {"own": b"1", "one": None, "many": [{"note": b"2"}, {}, {"note": None}], "bare": [b"3", b"4"]}
    found = [(each.path, each.place, each.value) for each in found_in("x", sealed_paths(Whole), row)]
    assert found == [
        ("own", "x.own", b"1"),
        ("many.0.note", "x.many.note", b"2"),
        ("bare.0", "x.bare", b"3"),
        ("bare.1", "x.bare", b"4"),
    ]
