"""Challenges that are taken once, and sessions that are renewed, recognised and ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents import identity
from documents.base import Id, Row, collection, new_id
from documents.identity import CHALLENGE_LIFETIME, Caller, Capacity, Origin, Use, Used
from documents.nodes import load
from domain.identity import Role
from domain.sessions import GRACE, IDLE, LASTS

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
HERE = "https://portal.test"
HOME, CAFE = Caller("203.0.113.7", "Firefox/140"), Caller("198.51.100.1", "Firefox/140")
ORIGIN = Origin("860615300123", "860615300123", None, ("a", "b"), "00ff11")

pytestmark = pytest.mark.usefixtures("database")


async def challenge(**other: Any) -> Id:
    """A challenge under way."""
    row = new_id()
    given: dict[str, Any] = {"consent": True, "now": NOW, "audience": HERE} | other
    await identity.open_challenge(row, b"sign me", "860615300123", **given)
    return row


async def opened(*roles: Role, caller: Caller = HOME, holder: bytes = b"holder") -> Row:
    """A session of one capacity a role."""
    capacities = [Capacity(role=role, subject=new_id()) for role in roles or (Role.participant,)]
    return await identity.open_session(holder, capacities, "first", NOW, origin=ORIGIN, caller=caller)


def used(row: Row, current: int = 0) -> Used:
    """The capacities as they were."""
    return Used([Capacity(**one) for one in row["capacities"]], current)


async def test_a_challenge_is_taken_once() -> None:
    """R-A1: a challenge gives its content, identifier and consent once, and stands under seal until then."""
    row = await challenge()
    stored = str(await collection("challenges").find_one({"_id": row}))
    assert "sign me" not in stored
    assert "860615300123" not in stored
    assert await identity.consume_challenge(row, LATER, audience=HERE) == (b"sign me", "860615300123", True)
    assert await identity.consume_challenge(row, LATER, audience=HERE) is None


async def test_a_challenge_that_is_too_old() -> None:
    """R-A1: an expired challenge is gone with the first attempt."""
    row = await challenge()
    assert await identity.consume_challenge(row, NOW + CHALLENGE_LIFETIME, audience=HERE) is None
    assert await identity.consume_challenge(row, NOW, audience=HERE) is None


async def test_a_challenge_of_another_portal_or_purpose() -> None:
    """R-A1: a challenge is found for the audience and purpose it was made for, and is not spent by others."""
    row = await challenge()
    assert await identity.consume_challenge(row, LATER, audience="https://other.test") is None
    assert await identity.consume_challenge(row, LATER, audience=HERE, purpose="order") is None
    assert await identity.consume_challenge(row, LATER, audience=HERE) is not None


async def test_a_session_is_renewed_and_ends() -> None:
    """R-A8: a refresh token is exchanged once, while the session lives, and no digest gives it away."""
    row = await opened(Role.participant, Role.supplier)
    assert b"first" not in row["refresh"]
    assert await identity.renewable(row["_id"], "wrong", LATER) is None
    assert await identity.renewable(row["_id"], "first", LATER) is not None
    assert await identity.rotate(row, "wrong", "second", LATER, used(row)) is None
    chosen = await identity.rotate(row, "first", "second", LATER, used(row, 1))
    assert chosen is not None
    assert (chosen["current"], chosen["used_at"]) == (1, LATER)
    assert await identity.rotate(row, "first", "third", LATER, used(row)) is None
    assert await identity.revoke(row["_id"], LATER)
    assert await identity.live_session(row["_id"], LATER) is None
    assert await identity.live_sessions([row["_id"]], LATER) == {}
    assert await identity.rotate(row, "second", "third", LATER, used(row)) is None
    assert not await identity.revoke(row["_id"], LATER + IDLE)
    ended = await identity.current_session(row["_id"])
    assert ended is not None
    assert ended["revoked_at"] == LATER


async def test_a_session_that_nobody_uses_ends() -> None:
    """R-A8: a session ends when nobody renews it, and at its last instant however often it was renewed."""
    row = await opened()
    assert await identity.live_session(row["_id"], NOW + IDLE - GRACE) is not None
    assert await identity.live_session(row["_id"], NOW + IDLE) is None
    token, now = "first", NOW
    while now + IDLE < NOW + LASTS:
        now += IDLE - GRACE
        fresh = f"{token}+"
        renewed = await identity.rotate(row, token, fresh, now, used(row))
        assert renewed is not None
        assert renewed["expires_at"] == min(now + IDLE, NOW + LASTS)
        token = fresh
    assert await identity.renewable(row["_id"], token, NOW + LASTS) is None


async def test_what_a_token_that_is_not_good_means() -> None:
    """R-A8: a spent token is told from one that never was, and a moment's double use from a theft."""
    row = await opened()
    await identity.rotate(row, "first", "second", LATER, used(row), HOME)
    moment, session = LATER + GRACE / 2, row["_id"]
    assert (await identity.use_of(session, "never", moment, HOME))[0] is Use.unknown
    assert (await identity.use_of(new_id(), "first", moment, HOME))[0] is Use.unknown
    assert (await identity.use_of(session, "first", moment, HOME))[0] is Use.repeated
    assert (await identity.use_of(session, "first", moment, CAFE))[0] is Use.reused
    assert (await identity.use_of(session, "first", LATER + GRACE, HOME))[0] is Use.reused
    await identity.rotate(row, "second", "third", LATER, used(row), HOME)
    assert (await identity.use_of(session, "first", moment, HOME))[0] is Use.reused
    await identity.revoke(session, LATER)
    assert (await identity.use_of(session, "first", moment, HOME))[0] is Use.unknown


async def test_a_holder_sees_and_ends_own_sessions_only() -> None:
    """R-A8: sessions are listed for their holder, the newest first, and ended by nobody else."""
    first, second, other = await opened(), await opened(caller=CAFE), await opened(holder=b"other")
    listed = await identity.sessions_of([b"holder"], NOW)
    assert {row["_id"] for row in listed} == {first["_id"], second["_id"]}
    assert {(row["device"], row["address"]) for row in listed} == {
        ("Firefox 140", "203.0.113.7"),
        ("Firefox 140", "198.51.100.1"),
    }
    assert not await identity.revoke_own([b"holder"], other["_id"], NOW)
    assert not await identity.revoke_own([b"holder"], first["_id"], NOW + IDLE)
    assert await identity.revoke_own([b"holder"], first["_id"], NOW)
    assert await identity.revoke_others([b"holder"], first["_id"], NOW) == 1
    assert await identity.live_session(other["_id"], NOW) is not None
    assert await identity.sessions_of([b"holder"], NOW) == []


async def test_nothing_of_a_session_stands_in_clear() -> None:
    """R-J1: neither who signed in nor from where is readable in a row."""
    row = await opened()
    stored = await collection("sessions").find_one({"_id": row["_id"]})
    assert stored is not None
    for told in ("860615300123", "203.0.113.7", "Firefox", "00ff11"):
        assert told.encode() not in b"".join(value for value in stored.values() if isinstance(value, bytes))
        assert told not in str(stored)
    assert await identity.origin_of(stored) == ORIGIN


async def test_a_session_is_a_record() -> None:
    """R-K: a repeated mutation finds the session again by its kind."""
    row = await opened()
    found = await load("session", row["_id"])
    assert found is not None
    assert (found["kind"], found["_id"]) == ("session", row["_id"])
