"""Personal fields: sealed before they reach the database, one data key per person.

Layout of a sealed value: version (1 byte) | owner of the key (12) | nonce (12) | AES-256-GCM ciphertext.
The associated data bind it to its place ("collection.field") and its row: it can't be moved elsewhere.
"""

import hmac
import secrets
import unicodedata
from collections import OrderedDict
from typing import Any

from bson import ObjectId
from bson.binary import Binary
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection

from domain.keys import KeyProvider

VERSION = b"\x01"
SHORTEST = 1 + 12 + 12 + 16
_OWNER, _NONCE = slice(1, 13), slice(13, 25)
PORTAL = ObjectId("0" * 24)
"""Owner of what is sealed but belongs to no person, such as a sign-in challenge."""


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


class Vault:
    """Keeps the data keys: wrapped in the database, unwrapped in a bounded cache of this process."""

    def __init__(
        self, rows: AsyncCollection[dict[str, Any]], keys: KeyProvider, capacity: int = 10_000
    ) -> None:
        self._rows = rows
        self._keys = keys
        self._capacity = capacity
        self._open: OrderedDict[ObjectId, AESGCM] = OrderedDict()

    async def key(self, owner: ObjectId) -> AESGCM:
        """The data key of a person, made at first use.

        Written at once and outside any transaction: a key cached here must never be rolled back there.
        """
        found = self._open.get(owner)
        if found is not None:
            self._open.move_to_end(owner)
            return found
        return self._remember(owner, await self._stored(owner))

    async def _stored(self, owner: ObjectId) -> bytes:
        found = await self._rows.find_one({"_id": owner})
        row = found or await self._made(owner)
        return self._keys.unwrap(bytes(row["wrapped"]), owner.binary)

    async def _made(self, owner: ObjectId) -> dict[str, Any]:
        fresh = Binary(self._keys.wrap(secrets.token_bytes(32), owner.binary))
        row: dict[str, Any] | None = await self._rows.find_one_and_update(
            {"_id": owner},
            {"$setOnInsert": {"wrapped": fresh}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return row or {}

    def _remember(self, owner: ObjectId, key: bytes) -> AESGCM:
        self._open[owner] = AESGCM(key)
        if len(self._open) > self._capacity:
            self._open.popitem(last=False)
        return self._open[owner]

    def blind(self, label: str, value: str) -> bytes:
        """A keyed index of a normalised value: equal values meet, nobody without the key can guess them."""
        normal = unicodedata.normalize("NFKC", value).strip().encode()
        return hmac.digest(self._keys.index_key(label), label.encode() + b"\0" + normal, "sha256")


_vault: Vault | None = None


def use_vault(vault: Vault) -> None:
    """Set the vault of this process; done once, when the database is opened."""
    global _vault  # noqa: PLW0603 - bound together with the connection
    _vault = vault


def _current() -> Vault:
    if _vault is None:
        raise RuntimeError("connect() first")
    return _vault


async def seal(person: ObjectId, place: str, row: ObjectId, value: str | bytes) -> Sealed:
    """Encrypt a value under the person's key, bound to its place ("collection.field") and row."""
    key = await _current().key(person)
    nonce = secrets.token_bytes(12)
    plain = value.encode() if isinstance(value, str) else value
    return Sealed(VERSION + person.binary + nonce + key.encrypt(nonce, plain, _bound(place, row)))


async def reveal_bytes(place: str, row: ObjectId, sealed: bytes) -> bytes:
    """Decrypt; ValueError when the value was changed or taken from another place or row."""
    key = await _current().key(ObjectId(sealed[_OWNER]))
    try:
        return key.decrypt(sealed[_NONCE], sealed[25:], _bound(place, row))
    except InvalidTag as error:
        raise ValueError(f"{place} of this row does not open: changed or moved") from error


async def reveal(place: str, row: ObjectId, sealed: bytes) -> str:
    """Decrypt a text; see `reveal_bytes`."""
    return (await reveal_bytes(place, row, sealed)).decode()


def blind(label: str, value: str) -> bytes:
    """The blind index of a value, for look-up by equality; see `Vault.blind`."""
    return _current().blind(label, value)


def _bound(place: str, row: ObjectId) -> bytes:
    return place.encode() + b"|" + row.binary
