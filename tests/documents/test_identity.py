"""Challenges and sessions."""

from datetime import UTC, datetime, timedelta

from documents import identity
from documents.base import collection, new_id
from documents.identity import CHALLENGE_LIFETIME, SESSION_LIFETIME, Capacity
from domain.identity import Role

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


async def test_a_challenge_is_taken_once(database: object) -> None:
    """R-A1: a challenge gives its content, identifier and consent once, and stands under seal until then."""
    assert database is not None
    row = new_id()
    await identity.open_challenge(row, b"sign me", "860615300123", consent=True, now=NOW)
    assert "sign me" not in str(await collection("challenges").find_one({"_id": row}))
    assert await identity.consume_challenge(row, LATER) == (b"sign me", "860615300123", True)
    assert await identity.consume_challenge(row, LATER) is None


async def test_a_challenge_that_is_too_old(database: object) -> None:
    """R-A1: an expired challenge is gone with the first attempt."""
    assert database is not None
    row = new_id()
    await identity.open_challenge(row, b"x", "1", consent=False, now=NOW)
    assert await identity.consume_challenge(row, NOW + CHALLENGE_LIFETIME) is None
    assert await identity.consume_challenge(row, NOW) is None


async def test_a_session_rotates_chooses_and_ends(database: object) -> None:
    """R-A8: a refresh token is exchanged once, a capacity chosen while the session lives, nothing after its end."""
    assert database is not None
    capacity = Capacity(role=Role.participant, subject=new_id())
    row = await identity.open_session(b"holder", [capacity, capacity], "first", NOW)
    session = row["_id"]
    assert b"first" not in row["refresh"]
    assert await identity.rotate(session, "wrong", "second", LATER) is None
    assert await identity.rotate(session, "first", "second", LATER)
    assert await identity.rotate(session, "first", "third", LATER) is None
    chosen = await identity.rotate(session, "second", "third", LATER, capacity=1)
    assert chosen is not None
    assert chosen["current"] == 1
    assert await identity.live_session(session, NOW + SESSION_LIFETIME) is None
    await identity.revoke(session, LATER)
    assert await identity.live_session(session, LATER) is None
    assert await identity.rotate(session, "third", "fourth", LATER, capacity=0) is None
    await identity.revoke(session, NOW + SESSION_LIFETIME)
    ended = await collection("sessions").find_one({"_id": session})
    assert ended is not None
    assert ended["revoked_at"] == LATER
