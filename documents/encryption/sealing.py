"""Sealing and opening with the vault of this process."""

import secrets
from collections.abc import Iterable
from typing import Any

from bson import ObjectId
from cryptography.exceptions import InvalidTag

from documents.encryption.keyring import Rows, lasting_owner
from documents.encryption.values import HEADER, NONCE, Mark, Sealed, bound, generation_of, header, owner_of
from documents.encryption.vault import Vault
from domain.errors import Erased
from domain.keys import KeyProvider

_vault: Vault | None = None


async def open_vault(rows: Rows, keys: KeyProvider, **options: Any) -> Vault:
    """Make the vault of this process; done once, when the database is opened."""
    global _vault  # noqa: PLW0603 - bound together with the connection
    fresh = Vault(rows, keys, **options)
    await fresh.refresh()
    _vault = fresh
    return fresh


def vault() -> Vault:
    """The vault of this process; RuntimeError before `open_vault`."""
    if _vault is None:
        raise RuntimeError("connect() first")
    return _vault


async def seal(person: ObjectId, place: str, row: ObjectId, value: str | bytes) -> Sealed:
    """Encrypt a value under the person's key, bound to its place ("collection.field") and row.

    Erased for somebody whose key was destroyed.
    """
    return await _sealed(person, place, row, value, lasting=False)


async def seal_lasting(person: ObjectId, place: str, row: ObjectId, value: str | bytes) -> Sealed:
    """The same for what a chain of hashes will cover, so that it can never be sealed anew.

    Its key is another one of the person's: rotation adds generations to it and destroys none; erasure does.
    """
    return await _sealed(lasting_owner(person), place, row, value, lasting=True)


async def _sealed(owner: ObjectId, place: str, row: ObjectId, value: str | bytes, *, lasting: bool) -> Sealed:
    generation, key = await vault().sealing(owner, lasting=lasting)
    head, nonce = header(owner, generation), secrets.token_bytes(NONCE)
    plain = value.encode() if isinstance(value, str) else value
    return Sealed(head + nonce + key.encrypt(nonce, plain, bound(head, place, row)))


async def reveal_bytes(place: str, row: ObjectId, sealed: bytes) -> bytes:
    """Decrypt; Erased once the key was destroyed, ValueError for a value changed or taken from elsewhere."""
    key = await vault().opening(owner_of(sealed), generation_of(sealed))
    head, nonce = sealed[:HEADER], sealed[HEADER : HEADER + NONCE]
    try:
        return key.decrypt(nonce, sealed[HEADER + NONCE :], bound(head, place, row))
    except InvalidTag as error:
        raise ValueError(f"{place} of this row does not open: changed or moved") from error


async def reveal(place: str, row: ObjectId, sealed: bytes) -> str:
    """Decrypt a text; see `reveal_bytes`."""
    return (await reveal_bytes(place, row, sealed)).decode()


async def reveal_or(otherwise: str, place: str, row: ObjectId, sealed: bytes) -> str:
    """Decrypt a text, or give `otherwise` when its person was erased: one of them must not break a list."""
    try:
        return await reveal(place, row, sealed)
    except Erased:
        return otherwise


async def open_many(values: Iterable[bytes | None]) -> None:
    """Have the keys of many sealed values ready: a page of people costs one query."""
    await vault().open_many({owner_of(sealed) for sealed in values if sealed is not None})


def blind(label: str, value: str) -> Mark:
    """The blind index of a value as it is written now; see `Vault.blind`."""
    return vault().blind(label, value)


async def met(label: str, value: str) -> dict[str, list[bytes]]:
    """The condition that finds a value by its blind index, also while their key is being changed."""
    return {"$in": await vault().blinds(label, value)}


def any_of(mark: bytes) -> dict[str, list[bytes]]:
    """The condition that finds a blind index made a moment ago; see `met`, which is for values."""
    return {"$in": list(mark.every) if isinstance(mark, Mark) else [mark]}


async def same(label: str, value: str, stored: bytes) -> bool:
    """Whether a stored blind index is that of the value, under the present key or the one before it."""
    return bytes(stored) in await vault().blinds(label, value)
