from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from documents.base import collection
from domain.identifiers import synthetic_bin, synthetic_iin
from domain.rate_limits import Limits, Rate, RateRule
from integrations.signatures import LocalX509Verifier, RevocationLists
from tests.resolvers.measures.conftest import IIN, REGISTERED, World, authority, everything, world
from web.partners import partner_routes

__all__ = ["authority", "world"]

SIGNED = {"Content-Type": "application/pkcs7-mime"}
DOOR = "/partners/esobes"


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """A partner before the portal's doors."""
    app = Starlette(routes=partner_routes(lambda _request: world.context()))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def test_a_message_is_answered_the_same_each_time(
    world: World,
    client: httpx2.AsyncClient,
) -> None:
    """R-C2: accepted; then a duplicate with the same outcome; ignored when overtaken."""
    old = world.signed(world.message(revision=1))
    cms = world.signed(world.message(revision=2))
    answers = [(await client.post(DOOR, content=body, headers=SIGNED)).json() for body in (cms, cms, old)]
    assert answers == [
        {"messageId": "message-2", "outcome": "accepted", "duplicate": False},
        {"messageId": "message-2", "outcome": "accepted", "duplicate": True},
        {"messageId": "message-1", "outcome": "ignored", "duplicate": False},
    ]


async def test_refusals_are_problems(world: World, client: httpx2.AsyncClient) -> None:
    """R-K: each refusal has its status, code, path and message, and leaves nothing behind."""
    await world.say(world.message())
    stranger = world.authority.information_system(
        "stranger", bin_=synthetic_bin(REGISTERED, serial=9), organisation="Чужая система"
    )
    reused = world.message(revision=2) | {"message_id": "message-1"}
    broken = world.signed(world.message())
    cases: list[tuple[bytes, dict[str, str], int, str]] = [
        (b"no signature", SIGNED, 400, "SIGNATURE_UNREADABLE"),
        (broken[:-1] + bytes([broken[-1] ^ 1]), SIGNED, 401, "SIGNATURE_INVALID"),
        (world.signed(world.message(), stranger), SIGNED, 403, "PARTNER_UNKNOWN"),
        (world.signed(world.message(quantity=0)), SIGNED, 400, "MESSAGE_FIELD"),
        (world.signed(reused), SIGNED, 409, "MESSAGE_ID_REUSED"),
        (b"0" * 10_000_000, SIGNED, 413, "REQUEST_TOO_LARGE"),
        (world.signed(world.message()), {"Content-Type": "application/json"}, 415, "NOT_SIGNED_MESSAGE"),
    ]
    before = await everything()
    for body, headers, status, code in cases:
        answer = await client.post(DOOR, content=body, headers=headers)
        problem: dict[str, Any] = answer.json()
        assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status)
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["message"] not in {"", code}
        assert isinstance(problem["path"], list)
    assert await everything() == before


async def test_a_check_that_is_not_possible_now(world: World, client: httpx2.AsyncClient) -> None:
    """R-A2: while revocation is unknown no message is taken, and the partner is told to come again."""
    cms = world.signed(world.message())
    known = world.services
    world.services = replace(known, signatures=LocalX509Verifier([world.authority.root], RevocationLists([])))
    before = await everything()
    for door in (DOOR, "/partners/gateway"):
        answer = await client.post(door, content=cms, headers=SIGNED)
        told = (answer.status_code, answer.json()["code"], answer.headers["retry-after"])
        assert told == (503, "REVOCATION_UNKNOWN", "60")
    assert await everything() == before
    world.services = known
    assert (await client.post(DOOR, content=cms, headers=SIGNED)).status_code == 200


async def test_messages_without_end(world: World, client: httpx2.AsyncClient) -> None:
    """R-K: a network that sends more than any partner is told when to come again, before anything is verified."""
    few = Limits({RateRule.partner_message: Rate(2, timedelta(minutes=1))})
    world.services = replace(world.services, limits=few)
    answers = [await client.post(DOOR, content=b"rubbish", headers=SIGNED) for _ in range(3)]
    assert [one.status_code for one in answers] == [400, 400, 429]
    assert (answers[2].json()["code"], answers[2].headers["retry-after"]) == ("RATE_LIMITED", "30")
    cms = world.signed(world.message())
    before = await collection("participants").count_documents({})
    assert (await client.post("/partners/gateway", content=cms, headers=SIGNED)).status_code == 429
    assert await collection("participants").count_documents({}) == before
    world.now += timedelta(seconds=31)
    assert (await client.post(DOOR, content=world.signed(world.message()), headers=SIGNED)).status_code == 200


async def test_the_gateway_hears_state_bodies_only(world: World, client: httpx2.AsyncClient) -> None:
    """R-A4: Е-Собес is no state body of the gateway: its signature opens only its own door."""
    answer = await client.post("/partners/gateway", content=world.signed(world.message()), headers=SIGNED)
    assert answer.status_code == 403


async def test_a_record_of_a_state_body_is_taken_once(world: World, client: httpx2.AsyncClient) -> None:
    """R-A4: a signed record arrives through its own door; repeated it is a duplicate."""
    world.services = replace(world.services, state_body_bins=world.services.esobes_bins)
    authority_record = {
        "representative": IIN,
        "ward": synthetic_iin(REGISTERED, male=False, serial=4),
        "authority": "guardian",
        "basis": "Постановление № 1",
        "valid_from": world.now.isoformat(),
    }
    record = {
        "message_id": "record-0001",
        "type": "authority",
        "issued_at": world.now.isoformat(),
        "authority": authority_record,
    }
    answers = [
        (await client.post("/partners/gateway", content=world.signed(record), headers=SIGNED)).json()
        for _ in range(2)
    ]
    assert answers == [
        {"messageId": "record-0001", "outcome": "accepted", "duplicate": False},
        {"messageId": "record-0001", "outcome": "accepted", "duplicate": True},
    ]
