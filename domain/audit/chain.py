"""The chain of the audit: the exact bytes of an entry, its link to the one before, and its signed heads.

Everybody can compute the links; nobody without the key can sign a head. Therefore every batch that is sealed
ends with a signed head: whoever changes an entry, or adds one, would have to sign anew.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final, Protocol

from domain.canonical import LARGEST, Canonical, canonical_bytes, read_canonical

CHAIN: Final = "portal"
"""The name of the one chain there is."""
GENESIS: Final = "0" * 64
"""What the first entry is linked to."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class EntryKind(StrEnum):
    """What an entry tells of."""

    act = "act"  # what somebody did, or read of another person
    out_of_band = "out_of_band"  # a write that did not come through the portal
    structure = "structure"  # a collection was made, or its validator or indexes changed
    started = "started"  # the sealer began on this database
    history_lost = "history_lost"  # what was written meanwhile can't be told any more


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry at an instant: enough to find that anything up to it was changed or taken away."""

    chain: str
    seq: int
    hash: str
    at: datetime


class Seal(Protocol):
    """Signs with the audit's own key, and opens what it or an earlier key signed."""

    def sign(self, content: bytes) -> str:
        """The content with its signature, as one line of text."""

    def opened(self, signed: str) -> bytes:
        """The content that was signed; ValueError when the signature is not of a key of the audit."""


def plain(value: object) -> Canonical:
    """A stored value as it is hashed: instants as milliseconds since 1970, bytes in Base64.

    Whatever has no canonical form (a float, a number beyond 2^53) as its text: an entry can't be refused.
    """
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MILLISECOND
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if value is None or isinstance(value, (bool, str)) or (isinstance(value, int) and abs(value) <= LARGEST):
        return value
    return str(value)


def link(prev: str, fields: Mapping[str, Canonical]) -> str:
    """The hash of an entry: SHA-256 over its canonical bytes (RFC 8785) with the hash before it."""
    return sha256(canonical_bytes({**fields, "prev": prev})).hexdigest()


def head_bytes(head: Head) -> bytes:
    """What is signed of a head."""
    return canonical_bytes(
        {"at": plain(head.at), "chain": head.chain, "hash": head.hash, "seq": head.seq, "type": "audit-head"}
    )


def read_head(content: bytes) -> Head:
    """The head out of signed bytes; ValueError for anything that `head_bytes` doesn't write."""
    match read_canonical(content):
        case {"at": int(at), "chain": str(chain), "hash": str(digest), "seq": int(seq), "type": "audit-head"}:
            return Head(chain, seq, digest, _EPOCH + at * _MILLISECOND)
    raise ValueError("not a head of the audit")
