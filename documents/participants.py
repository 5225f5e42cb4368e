"""Participants: people known from the gateway or Е-Собес; a cabinet exists once they registered."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, new_id, session, with_kind
from documents.encryption import Blind, Sealed, blind, met, reveal, reveal_or, seal
from documents.encryption.values import Mark
from documents.nodes import readable
from domain.participants import FieldSource
from domain.texts import Language

NAME = "participants"
OWN = "participant"
"""The source of what the person stated and confirmed, in place of a gateway record."""


class Participant(Record):
    """One person; every personal field is sealed under the person's own key."""

    iin: Sealed
    iin_index: Blind
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
    erased_at: datetime | None = None

    class Settings(Record.Settings):
        """One row a person."""

        name = NAME
        indexes: ClassVar = [IndexModel([("iin_index", 1)], unique=True)]


@dataclass(frozen=True, slots=True)
class Phones:
    """Numbers of a person: the one in БМГ, and the one the person confirmed."""

    bmg: str | None
    confirmed: str | None

    @property
    def preferred(self) -> str | None:
        """Where notices go (A5)."""
        return self.confirmed or self.bmg


def iin_index(iin: str) -> Mark:
    """The blind index of an IIN: the same for participants, sessions and staff."""
    return blind("iin", iin)


async def get(participant: Id) -> Row | None:
    """The participant as a record of kind "participant"; its personal fields are sealed."""
    row = await collection(NAME).find_one({"_id": participant}, session=session())
    return with_kind("participant", row)


async def by_iin(iin: str) -> Row | None:
    """The participant with an IIN, if the portal knows one."""
    row = await collection(NAME).find_one({"iin_index": await met("iin", iin)}, session=session())
    return with_kind("participant", row)


async def by_ids(participants: Collection[Id]) -> list[Row]:
    """Those of the people whom the portal knows, as records of kind "participant"."""
    query = {"_id": {"$in": list(participants)}}
    rows = await collection(NAME).find(query, session=session()).to_list()
    return [dict(row, kind="participant") for row in rows]


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


async def fill(participant: Id, fields: Mapping[str, object], source: FieldSource) -> list[str]:
    """Write fields of a gateway record, each sealed and with its source; which of them were written.

    A record is a statement of everything it lists: None says that the person has no such thing. A field of a
    newer record stays as it is, so that one which comes late spoils nothing; of two of the same instant the
    one received later holds. Inside the transaction under way.
    """
    row = await collection(NAME).find_one({"_id": participant}, {"sources": 1}, session=session())
    known = (row or {}).get("sources", {})
    taken = [field for field in fields if field not in known or known[field]["at"] <= source.at]
    changes: Row = {f"sources.{field}": source.model_dump() for field in taken}
    for field in taken:
        changes[field] = await _sealed(participant, field, fields[field])
    changes |= _derived({field: fields[field] for field in taken})
    if changes:
        await collection(NAME).update_one({"_id": participant}, {"$set": changes}, session=session())
    return taken


async def _sealed(participant: Id, field: str, value: object) -> Sealed | None:
    if value is None:
        return None
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return await seal(participant, f"participants.{field}", participant, plain)


def _derived(written: Mapping[str, object]) -> Row:
    """What is asked for without opening anything: whether БМГ has a number, and the region of the address.

    Who has no address any more still belongs to the executive body that knows the person.
    """
    found: Row = {"has_bmg_phone": written["bmg_phone"] is not None} if "bmg_phone" in written else {}
    address = written.get("address")
    if isinstance(address, Mapping):
        found["region"] = address["region"]
    return found


async def confirm(participant: Id, field: str, value: str, now: datetime) -> Row:
    """Write a telephone or e-mail that the person confirmed, beside what the gateway says (p. 6)."""
    source = FieldSource(record=OWN, body=None, at=now, received_at=now)
    changes = {
        field: await _sealed(participant, field, value),
        f"sources.{field}": source.model_dump(),
    }
    row = await collection(NAME).find_one_and_update(
        {"_id": participant},
        {"$set": changes},
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return {**(row or {}), "kind": "participant"}


async def register(participant: Id, now: datetime, language: Language) -> bool:
    """Open the cabinet with the person's consent; False when it was open already."""
    done = await collection(NAME).update_one(
        {"_id": participant, "registered_at": None},
        {"$set": {"registered_at": now, "consent_at": now, "language": str(language)}},
        session=session(),
    )
    return done.modified_count == 1


async def revealed(row: Row, field: str) -> Any:
    """One personal field in clear: text, or the object that was stored; None when absent or erased."""
    sealed = row.get(field)
    if sealed is None:
        return None
    plain = await reveal_or("", f"participants.{field}", row["_id"], sealed)
    if not plain:
        return None
    return json.loads(plain) if plain[:1] in "{[" else plain


async def full_name(row: Row) -> str:
    """Surname, name and patronymic in one line; empty for somebody known by a number only."""
    name = await revealed(row, "name") or {}
    parts = (name.get(part) for part in ("surname", "given", "patronymic"))
    return " ".join(part for part in parts if part)


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


readable("participant", get)
