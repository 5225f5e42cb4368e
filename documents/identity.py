"""Signing in: challenges consumed once, sessions that can be revoked, and the table of staff."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import BaseModel
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, insert, new_id, session, unguessable_id, with_kind
from documents.encryption import PORTAL, Sealed, blind, reveal_bytes, seal
from documents.nodes import readable
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


class StaffMember(Record):
    """An employee whose certificate is listed: until staff sign in through OIDC."""

    iin_index: bytes
    bin: str
    role: Role
    region: str | None = None
    name: Sealed
    active: bool = True

    class Settings(Record.Settings):
        """One row a person, organisation and role."""

        name = "staff"
        indexes: ClassVar = [
            IndexModel([("iin_index", 1), ("bin", 1), ("role", 1), ("region", 1)], unique=True)
        ]


class GatewayRecord(Record):
    """A record as a state body signed it; what was read from it is in other collections.

    `message` is a blind index of the message's id: a sender may well have made it of somebody's IIN.
    """

    message: bytes
    digest: bytes
    original: Sealed
    received_at: datetime

    class Settings(Record.Settings):
        """One row a message."""

        name = "gateway_records"
        indexes: ClassVar = [IndexModel([("message", 1)], unique=True)]


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


async def staff_of(iin_index: bytes, organisation: str | None) -> list[Row]:
    """The employments listed for a certificate: the person's IIN and the organisation's BIN both match."""
    query = {"iin_index": iin_index, "bin": {"$eq": organisation}, "active": True}
    return await collection("staff").find(query, session=session()).to_list()


async def staff_member(row: Id) -> Row | None:
    """One employment as a record of kind "staff"."""
    return with_kind("staff", await collection("staff").find_one({"_id": row}, session=session()))


async def list_staff(iin_index: bytes, bin_: str, role: Role, region: str | None, name: str) -> None:
    """Put an employee into the staff table; nothing happens when listed already."""
    row = new_id()
    member = StaffMember(
        _id=row,
        iin_index=iin_index,
        bin=bin_,
        role=role,
        region=region,
        name=await seal(row, "staff.name", row, name),
    )
    key: dict[str, Any] = {"iin_index": iin_index, "bin": bin_, "role": str(role), "region": region}
    fields = {name: value for name, value in member.model_dump(exclude={"id"}).items() if name not in key}
    await collection("staff").update_one(
        key, {"$setOnInsert": fields | {"_id": row}}, upsert=True, session=session()
    )


async def keep_gateway_record(message_id: str, content: bytes, cms: bytes, now: datetime) -> tuple[Id, bool]:
    """Keep a signed original once a message id: its row, and whether it is new; ValueError if it differs."""
    mark, message = blind("gateway", content.hex()), blind("gateway message", message_id)
    known = await collection("gateway_records").find_one({"message": message}, session=session())
    if known is not None:
        if known["digest"] != mark:
            raise ValueError("another content came under this message id before")
        return known["_id"], False
    row = new_id()
    sealed = await seal(row, "gateway_records.original", row, cms)
    await insert(GatewayRecord(_id=row, message=message, digest=mark, original=sealed, received_at=now))
    return row, True


readable("staff", staff_member)
