"""Sessions while they last: renewed by compare-and-set, listed for their owner, ended for good."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from pymongo import ReturnDocument

from documents.base import Id, Row, collection, session, with_kind
from documents.encryption import reveal_or
from documents.identity.opening import NAME, Caller, Capacity, Origin, digest
from documents.nodes import readable
from documents.participants import iin_index
from domain.sessions import GRACE, IDLE

SPENT = 200
"""Spent tokens of a session that are still known as such: more than a day of renewals."""
LISTED = 50
_PLAIN = {"spent": 0}
"""What every reading but one leaves out."""


class Use(Enum):
    """What somebody did who showed a refresh token that is not the good one.

    A token that was exchanged before and comes back was stolen, or its thief has been: nobody can tell, so
    the whole session ends (RFC 9700, 4.14.2). One case is let off: two pages of one browser that renew at the
    same moment, or a retry. Within `GRACE` the token spent last is refused to the same device in the same
    network without ending anything. It is never exchanged twice: whoever copied it gets nothing, and if the
    copy was exchanged first, the next try of the owner ends the session after all. A client whose answer was
    lost signs in again.
    """

    unknown = "no token that this session ever had"
    repeated = "the token spent last, at once, by the same device"
    reused = "a spent token"


@dataclass(frozen=True, slots=True)
class Used:
    """A session at its renewal: the capacities found anew, and the one of them that is chosen."""

    capacities: list[Capacity]
    current: int


def _live(row: Id, now: datetime) -> Row:
    return {"_id": row, "revoked_at": None, "expires_at": {"$gt": now}}


async def live_sessions(rows: Collection[Id], now: datetime) -> dict[Id, Row]:
    """Those of the sessions that are neither expired nor revoked, in one query."""
    live = {"_id": {"$in": list(rows)}, "revoked_at": None, "expires_at": {"$gt": now}}
    found = collection(NAME).find(live, _PLAIN, session=session())
    return {row["_id"]: row async for row in found}


async def live_session(row: Id, now: datetime) -> Row | None:
    """The session if it is neither expired nor revoked."""
    return await collection(NAME).find_one(_live(row, now), _PLAIN, session=session())


async def current_session(row: Id) -> Row | None:
    """The session as a record of kind "session", ended or not."""
    return with_kind("session", await collection(NAME).find_one({"_id": row}, _PLAIN, session=session()))


async def renewable(row: Id, refresh: str, now: datetime) -> Row | None:
    """The live session whose good refresh token this is."""
    query = _live(row, now) | {"refresh": digest(refresh)}
    return await collection(NAME).find_one(query, _PLAIN, session=session())


async def rotate(
    row: Row, old: str, new: str, now: datetime, used: Used, caller: Caller | None = None
) -> Row | None:
    """Exchange the refresh token, and write the capacities found anew, in one compare-and-set.

    None when `old` is not the good one any more, or the session has ended.
    """
    changes: Row = {
        "refresh": digest(new),
        "used_at": now,
        "used_by": (caller or Caller()).mark,
        "expires_at": min(row["ends_at"], now + IDLE),
        "capacities": [one.model_dump(mode="python") for one in used.capacities],
        "current": used.current,
    }
    found: Row | None = await collection(NAME).find_one_and_update(
        _live(row["_id"], now) | {"refresh": digest(old)},
        {"$set": changes, "$push": {"spent": {"$each": [digest(old)], "$slice": -SPENT}}},
        projection=_PLAIN,
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return found


async def use_of(row: Id, refresh: str, now: datetime, caller: Caller) -> tuple[Use, Row | None]:
    """What a token means that is not the good one, and the live session it once belonged to."""
    mark = digest(refresh)
    found = await collection(NAME).find_one(_live(row, now) | {"spent": mark}, session=session())
    if found is None:
        return Use.unknown, None
    last = found["spent"][-1] == mark and now - found["used_at"] < GRACE
    return (Use.repeated if last and found["used_by"] == caller.mark else Use.reused), found


async def revoke(row: Id, now: datetime) -> bool:
    """End a session; its tokens stop at their next use. Whether it was still going on."""
    return await _ended({"_id": row}, now) > 0


def holders(row: Row, origin: Origin | None) -> list[bytes]:
    """The blind indexes under which the sessions of a session's holder may stand.

    While their key is being changed some stand under the older one still: none may be left out when all are
    to be ended. Of employees, who have no origin, only the index of the session at hand is known.
    """
    return [row["holder"], *(iin_index(origin.iin).every if origin else ())]


async def revoke_own(holder: Collection[bytes], row: Id, now: datetime) -> bool:
    """End one of a holder's sessions (see `holders`); False when it is nobody's, over, or another's."""
    return await _ended({"_id": row} | _held(holder, now), now) > 0


async def revoke_others(holder: Collection[bytes], kept: Id, now: datetime) -> int:
    """End all sessions of a holder but one; how many went on until now."""
    return await _ended({"_id": {"$ne": kept}} | _held(holder, now), now)


def _held(holder: Collection[bytes], now: datetime) -> Row:
    return {"holder": {"$in": list(holder)}, "expires_at": {"$gt": now}}


async def _ended(query: Row, now: datetime) -> int:
    done = await collection(NAME).update_many(
        query | {"revoked_at": None}, {"$set": {"revoked_at": now}}, session=session()
    )
    return done.modified_count


async def sessions_of(holder: Collection[bytes], now: datetime) -> list[Row]:
    """The live sessions of a holder, the newest first, `LISTED` at most; what was sealed is open."""
    live = _held(holder, now) | {"revoked_at": None}
    rows = await collection(NAME).find(live, _PLAIN, session=session()).sort("started_at", -1).to_list(LISTED)
    return [await _opened(row) for row in rows]


async def _opened(row: Row) -> Row:
    for name in ("device", "address"):
        if row[name] is not None:
            row[name] = await reveal_or("", f"{NAME}.{name}", row["_id"], row[name])
    shown: dict[str, Any] = row
    return with_kind("session", shown) or row


readable("session", current_session)
