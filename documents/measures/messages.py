"""Signed messages of partners, each kept once with its original (requirements A4, C2)."""

from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, insert, literal, new_id, session
from documents.encryption import Sealed, blind, reveal_bytes, seal

NAME = "messages"
_PLACE = "messages.original"


class PartnerMessage(Record):
    """One message taken in: its keyed digest (content can be guessed), its sealed original, its outcome."""

    partner: str
    message_id: str
    digest: bytes
    original: Sealed
    subject: Id
    outcome: str
    received_at: datetime

    class Settings(Record.Settings):
        """A partner never uses an identifier twice."""

        name = NAME
        indexes: ClassVar = [IndexModel([("partner", 1), ("message_id", 1)], unique=True)]


def digest(content: bytes) -> bytes:
    """A keyed digest of a message's content."""
    return blind("partner message", content.hex())


async def find(partner: str, message_id: str) -> Row | None:
    """The message, if it came before."""
    query = literal({"partner": partner, "message_id": message_id})
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
        message_id=message_id,
        digest=digest(content),
        original=await seal(person, _PLACE, row, original),
        subject=subject,
        outcome=outcome,
        received_at=at,
    )
    await insert(message)


async def original_of(row: Row) -> bytes:
    """The signed original as it arrived."""
    return await reveal_bytes(_PLACE, row["_id"], row["original"])
