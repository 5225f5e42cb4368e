"""How data keys are kept: rows of wrapped generations, and a counter that tells others of changes."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from bson.binary import Binary
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from domain.keys import KeyProvider

KEYS = "data_keys"
PORTAL = ObjectId("0" * 24)
"""Owner of what is sealed but belongs to no person, such as a sign-in challenge."""
INDEX = ObjectId("0" * 23 + "1")
"""Owner of the key of the blind indexes: each generation is a layer over those before it."""
EPOCH = ObjectId("0" * 23 + "2")
"""Not a key: the counter that grows with every change of a key, so that caches notice."""

MARK = 33
"""Bytes of a blind index."""

Rows = AsyncCollection[dict[str, Any]]


@dataclass(slots=True)
class Ring:
    """A person's keys: the generation that seals now, and every one that still opens; none once destroyed."""

    current: int
    keys: Mapping[int, AESGCM] = field(default_factory=dict)


class Keyring:
    """Reads, makes and unwraps the rows of the collection of keys; remembers nothing."""

    def __init__(self, rows: Rows, keys: KeyProvider) -> None:
        self.rows = rows
        self.keys = keys

    async def rings(self, owners: Collection[ObjectId]) -> dict[ObjectId, Ring]:
        """The keys of many people in one query; whoever has none is missing."""
        found = await self.rows.find({"_id": {"$in": list(owners)}}).to_list()
        rings = await asyncio.gather(*(self._ring(row) for row in found))
        return {row["_id"]: ring for row, ring in zip(found, rings, strict=True)}

    async def made(self, owner: ObjectId, *, lasting: bool = False) -> Ring:
        """The keys of a person, made now if there are none.

        Written at once and outside any transaction: a key that is remembered must never be rolled back there.
        """
        return await self._ring(await self.row_of(owner, lasting=lasting))

    async def row_of(self, owner: ObjectId, *, lasting: bool = False) -> dict[str, Any]:
        """The stored row, made with a first generation if there is none."""
        first = await self.fresh(owner, 1)
        fresh = {"current": 1, "oldest": 1, "keys": [first], "lasting": lasting}
        row: dict[str, Any] | None = await self.rows.find_one_and_update(
            {"_id": owner},
            {"$setOnInsert": {**fresh, "destroyed_at": None, "epoch": 0, "job": None}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return row or {}

    async def fresh(self, owner: ObjectId, generation: int) -> dict[str, Any]:
        """A new random key of a generation, wrapped by the current master key."""
        return await self.wrapped(owner, generation, secrets.token_bytes(32))

    async def wrapped(self, owner: ObjectId, generation: int, key: bytes) -> dict[str, Any]:
        """A key as it is stored."""
        blob = await self.keys.wrap(key, _context(owner, generation))
        return {"generation": generation, "kid": self.keys.kid, "wrapped": Binary(blob)}

    async def unwrapped(self, owner: ObjectId, stored: Mapping[str, Any]) -> bytes:
        """A stored key in clear."""
        context = _context(owner, stored["generation"])
        return await self.keys.unwrap(bytes(stored["wrapped"]), context)

    async def layers(self) -> "Layers":
        """The key of the blind indexes, made at the very first start."""
        row = await self.row_of(INDEX)
        keys = [await self.unwrapped(INDEX, stored) for stored in row["keys"]]
        return Layers(tuple(keys), row["current"], row["oldest"])

    async def epoch(self) -> int:
        """How many changes of keys there were so far."""
        row = await self.rows.find_one({"_id": EPOCH})
        return int(row["epoch"]) if row else 0

    async def changed_since(self, epoch: int) -> list[ObjectId]:
        """Whose keys changed after an epoch."""
        changed = self.rows.find({"epoch": {"$gt": epoch}}, {"_id": 1})
        return [row["_id"] for row in await changed.to_list()]

    async def _ring(self, row: Mapping[str, Any]) -> Ring:
        opened = {
            stored["generation"]: AESGCM(await self.unwrapped(row["_id"], stored)) for stored in row["keys"]
        }
        return Ring(row["current"], opened)


@dataclass(frozen=True, slots=True)
class Layers:
    """The key of the blind indexes. Generation n is the HMAC by key n of generation n - 1.

    So a whole collection changes to a new key without opening a single value. `current` is written, all from
    `oldest` on are looked for.
    """

    keys: tuple[bytes, ...]
    current: int
    oldest: int

    def all_of(self, label: str, normal: bytes) -> list[bytes]:
        """The index of a value in every generation that may stand in the database."""
        inner = hmac.digest(self.keys[0], label.encode(), "sha256")
        marks = [b"\x01" + hmac.digest(inner, label.encode() + b"\0" + normal, "sha256")]
        for number, key in enumerate(self.keys[1:], 2):
            marks.append(bytes([number]) + hmac.digest(key, marks[-1][1:], "sha256"))
        return marks[self.oldest - 1 :]

    def is_older(self, mark: object) -> bool:
        """Whether something is an index of an earlier generation than the newest."""
        return isinstance(mark, bytes) and len(mark) == MARK and 0 < mark[0] < len(self.keys)

    def lifted(self, mark: bytes) -> bytes:
        """The same index under the newest key."""
        while mark[0] < len(self.keys):
            mark = bytes([mark[0] + 1]) + hmac.digest(self.keys[mark[0]], mark[1:], "sha256")
        return mark


def lasting_owner(person: ObjectId) -> ObjectId:
    """Whose key seals what is about a person and can't be sealed anew: a chain of hashes covers it."""
    return ObjectId(hashlib.sha256(b"komek lasting" + person.binary).digest()[:12])


def _context(owner: ObjectId, generation: int) -> bytes:
    return owner.binary + generation.to_bytes(2, "big")
