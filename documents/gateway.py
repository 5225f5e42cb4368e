"""The signed originals of state bodies: kept as they came, once a message."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, collection, insert, session
from documents.encryption import Blind, Sealed, blind, met, reveal_bytes, same, seal

NAME = "gateway_records"
_MESSAGE, _CONTENT = "gateway message", "gateway"


class GatewayRecord(Record):
    """A record as a state body signed it; what was read from it is in other collections.

    `message` is a blind index of the message's id: a sender may well have made it of somebody's IIN.
    `concerns` are the people and suppliers that it names: the original is sealed under the key of the only
    one, or under its own where there are two, and leaves with the first of them who is erased.
    """

    message: Blind
    digest: Blind
    original: Sealed
    concerns: list[Id]
    received_at: datetime

    class Settings(Record.Settings):
        """One row a message; found by whom it names."""

        name = NAME
        indexes: ClassVar = [IndexModel([("message", 1)], unique=True), IndexModel([("concerns", 1)])]


async def known(message_id: str, content: bytes) -> Id | None:
    """The row of a message that came before, if it did; ValueError when its content was another."""
    query = {"message": await met(_MESSAGE, message_id)}
    row = await collection(NAME).find_one(query, session=session())
    if row is None:
        return None
    if not await same(_CONTENT, content.hex(), row["digest"]):
        raise ValueError("another content came under this message id before")
    return Id(row["_id"])


async def keep(
    row: Id, message_id: str, signed: tuple[bytes, bytes], concerns: Sequence[Id], now: datetime
) -> None:
    """Keep a signed original (content, CMS) under the identifier `row`, inside the transaction under way."""
    content, cms = signed
    owner = concerns[0] if len(concerns) == 1 else row
    await insert(
        GatewayRecord(
            _id=row,
            message=blind(_MESSAGE, message_id),
            digest=blind(_CONTENT, content.hex()),
            original=await seal(owner, f"{NAME}.original", row, cms),
            concerns=list(concerns),
            received_at=now,
        )
    )


async def original_of(record: Id) -> bytes | None:
    """The signed original as it arrived; None when there is none any more."""
    row = await collection(NAME).find_one({"_id": record}, session=session())
    return None if row is None else await reveal_bytes(f"{NAME}.original", record, row["original"])
