"""Keys of mutations already done, so that a repeated request repeats its answer and nothing else."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from documents.base import Id, Record, Row, collection, insert, session
from documents.encryption import Blind, blind, same

KEPT = timedelta(days=7)
"""Longer than any client goes on retrying."""


class IdempotencyKey(Record):
    """One mutation done: whose, which, for which request, and the record it answered with."""

    scope: bytes
    fingerprint: Blind
    result_kind: str | None = None
    result_id: Id | None = None
    expires_at: datetime

    class Settings(Record.Settings):
        """Unique by scope; found by expiry for housekeeping."""

        name = "idempotency_keys"
        audited: ClassVar = False  # follows the act in its transaction
        indexes: ClassVar = [
            IndexModel([("scope", 1)], unique=True),
            IndexModel([("expires_at", 1)]),
        ]


def scope(actor: str, operation: str, key: str) -> bytes:
    """The key belongs to one actor and one operation."""
    return sha256(f"{actor}\0{operation}\0{key}".encode()).digest()


async def find(scope_: bytes) -> Row | None:
    """The mutation done under this key, if any."""
    return await collection("idempotency_keys").find_one({"scope": scope_}, session=session())


async def claim(scope_: bytes, request: str, now: datetime) -> bool:
    """Take the key inside the transaction under way; False when it is taken already."""
    row = IdempotencyKey(scope=scope_, fingerprint=fingerprint(request), expires_at=now + KEPT)
    try:
        await insert(row)
    except DuplicateKeyError:
        return False
    return True


async def complete(scope_: bytes, kind: str, record: Id) -> None:
    """Note what the mutation answered with: a reference, never personal data."""
    await collection("idempotency_keys").update_one(
        {"scope": scope_}, {"$set": {"result_kind": kind, "result_id": record}}, session=session()
    )


async def answers(done: Row, request: str) -> bool:
    """Whether a mutation that was done answers this request, and not another under the same key."""
    return await same("idempotency", request, done["fingerprint"])


def fingerprint(request: str) -> bytes:
    """A keyed digest of the canonical request: comparable, and nothing can be guessed from it."""
    return blind("idempotency", request)
