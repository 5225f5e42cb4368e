"""Participants: people known from the gateway or Е-Собес; a cabinet exists once they registered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, insert, new_id, session, with_kind
from documents.encryption import Sealed, blind, reveal, seal
from documents.nodes import readable
from domain.texts import Language

NAME = "participants"


class FieldSource(BaseModel):
    """Where a field came from, and when."""

    record: str
    at: datetime


class Participant(Record):
    """One person; every personal field is sealed under the person's own key."""

    iin: Sealed
    iin_index: bytes
    name: Sealed | None = None
    birth_date: Sealed | None = None
    sex: Sealed | None = None
    address: Sealed | None = None
    document: Sealed | None = None
    bmg_phone: Sealed | None = None
    confirmed_phone: Sealed | None = None
    email: Sealed | None = None
    has_bmg_phone: bool = False
    region: str | None = None
    language: Language = Language.ru
    sources: dict[str, FieldSource] = Field(default_factory=dict)
    registered_at: datetime | None = None
    consent_at: datetime | None = None
    created_at: datetime

    class Settings(Record.Settings):
        """One row a person."""

        name = NAME
        indexes: ClassVar = [IndexModel([("iin_index", 1)], unique=True)]


class Representation(Record):
    """The dated authority of a legal representative to act for a ward (requirement A6)."""

    representative: Id
    ward: Id
    authority: str
    basis: Sealed
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None
    source: str

    class Settings(Record.Settings):
        """Found by representative; one row a pair and source."""

        name = "representations"
        indexes: ClassVar = [
            IndexModel([("representative", 1)]),
            IndexModel([("source", 1)], unique=True),
        ]


@dataclass(frozen=True, slots=True)
class Phones:
    """Numbers of a person: the one in БМГ, and the one the person confirmed."""

    bmg: str | None
    confirmed: str | None

    @property
    def preferred(self) -> str | None:
        """Where notices go (A5)."""
        return self.confirmed or self.bmg


PROFILE = ("name", "birth_date", "sex", "address", "document", "bmg_phone", "confirmed_phone", "email")


def iin_index(iin: str) -> bytes:
    """The blind index of an IIN: the same for participants, sessions and staff."""
    return blind("iin", iin)


async def get(participant: Id) -> Row | None:
    """The participant as a record of kind "participant"; its personal fields are sealed."""
    row = await collection(NAME).find_one({"_id": participant}, session=session())
    return with_kind("participant", row)


async def by_iin(iin: str) -> Row | None:
    """The participant with an IIN, if the portal knows one."""
    row = await collection(NAME).find_one({"iin_index": iin_index(iin)}, session=session())
    return with_kind("participant", row)


async def ensure(iin: str, now: datetime) -> Row:
    """The participant with an IIN; a bare row is made for somebody new."""
    known = await by_iin(iin)
    if known is not None:
        return known
    row = new_id()
    fresh = Participant(
        _id=row, iin=await seal(row, "participants.iin", row, iin), iin_index=iin_index(iin), created_at=now
    )
    stored = await collection(NAME).find_one_and_update(
        {"iin_index": fresh.iin_index},
        {"$setOnInsert": fresh.model_dump(exclude={"id"}) | {"_id": row}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return {**(stored or {}), "kind": "participant"}


async def fill(
    participant: Id, fields: Mapping[str, object], source: FieldSource, region: str | None
) -> None:
    """Write fields of a gateway record, each sealed and with its source; values that are None are skipped."""
    changes: Row = {"region": region} if region else {}
    for field, value in fields.items():
        if value is None:
            continue
        plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        changes[field] = await seal(participant, f"participants.{field}", participant, plain)
        changes[f"sources.{field}"] = source.model_dump()
    changes["has_bmg_phone"] = fields.get("bmg_phone") is not None
    await collection(NAME).update_one({"_id": participant}, {"$set": changes}, session=session())


async def register(participant: Id, now: datetime, language: Language) -> bool:
    """Open the cabinet with the person's consent; False when it was open already."""
    done = await collection(NAME).update_one(
        {"_id": participant, "registered_at": None},
        {"$set": {"registered_at": now, "consent_at": now, "language": str(language)}},
        session=session(),
    )
    return done.modified_count == 1


async def revealed(row: Row, field: str) -> Any:
    """One personal field in clear: text, or the object that was stored; None when absent."""
    sealed = row.get(field)
    if sealed is None:
        return None
    plain = await reveal(f"participants.{field}", row["_id"], sealed)
    return json.loads(plain) if plain[:1] in "{[" else plain


async def phones(row: Row) -> Phones:
    """The person's numbers in clear; none of БМГ once its newest record has none."""
    bmg = await revealed(row, "bmg_phone") if row["has_bmg_phone"] else None
    return Phones(bmg, await revealed(row, "confirmed_phone"))


@dataclass(frozen=True, slots=True)
class Profile:
    """A person in clear, for a document the person is about to sign."""

    iin: str
    surname: str
    given: str
    patronymic: str | None
    birth_date: date | None
    address: str | None


async def profile(row: Row) -> Profile:
    """The identity of a participant in clear."""
    name = await revealed(row, "name") or {}
    birth = await revealed(row, "birth_date")
    address = await revealed(row, "address") or {}
    return Profile(
        iin=await reveal("participants.iin", row["_id"], row["iin"]),
        surname=name.get("surname", ""),
        given=name.get("given", ""),
        patronymic=name.get("patronymic"),
        birth_date=date.fromisoformat(birth) if birth else None,
        address=address.get("text"),
    )


async def authorise(
    representative: Id,
    ward: Id,
    *,
    authority: str,
    basis: str,
    valid: tuple[datetime, datetime | None],
    source: str,
) -> None:
    """Write the authority to act for a ward; `source` is the gateway record that certifies it."""
    row = new_id()
    await insert(
        Representation(
            _id=row,
            representative=representative,
            ward=ward,
            authority=authority,
            basis=await seal(ward, "representations.basis", row, basis),
            valid_from=valid[0],
            valid_to=valid[1],
            source=source,
        )
    )


async def wards_of(representative: Id, now: datetime) -> list[Row]:
    """Participants a representative may act for now, as records of kind "participant"."""
    valid = {
        "representative": representative,
        "revoked_at": None,
        "valid_from": {"$lte": now},
        "$or": [{"valid_to": None}, {"valid_to": {"$gt": now}}],
    }
    rows = await collection("representations").find(valid, {"ward": 1}, session=session()).to_list()
    found = collection(NAME).find({"_id": {"$in": [row["ward"] for row in rows]}}, session=session())
    return [dict(row, kind="participant") for row in await found.to_list()]


readable("participant", get)
