"""The signed originals of state bodies: kept as they came, once a message."""

from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, collection, insert, new_id, session
from documents.encryption import Sealed, blind, seal


class GatewayRecord(Record):
    """A record as a state body signed it; what was read from it is in other collections.

    `message` is a blind index of the message's id: a sender may well have made it of somebody's IIN.
    """

    message: bytes
    digest: bytes
    original: Sealed
    received_at: datetime

    class Settings(Record.Settings):
        """One row a message."""

        name = "gateway_records"
        indexes: ClassVar = [IndexModel([("message", 1)], unique=True)]


async def keep_gateway_record(message_id: str, content: bytes, cms: bytes, now: datetime) -> tuple[Id, bool]:
    """Keep a signed original once a message id: its row, and whether it is new; ValueError if it differs."""
    mark, message = blind("gateway", content.hex()), blind("gateway message", message_id)
    known = await collection("gateway_records").find_one({"message": message}, session=session())
    if known is not None:
        if known["digest"] != mark:
            raise ValueError("another content came under this message id before")
        return known["_id"], False
    row = new_id()
    sealed = await seal(row, "gateway_records.original", row, cms)
    await insert(GatewayRecord(_id=row, message=message, digest=mark, original=sealed, received_at=now))
    return row, True
