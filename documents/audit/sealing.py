"""Sealing: only the sealer writes the chain, one batch a transaction (workers/audit.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from beanie.odm.utils.dump import get_dict
from bson import decode, encode
from bson.errors import BSONError
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from documents.audit.entries import of_stored_intents
from documents.audit.records import HEADS, INTENTS, NAME, AuditEntry, AuditHead, fields_of
from documents.base import Row, collection, database, in_transaction, insert, session
from documents.changes import Position
from documents.leases import Lease, hold, state_of
from domain.audit import CHAIN, GENESIS, Head, Seal, head_bytes, link
from domain.canonical import Canonical, canonical_bytes, read_canonical

HEAD_EVERY: Final = 1_000
HEAD_AFTER: Final = timedelta(minutes=1)
"""How many entries, or how much time, lie at most between heads that are kept apart."""

_DUPLICATE: Final = 11000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the sealer stands; `leftover` while intents from before that place are still to be sealed."""

    position: Position
    leftover: bool = False


async def standing_of(lease: Lease, seal: Seal) -> tuple[Standing | None, str | None]:
    """Where the last sealer stood; None, and why, when there is no such place to go on from.

    The place is signed: moving it by hand would hide what was written between.
    """
    state = await state_of(lease)
    if state is None:
        return None, "position_missing" if await _last() else None
    try:
        found = read_canonical(seal.opened(str(state.get("signed"))))
        match found:
            case {
                "type": "audit-position",
                "database": str(name),
                "position": str(at),
                "leftover": bool(left),
            }:
                if name != database().name:
                    return None, "restored_elsewhere"
                return Standing(decode(bytes.fromhex(at)), left), None
    except (ValueError, BSONError):
        return None, "position_untrusted"
    return None, "position_untrusted"


async def append(
    lease: Lease, entries: Sequence[Row], standing: Standing, seal: Seal, now: datetime
) -> Head | None:
    """Seal entries, given in commit order, with the place after them: all or nothing; the head reached.

    What is sealed already is left out. LeaseLost when somebody else is the sealer.
    """
    state = _signed(standing, seal)
    if not entries:
        await hold(lease, state)
        return None
    try:
        return await in_transaction(lambda: _write(lease, entries, state, seal, now))
    except BulkWriteError as error:
        if any(fault["code"] != _DUPLICATE for fault in (error.details or {}).get("writeErrors", [])):
            raise
        # Only after the place was lost do the search for intents and the stream overlap.
        return await in_transaction(lambda: _write_missing(lease, entries, state, seal, now))


async def leftovers(limit: int) -> list[Row]:
    """Entries for intents that wait to be sealed, the oldest first, at most `limit`."""
    certain = collection(INTENTS).with_options(read_concern=ReadConcern("majority"))
    return of_stored_intents(await certain.find({}).sort("_id", 1).limit(limit).to_list())


def _signed(standing: Standing, seal: Seal) -> Row:
    content: dict[str, Canonical] = {
        "type": "audit-position",
        "database": database().name,
        "position": encode(dict(standing.position)).hex(),
        "leftover": standing.leftover,
    }
    return {"signed": seal.sign(canonical_bytes(content))}


async def _write_missing(
    lease: Lease, entries: Sequence[Row], state: Row, seal: Seal, now: datetime
) -> Head | None:
    wanted = [entry["source"] for entry in entries if entry.get("source")]
    known = set(await collection(NAME).distinct("source", {"source": {"$in": wanted}}, session=session()))
    fresh = [entry for entry in entries if entry.get("source") not in known]
    return await _write(lease, fresh, state, seal, now, seen=entries)


async def _write(
    lease: Lease,
    entries: Sequence[Row],
    state: Row,
    seal: Seal,
    now: datetime,
    seen: Sequence[Row] | None = None,
) -> Head | None:
    await hold(lease, state)
    await _forget_intents(entries if seen is None else seen)
    if not entries:
        return None
    last = await _last()
    rows, head = _linked(last, entries, seal, now)
    await collection(NAME).insert_many(rows, session=session())
    await _keep_apart(head, rows[-1]["head"])
    return head


def _linked(last: Row | None, entries: Sequence[Row], seal: Seal, now: datetime) -> tuple[list[Row], Head]:
    """The stored rows of a batch; the last one is signed."""
    seq, prev = (last["seq"], last["hash"]) if last else (0, GENESIS)
    rows: list[Row] = []
    for entry in entries:
        seq += 1
        row = _stored({**entry, "chain": CHAIN, "seq": seq, "sealed_at": _milliseconds(now)})
        row |= {"prev": prev, "hash": link(prev, fields_of(row))}
        prev = row["hash"]
        rows.append(row)
    head = Head(CHAIN, seq, prev, _milliseconds(now))
    rows[-1]["head"] = seal.sign(head_bytes(head))
    return rows, head


def _stored(fields: Row) -> Row:
    """All fields of an entry, in the form in which they are stored and read back."""
    kept = {name: value for name, value in fields.items() if name != "intent"}
    kept["at"] = _milliseconds(fields["at"])
    row: Row = get_dict(AuditEntry(**kept, prev="", hash=""), to_db=True)
    return row


def _milliseconds(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1_000 * 1_000)


async def _last() -> Row | None:
    shown = {"seq": 1, "hash": 1, "head": 1}
    return await collection(NAME).find_one({"chain": CHAIN}, shown, sort=[("seq", -1)], session=session())


async def _forget_intents(entries: Sequence[Row]) -> None:
    done = [entry["intent"] for entry in entries if "intent" in entry]
    if done:
        await collection(INTENTS).delete_many({"_id": {"$in": done}}, session=session())


async def _keep_apart(head: Head, signed: str) -> None:
    kept: Any = await collection(HEADS).find_one({}, sort=[("seq", -1)], session=session())
    if kept is None or head.seq - kept["seq"] >= HEAD_EVERY or head.at - kept["at"] >= HEAD_AFTER:
        await insert(AuditHead(seq=head.seq, at=head.at, head=signed))
