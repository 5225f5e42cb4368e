"""The forms in which personal data stand in a document: ciphertext, and keyed blind indexes.

Layout of a sealed value: version (1 byte) | owner of the key (12) | generation of the key (2) | nonce (12) |
AES-256-GCM ciphertext. The associated data bind it to this header, to its place ("collection.field") and to
its row: it can't be moved elsewhere.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

VERSION = b"\x02"
HEADER = 1 + 12 + 2
NONCE = 12
SHORTEST = HEADER + NONCE + 16

BLIND = "blind index"
Blind = Annotated[bytes, BLIND]
"""A keyed blind index: one byte that names the generation of the index key, then 32 of HMAC-SHA-256."""


class Mark(bytes):
    """A blind index as it is written now; `every` are the forms in which it may stand already."""

    every: tuple[bytes, ...]

    @classmethod
    def of(cls, written: bytes, every: Sequence[bytes]) -> "Mark":
        """The index as it is written, with the forms of all generations that count."""
        mark = cls(written)
        mark.every = tuple(every)
        return mark


class Sealed(bytes):
    """Ciphertext of a personal field: the only type such a field has in a document."""

    def __repr__(self) -> str:
        return "Sealed(…)"

    __str__ = __repr__

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._validate)

    @classmethod
    def _validate(cls, value: object) -> "Sealed":
        if not isinstance(value, bytes) or value[:1] != VERSION or len(value) < SHORTEST:
            raise ValueError("a personal field takes sealed values only")
        return cls(value)


def owner_of(sealed: bytes) -> ObjectId:
    """Whose key opens a value; ValueError for a layout that this version does not read."""
    if sealed[:1] != VERSION or len(sealed) < SHORTEST:
        raise ValueError(f"a sealed value of layout {sealed[:1].hex()}: only {VERSION.hex()} is read")
    return ObjectId(sealed[1:13])


def generation_of(sealed: bytes) -> int:
    """Which generation of its owner's key opens a value."""
    return int.from_bytes(sealed[13:HEADER], "big")


def header(owner: ObjectId, generation: int) -> bytes:
    """What a sealed value begins with."""
    return VERSION + owner.binary + generation.to_bytes(2, "big")


def bound(head: bytes, place: str, row: ObjectId) -> bytes:
    """The associated data of a value at a place of a row."""
    return head + place.encode() + b"|" + row.binary
