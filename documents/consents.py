"""Consents to be registered: the very words that were signed, the signature, and when (requirement A3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, insert, new_id, session
from documents.encryption import Sealed, reveal_bytes, seal
from domain.texts import Language

NAME = "consents"


class Consent(Record):
    """One consent, under the key of whoever it registers: erasure takes it along.

    `version` is that of the text in reference data; `content` are the bytes of the challenge, text included.
    """

    subject_kind: str
    subject: Id
    version: int
    language: Language
    challenge: Id
    content: Sealed
    cms: Sealed
    given_at: datetime

    class Settings(Record.Settings):
        """Found by whoever it registers."""

        name = NAME
        indexes: ClassVar = [IndexModel([("subject", 1)])]


@dataclass(frozen=True, slots=True)
class SignedChallenge:
    """A challenge as it was signed: its identifier, its exact bytes, the signature that was verified."""

    id: Id
    content: bytes
    cms: bytes


async def keep(
    subject: tuple[str, Id], signed: SignedChallenge, version: int, language: Language, now: datetime
) -> Id:
    """Write a consent inside the transaction that registers; its identifier."""
    row, (kind, owner) = new_id(), subject
    await insert(
        Consent(
            _id=row,
            subject_kind=kind,
            subject=owner,
            version=version,
            language=language,
            challenge=signed.id,
            content=await seal(owner, f"{NAME}.content", row, signed.content),
            cms=await seal(owner, f"{NAME}.cms", row, signed.cms),
            given_at=now,
        )
    )
    return row


async def of(subject: Id) -> list[Row]:
    """The consents of a person or supplier, the newest first."""
    cursor = collection(NAME).find({"subject": subject}, session=session())
    return await cursor.sort("given_at", -1).to_list()


async def opened(row: Row) -> SignedChallenge:
    """What was signed, in clear; ValueError when it was changed."""
    content, cms = [
        await reveal_bytes(f"{NAME}.{part}", row["_id"], row[part]) for part in ("content", "cms")
    ]
    return SignedChallenge(row["challenge"], content, cms)
