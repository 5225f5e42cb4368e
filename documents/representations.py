"""Authorities of legal representatives: dated, read from gateway records, ended by them or on the portal."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel, ReturnDocument

from documents import participants
from documents.base import Id, Record, Row, collection, insert, new_id, session
from documents.encryption import Sealed, reveal, seal
from documents.nodes import readable
from domain.participants import FieldSource
from domain.representatives import AuthorityKind, AuthorityState, Term

NAME = "representations"
KIND = "representation"


class Representation(Record):
    """The dated authority of a legal representative to act for a ward (requirement A6).

    `revoked_by` is the role that revoked it, or "gateway"; the reason is sealed under the ward's key.
    """

    representative: Id
    ward: Id
    authority: AuthorityKind
    basis: Sealed
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    reason: Sealed | None = None
    source: FieldSource

    class Settings(Record.Settings):
        """Found by either side; one row an authority, named by its people and its first instant."""

        name = NAME
        indexes: ClassVar = [
            IndexModel(
                [("representative", 1), ("ward", 1), ("authority", 1), ("valid_from", 1)], unique=True
            ),
            IndexModel([("ward", 1)]),
        ]


@dataclass(frozen=True, slots=True)
class Stated:
    """An authority as a gateway record states it."""

    representative: Id
    ward: Id
    authority: AuthorityKind
    basis: str
    term: Term


async def authorise(stated: Stated, source: FieldSource) -> Id | None:
    """Write the authority as the newest record has it; None when a newer one was there already.

    What was revoked stays revoked, whatever is stated later: a new authority begins at another instant.
    """
    key = {
        "representative": stated.representative,
        "ward": stated.ward,
        "authority": str(stated.authority),
        "valid_from": stated.term.valid_from,
    }
    known = await collection(NAME).find_one(key, session=session())
    if known is None:
        return await _first(stated, source)
    if known["source"]["at"] > source.at:
        return None
    revoked = {"revoked_at": stated.term.revoked_at, "revoked_by": "gateway"}
    changes = {
        "basis": await seal(stated.ward, f"{NAME}.basis", known["_id"], stated.basis),
        "valid_to": stated.term.valid_to,
        "source": source.model_dump(),
        **(revoked if stated.term.revoked_at and known["revoked_at"] is None else {}),
    }
    await collection(NAME).update_one({"_id": known["_id"]}, {"$set": changes}, session=session())
    return Id(known["_id"])


async def _first(stated: Stated, source: FieldSource) -> Id:
    row = new_id()
    await insert(
        Representation(
            _id=row,
            representative=stated.representative,
            ward=stated.ward,
            authority=stated.authority,
            basis=await seal(stated.ward, f"{NAME}.basis", row, stated.basis),
            valid_from=stated.term.valid_from,
            valid_to=stated.term.valid_to,
            revoked_at=stated.term.revoked_at,
            revoked_by="gateway" if stated.term.revoked_at else None,
            source=source,
        )
    )
    return row


async def get(representation: Id) -> Row | None:
    """The authority as a record of kind "representation", with the ward's region; its basis is sealed."""
    row = await collection(NAME).find_one({"_id": representation}, session=session())
    return None if row is None else (await _with_regions([row]))[0]


def term_of(row: Row) -> Term:
    """When an authority counts."""
    return Term(row["valid_from"], row["valid_to"], row["revoked_at"])


def state_of(row: Row, now: datetime) -> AuthorityState:
    """Where an authority stands."""
    return term_of(row).state(now)


async def of_representative(representative: Id) -> list[Row]:
    """Every authority of a person, the newest first, whether it counts or not."""
    return await _found({"representative": representative})


async def of_ward(ward: Id) -> list[Row]:
    """Every authority over a person, the newest first, whether it counts or not."""
    return await _found({"ward": ward})


async def _found(query: Row) -> list[Row]:
    cursor = collection(NAME).find(query, session=session()).sort([("valid_from", -1), ("_id", -1)])
    return await _with_regions(await cursor.limit(100).to_list())


async def _with_regions(rows: list[Row]) -> list[Row]:
    regions = {row["_id"]: row["region"] for row in await participants.by_ids([one["ward"] for one in rows])}
    return [row | {"kind": KIND, "region": regions.get(row["ward"])} for row in rows]


async def active(representative: Id, ward: Id | None, now: datetime) -> Row | None:
    """The authority by which one may act for the other now, if there is any."""
    query = _counts(now) | {"representative": representative, "ward": ward}
    return await collection(NAME).find_one(query, sort=[("valid_from", 1)], session=session())


def _counts(now: datetime) -> Row:
    """Authorities that are `active`: the same rule as `Term.state`, in the words of the database."""
    return {
        "valid_from": {"$lte": now},
        "$and": [
            {"$or": [{"valid_to": None}, {"valid_to": {"$gt": now}}]},
            {"$or": [{"revoked_at": None}, {"revoked_at": {"$gt": now}}]},
        ],
    }


async def wards_of(representative: Id, now: datetime) -> list[Row]:
    """Participants a representative may act for now, as records of kind "participant"."""
    query = _counts(now) | {"representative": representative}
    rows = await collection(NAME).find(query, {"ward": 1}, session=session()).to_list()
    return await participants.by_ids([row["ward"] for row in rows])


async def revoke(representation: Id, now: datetime, by: str, reason: str) -> Row | None:
    """End an authority from now on; None when it was revoked or over before."""
    row = await collection(NAME).find_one({"_id": representation}, {"ward": 1}, session=session())
    if row is None:
        return None
    changed = await collection(NAME).find_one_and_update(
        {
            "_id": representation,
            "$and": [
                {"$or": [{"valid_to": None}, {"valid_to": {"$gt": now}}]},
                {"$or": [{"revoked_at": None}, {"revoked_at": {"$gt": now}}]},
            ],
        },
        {
            "$set": {
                "revoked_at": now,
                "revoked_by": by,
                "reason": await seal(row["ward"], f"{NAME}.reason", representation, reason),
            }
        },
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return None if changed is None else (await _with_regions([changed]))[0]


async def basis(row: Row) -> str:
    """On what the authority rests, in clear."""
    return await reveal(f"{NAME}.basis", row["_id"], row["basis"])


readable(KIND, get)
