"""Codes that confirm a telephone or an e-mail address (requirement A5): kept as keyed digests only."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, in_transaction, insert, new_id, session
from documents.encryption import Blind, Sealed, blind, met, reveal, seal
from domain.participants import CODE_LASTS, CODE_TRIES, Contact

NAME = "contact_codes"
LABEL = "contact code"


class ContactCode(Record):
    """One code under way: whose, for which new value, and how often it was tried."""

    participant: Id
    contact: Contact
    value: Sealed
    digest: Blind
    tries: int = 0
    expires_at: datetime

    class Settings(Record.Settings):
        """One a participant and kind; found by expiry for housekeeping."""

        name = NAME
        audited: ClassVar = False  # waits for an answer; asking and confirming are the acts
        indexes: ClassVar = [
            IndexModel([("participant", 1), ("contact", 1)], unique=True),
            IndexModel([("expires_at", 1)]),
        ]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try came to: the code's row, the value it confirms if it is right, and the tries left."""

    row: Id
    value: str | None
    left: int


async def open_code(participant: Id, contact: Contact, value: str, code: str, now: datetime) -> Id:
    """Keep the digest of a new code; whatever code was under way for this contact is good no more."""
    row = new_id()
    await collection(NAME).delete_many(
        {"participant": participant, "contact": contact.value}, session=session()
    )
    await insert(
        ContactCode(
            _id=row,
            participant=participant,
            contact=contact,
            value=await seal(participant, f"{NAME}.value", row, value),
            digest=blind(LABEL, _said(row, participant, contact, value, code)),
            expires_at=now + CODE_LASTS,
        )
    )
    return row


def _said(row: Id, participant: Id, contact: Contact, value: str, code: str) -> str:
    """Everything that a code is bound to."""
    return f"{row}|{participant}|{contact}|{value}|{code}"


async def pending(participant: Id, contact: Contact, now: datetime) -> Row | None:
    """The code under way, if it can still be tried."""
    return await collection(NAME).find_one(_good(participant, contact, now), session=session())


def _good(participant: Id, contact: Contact, now: datetime) -> Row:
    return {
        "participant": participant,
        "contact": contact.value,
        "expires_at": {"$gt": now},
        "tries": {"$lt": CODE_TRIES},
    }


async def attempt(participant: Id, contact: Contact, code: str, now: datetime) -> Tried | None:
    """Count a try and compare; None when no code is under way.

    Counted first and for good, never in the transaction of the act: a refusal would roll the count back, and
    then nothing would limit the tries.
    """

    async def counted() -> Row | None:
        found: Row | None = await collection(NAME).find_one_and_update(
            _good(participant, contact, now),
            {"$inc": {"tries": 1}},
            return_document=ReturnDocument.AFTER,
            session=session(),
        )
        return found

    found = await in_transaction(counted)
    if found is None:
        return None
    value = await reveal(f"{NAME}.value", found["_id"], found["value"])
    expected = await met(LABEL, _said(found["_id"], participant, contact, value, code))
    right = [hmac.compare_digest(bytes(found["digest"]), bytes(one)) for one in expected["$in"]]
    return Tried(found["_id"], value if any(right) else None, CODE_TRIES - found["tries"])


async def consume(row: Id) -> bool:
    """Take the code away inside the transaction under way; False when somebody else was first."""
    taken = await collection(NAME).delete_one({"_id": row}, session=session())
    return taken.deleted_count == 1
