"""Signing in: challenges consumed once, and sessions that can be revoked."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from pydantic import BaseModel
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, insert, session, unguessable_id
from documents.encryption import PORTAL, Sealed, reveal_bytes, seal
from domain.identity import Role

CHALLENGE_LIFETIME = timedelta(minutes=5)
SESSION_LIFETIME = timedelta(hours=12)


class Challenge(Record):
    """Bytes that somebody is about to sign; they name the person, so they are sealed."""

    content: Sealed
    identifier: Sealed
    consent: bool
    expires_at: datetime

    class Settings(Record.Settings):
        """Found by expiry, for housekeeping."""

        name = "challenges"
        audited: ClassVar = False  # waits for an answer; the sign-in is the act
        indexes: ClassVar = [IndexModel([("expires_at", 1)])]


class Capacity(BaseModel):
    """One way in which the person behind a session may act."""

    model_config = Record.model_config

    role: Role
    subject: Id
    representative: Id | None = None
    region: str | None = None


class Session(Record):
    """One sign-in: its capacities, and the digest of the one refresh token that is good."""

    holder: bytes
    capacities: list[Capacity]
    current: int = 0
    refresh: bytes
    started_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    class Settings(Record.Settings):
        """Found by holder, and by expiry for housekeeping."""

        name = "sessions"
        indexes: ClassVar = [
            IndexModel([("holder", 1)]),
            IndexModel([("expires_at", 1)]),
        ]


async def open_challenge(row: Id, content: bytes, identifier: str, *, consent: bool, now: datetime) -> Row:
    """Keep a challenge until it is answered or expires."""
    challenge = Challenge(
        _id=row,
        content=await seal(PORTAL, "challenges.content", row, content),
        identifier=await seal(PORTAL, "challenges.identifier", row, identifier),
        consent=consent,
        expires_at=now + CHALLENGE_LIFETIME,
    )
    return await insert(challenge)


async def consume_challenge(row: Id, now: datetime) -> tuple[bytes, str, bool] | None:
    """Take a challenge away, atomically: its content, identifier, consent; None when gone or expired."""
    found = await collection("challenges").find_one_and_delete({"_id": row}, session=session())
    if found is None or found["expires_at"] <= now:
        return None
    content = await reveal_bytes("challenges.content", row, found["content"])
    identifier = await reveal_bytes("challenges.identifier", row, found["identifier"])
    return content, identifier.decode(), found["consent"]


async def open_session(holder: bytes, capacities: list[Capacity], refresh: str, now: datetime) -> Row:
    """Begin a session; `refresh` is kept as a digest only."""
    fresh = Session(
        _id=unguessable_id(),
        holder=holder,
        capacities=capacities,
        refresh=digest(refresh),
        started_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    return await insert(fresh)


def digest(refresh: str) -> bytes:
    """What is kept of a refresh token."""
    return sha256(refresh.encode()).digest()


def _live(row: Id, now: datetime) -> Row:
    return {"_id": row, "revoked_at": None, "expires_at": {"$gt": now}}


async def live_sessions(rows: Collection[Id], now: datetime) -> dict[Id, Row]:
    """Those of the sessions that are neither expired nor revoked, in one query."""
    live = {"_id": {"$in": list(rows)}, "revoked_at": None, "expires_at": {"$gt": now}}
    return {row["_id"]: row async for row in collection("sessions").find(live, session=session())}


async def live_session(row: Id, now: datetime) -> Row | None:
    """The session if it is neither expired nor revoked."""
    return await collection("sessions").find_one(_live(row, now), session=session())


async def rotate(row: Id, old: str, new: str, now: datetime, capacity: int | None = None) -> Row | None:
    """Exchange the refresh token, and the capacity where one is given, in one compare-and-set.

    None when `old` is not the good one.
    """
    query = _live(row, now) | {"refresh": digest(old)}
    chosen = {} if capacity is None else {"current": capacity}
    return await _updated(query, {"refresh": digest(new), **chosen})


async def revoke(row: Id, now: datetime) -> None:
    """End a session; its tokens stop at their next use."""
    await collection("sessions").update_one(
        {"_id": row, "revoked_at": None}, {"$set": {"revoked_at": now}}, session=session()
    )


async def _updated(query: Row, changes: Row) -> Row | None:
    found: Row | None = await collection("sessions").find_one_and_update(
        query, {"$set": changes}, return_document=ReturnDocument.AFTER, session=session()
    )
    return found
