"""Registered systems, and the assertions they have used up."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import ClassVar

from pymongo import IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from documents.base import Id, Record, Row, collection, insert, session, with_kind
from documents.nodes import readable
from domain.systems import Scope

KIND = "system_client"


class SystemClient(Record):
    """A system with its scopes, and its public keys by value (`jwks`, a JSON text) or by address."""

    name: str
    scopes: list[Scope]
    jwks: str | None
    jwks_uri: str | None
    active: bool = True
    registered_at: datetime
    disabled_at: datetime | None = None

    class Settings(Record.Settings):
        """Found by identifier; there are a handful."""

        name = "system_clients"


class UsedAssertion(Record):
    """A `jti` that a system has used; nobody can use it again while its assertion would be good."""

    key: bytes
    expires_at: datetime

    class Settings(Record.Settings):
        """Unique by client and `jti`; found by expiry for housekeeping."""

        name = "used_assertions"
        audited: ClassVar = False  # guards the act; the token issued is the act
        indexes: ClassVar = [IndexModel([("key", 1)], unique=True), IndexModel([("expires_at", 1)])]


async def register(
    name: str, scopes: Sequence[Scope], jwks: str | None, jwks_uri: str | None, now: datetime
) -> Row:
    """Let a system in."""
    client = SystemClient(name=name, scopes=list(scopes), jwks=jwks, jwks_uri=jwks_uri, registered_at=now)
    row = await insert(client)
    return row | {"kind": KIND}


async def system_client(row: Id) -> Row | None:
    """One registered system."""
    return with_kind(KIND, await collection("system_clients").find_one({"_id": row}, session=session()))


async def system_clients() -> list[Row]:
    """All of them, by name."""
    rows = await collection("system_clients").find({}, session=session()).sort("name", 1).to_list()
    return [row | {"kind": KIND} for row in rows]


async def disable(row: Id, now: datetime) -> Row | None:
    """End a system's access; its tokens stop at their next use. None when there is no such system."""
    found: Row | None = await collection("system_clients").find_one_and_update(
        {"_id": row},
        [{"$set": {"active": False, "disabled_at": {"$ifNull": ["$disabled_at", now]}}}],
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return with_kind(KIND, found)


def entitled(row: Row | None, scopes: frozenset[str]) -> bool:
    """Whether a system still has access, with all of these scopes."""
    return row is not None and row["active"] and scopes <= set(row["scopes"])


async def use_up(client: Id, jti: str, until: datetime) -> bool:
    """Note that an assertion was used; False when it was before. Ends the transaction under way if so."""
    key = sha256(client.binary + jti.encode()).digest()
    try:
        await insert(UsedAssertion(key=key, expires_at=until))
    except DuplicateKeyError:
        return False
    return True


readable(KIND, system_client)
