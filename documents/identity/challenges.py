"""Challenges: bytes that somebody is about to sign, good for one answer to what they were made for."""

from datetime import datetime, timedelta
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, insert, session
from documents.encryption import PORTAL, Sealed, reveal_bytes, seal

CHALLENGE_LIFETIME = timedelta(minutes=5)
SIGN_IN = "sign in"
"""The purpose of all challenges so far."""


class Challenge(Record):
    """What is to be signed and for whom; it names the person, so it is sealed.

    `purpose` and `audience` (the portal's address) stand in the content as well: whoever answers elsewhere,
    or for another purpose, finds no challenge at all.
    """

    purpose: str
    audience: str
    content: Sealed
    identifier: Sealed
    consent: bool
    expires_at: datetime

    class Settings(Record.Settings):
        """Found by expiry, for housekeeping."""

        name = "challenges"
        audited: ClassVar = False  # waits for an answer; the sign-in is the act
        indexes: ClassVar = [IndexModel([("expires_at", 1)])]


async def open_challenge(
    row: Id, content: bytes, identifier: str, *, consent: bool, now: datetime, audience: str
) -> Row:
    """Keep a challenge until it is answered or expires."""
    challenge = Challenge(
        _id=row,
        purpose=SIGN_IN,
        audience=audience,
        content=await seal(PORTAL, "challenges.content", row, content),
        identifier=await seal(PORTAL, "challenges.identifier", row, identifier),
        consent=consent,
        expires_at=now + CHALLENGE_LIFETIME,
    )
    return await insert(challenge)


async def consume_challenge(
    row: Id, now: datetime, *, audience: str, purpose: str = SIGN_IN
) -> tuple[bytes, str, bool] | None:
    """Take a challenge away, atomically: its content, identifier, consent.

    None when it is gone, expired, or was made by another portal or for another purpose: those stay.
    """
    wanted = {"_id": row, "purpose": purpose, "audience": audience}
    found = await collection("challenges").find_one_and_delete(wanted, session=session())
    if found is None or found["expires_at"] <= now:
        return None
    content = await reveal_bytes("challenges.content", row, found["content"])
    identifier = await reveal_bytes("challenges.identifier", row, found["identifier"])
    return content, identifier.decode(), found["consent"]
