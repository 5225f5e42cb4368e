"""Signed messages of partners, each kept once with its original (requirements A4, C2)."""

from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, insert, new_id, session
from documents.encryption import Blind, Sealed, blind, met, reveal_bytes, same, seal

NAME = "messages"
_PLACE = "messages.original"
_MESSAGE, _CONTENT = "partner message id", "partner message"


class PartnerMessage(Record):
    """One message taken in: its sealed original and its outcome.

    Its identifier, which a partner may make of an IIN, and its content, which can be guessed, are digests
    with a key.
    """

    partner: str
    message: Blind
    digest: Blind
    original: Sealed
    subject: Id
    outcome: str
    received_at: datetime

    class Settings(Record.Settings):
        """A partner never uses an identifier twice."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("partner", 1), ("message", 1)], unique=True),
            IndexModel([("subject", 1)]),
        ]


async def find(partner: str, message_id: str) -> Row | None:
    """The message, if it came before."""
    query = {"partner": {"$eq": partner}, "message": await met(_MESSAGE, f"{partner}:{message_id}")}
    return await collection(NAME).find_one(query, session=session())


async def keep(
    *,
    partner: str,
    message_id: str,
    content: bytes,
    original: bytes,
    person: Id,
    subject: Id,
    outcome: str,
    at: datetime,
) -> None:
    """Store a message with its signed original; DuplicateKeyError when it was taken in meanwhile."""
    row = new_id()
    message = PartnerMessage(
        _id=row,
        partner=partner,
        message=blind(_MESSAGE, f"{partner}:{message_id}"),
        digest=blind(_CONTENT, content.hex()),
        original=await seal(person, _PLACE, row, original),
        subject=subject,
        outcome=outcome,
        received_at=at,
    )
    await insert(message)


async def has_content(row: Row, content: bytes) -> bool:
    """Whether a stored message had this content."""
    return await same(_CONTENT, content.hex(), row["digest"])


async def original_of(row: Row) -> bytes:
    """The signed original as it arrived."""
    return await reveal_bytes(_PLACE, row["_id"], row["original"])
