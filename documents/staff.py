"""Employees as the OpenID provider knows them, and sign-ins of theirs that are under way (A8)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import BaseModel
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, insert, new_id, session, with_kind
from documents.encryption import PORTAL, Blind, Sealed, any_of, blind, reveal_bytes, seal
from documents.nodes import readable
from domain.identity import Role
from domain.staff import Employment


class StaffEmployment(BaseModel):
    """One role of an employee, and for an executive body its region."""

    model_config = Record.model_config

    role: Role
    region: str | None = None


class StaffMember(Record):
    """An employee; roles and region are those of the last sign-in.

    `subject_index` is a blind index of issuer and `sub`: a provider may well use an IIN as `sub`.
    """

    subject_index: Blind
    employments: list[StaffEmployment]
    name: Sealed
    active: bool = True
    first_seen_at: datetime
    last_seen_at: datetime

    class Settings(Record.Settings):
        """One row a person and provider."""

        name = "staff"
        indexes: ClassVar = [IndexModel([("subject_index", 1)], unique=True)]


class StaffSignIn(Record):
    """What has to be remembered until somebody comes back: to the callback, or with the one-time code.

    `key` is a digest of everything that must be shown again, so that knowing the row opens nothing.
    """

    key: bytes
    content: Sealed
    expires_at: datetime

    class Settings(Record.Settings):
        """Taken by key; found by expiry for housekeeping."""

        name = "staff_sign_ins"
        audited: ClassVar = False  # waits for an answer; the sign-in is the act
        indexes: ClassVar = [IndexModel([("key", 1)], unique=True), IndexModel([("expires_at", 1)])]


async def remember(shown: Sequence[str], content: Mapping[str, Any], until: datetime) -> None:
    """Keep something for whoever shows the same values again; under seal until then."""
    row = new_id()
    sealed = await seal(PORTAL, "staff_sign_ins.content", row, json.dumps(content))
    await insert(StaffSignIn(_id=row, key=_digest(shown), content=sealed, expires_at=until))


async def take(shown: Sequence[str], now: datetime) -> Row | None:
    """Take it away again, atomically and once; None when it is gone, expired or another's."""
    query = {"key": _digest(shown)}
    found = await collection("staff_sign_ins").find_one_and_delete(query, session=session())
    if found is None or found["expires_at"] <= now:
        return None
    plain = await reveal_bytes("staff_sign_ins.content", found["_id"], found["content"])
    content: Row = json.loads(plain)
    return content


def _digest(shown: Sequence[str]) -> bytes:
    return sha256(json.dumps(list(shown)).encode()).digest()


def staff_index(issuer: str, subject: str) -> bytes:
    """Whom a provider means by a `sub`: found by it, never guessed from it."""
    return blind("staff", json.dumps([issuer, subject]))


async def enlist(index: bytes, employments: Sequence[Employment], name: str, now: datetime) -> Row:
    """The employee with the roles and the name of this sign-in; a deactivated one stays deactivated."""
    known = await collection("staff").find_one({"subject_index": any_of(index)}, session=session())
    row = known["_id"] if known else new_id()
    member = StaffMember(
        _id=row,
        subject_index=index,
        employments=[StaffEmployment(role=one.role, region=one.region) for one in employments],
        name=await seal(row, "staff.name", row, name),
        active=known["active"] if known else True,
        first_seen_at=known["first_seen_at"] if known else now,
        last_seen_at=now,
    )
    if known is None:
        return await insert(member)
    changed = member.model_dump(mode="python", include={"employments", "name", "last_seen_at"})
    return await _updated({"_id": row}, changed) or known


async def staff_member(row: Id) -> Row | None:
    """One employee as a record of kind "staff"."""
    return with_kind("staff", await collection("staff").find_one({"_id": row}, session=session()))


async def released(index: bytes) -> Row | None:
    """Take every role from an employee whose provider gives none any more; None for a stranger."""
    return with_kind("staff", await _updated({"subject_index": any_of(index)}, {"employments": []}))


def employed(row: Row | None, role: Role, region: str | None) -> bool:
    """Whether this employee still has this role for this region."""
    wanted = {"role": str(role), "region": region}
    return row is not None and row["active"] and wanted in row["employments"]


async def deactivate(row: Id) -> Row | None:
    """End an employee's access; None when there is no such employee."""
    return with_kind("staff", await _updated({"_id": row}, {"active": False}))


async def _updated(query: Row, changes: Row) -> Row | None:
    found: Row | None = await collection("staff").find_one_and_update(
        query, {"$set": changes}, return_document=ReturnDocument.AFTER, session=session()
    )
    return found


SIGN_IN_LIFETIME = timedelta(minutes=10)
"""How long somebody may take at the provider."""
CODE_LIFETIME = timedelta(minutes=1)
"""How long the one-time code is good that the page gets."""

readable("staff", staff_member)
