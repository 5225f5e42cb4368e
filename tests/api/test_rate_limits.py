"""Limits through running servers: shared by all of them, kept over a restart, ended by the clock."""

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from documents.embedded.folder import free_port
from integrations.development_ca import sign_cms
from tests.api.client import Client, base64_of
from tests.api.portal import Portal
from tests.api.server import LOG, ROOT, Server, answering, copy, running, started, stopped

pytestmark = pytest.mark.large

PER_PERSON, PER_NETWORK = 4, 30
RATES = json.dumps(
    {
        "sign_in_begin_person": {"count": PER_PERSON, "period": 600},
        "sign_in_begin": {"count": PER_NETWORK, "period": 600},
    }
)


@dataclass
class Pair:
    """Two servers on one database and one folder of keys; the second one believes its proxy."""

    first: Portal
    proxied: Portal


@asynccontextmanager
async def two(mongod: str, name: str, folder: Path, **settings: str) -> AsyncIterator[Pair]:
    """Both servers, with little patience."""
    async with AsyncExitStack() as stack:
        portals = []
        for proxy in ("", "127.0.0.1"):
            known = {"RATE_LIMITS": RATES, "FORWARDED_ALLOW_IPS": proxy, "DEMO_DATA": "false"} | settings
            server = await stack.enter_async_context(running(mongod, name, folder, **known))
            http = httpx2.AsyncClient(base_url=server.address, timeout=60)
            portals.append(Portal(server, await stack.enter_async_context(http)))
        yield Pair(*portals)


@asynccontextmanager
async def once_more(server: Server, mongod: str) -> AsyncIterator[Portal]:
    """A process that has just begun, on the data of another one."""
    port = str(free_port())
    known = {"RATE_LIMITS": RATES, "DEMO_DATA": "false", "PORT": port, "DATA_FOLDER": str(server.folder)}
    known |= {"MONGODB_URL": mongod, "DATABASE": server.database.name}
    folder, address = server.folder / "again", f"http://127.0.0.1:{port}"
    again = replace(server, address=address, process=started(folder, known), log=folder / LOG)
    try:
        await answering(again)
        async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
            yield Portal(replace(again, folder=server.folder), http)
    finally:
        await stopped(again)


@pytest.fixture(scope="module")
async def pair(server: Server, mongod: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """Two servers on a copy of the data."""
    name, folder = f"pair_{secrets.token_hex(4)}", tmp_path_factory.mktemp("pair") / "data"
    await copy(server, name, folder)
    async with two(mongod, name, folder) as pair:
        yield pair


@pytest.fixture(autouse=True)
async def _fresh(pair: Pair) -> None:
    """Nobody has tried anything yet."""
    for name in ("rate_limits", "lock_outs", "challenges"):
        await pair.first.database[name].delete_many({})


async def begun(portal: Portal, iin: str, language: str = "en", **headers: str) -> Any:
    """The answer to the beginning of a sign-in."""
    portal.http.headers.update(headers)
    try:
        return await portal.visitor(language).act("signInBegin", identifier=iin, consent=True)
    finally:
        for name in headers:
            del portal.http.headers[name]


async def turn(portal: Portal, seconds: int) -> None:
    """Set the clock of both servers on."""
    answer = await portal.http.post("/dev/clock", json={"seconds": seconds})
    assert answer.status_code == 200, answer.text


async def test_two_servers_share_a_limit(pair: Pair) -> None:
    """R-A8: tries at two servers count together; too many are told when to come again, in each language."""
    iin, other = pair.first.iin(), pair.first.iin()
    for portal in (pair.first, pair.proxied) * (PER_PERSON // 2):
        assert (await begun(portal, iin))["__typename"] == "SignInChallenge"
    for portal in (pair.first, pair.proxied):
        for language in ("kk", "ru", "en"):
            answer = await begun(portal, iin, language)
            assert (answer["__typename"], answer["code"]) == ("RateLimited", "RATE_LIMITED")
            assert 0 < answer["retryAfter"] <= 150
            assert str(answer["retryAfter"]) in answer["message"]
    assert (await begun(pair.first, other))["__typename"] == "SignInChallenge"
    assert await pair.first.database["challenges"].count_documents({}) == PER_PERSON + 1


async def test_parallel_tries_at_two_servers(pair: Pair) -> None:
    """R-A8: of twenty tries at once, ten at each server, exactly as many pass as are allowed."""
    iin = pair.first.iin()
    answers = await asyncio.gather(*(begun(portal, iin) for portal in (pair.first, pair.proxied) * 10))
    assert [one["__typename"] for one in answers].count("SignInChallenge") == PER_PERSON


async def test_a_restart_forgets_nothing_and_the_clock_ends_it(pair: Pair, mongod: str) -> None:
    """R-A8: another process on the same data refuses as well, until the window has passed by the clock."""
    iin, server = pair.first.iin(), pair.first.server
    for _ in range(PER_PERSON):
        await begun(pair.first, iin)
    async with once_more(server, mongod) as later:
        assert (await begun(later, iin))["code"] == "RATE_LIMITED"
        await turn(later, 600 // PER_PERSON)
        assert (await begun(later, iin))["__typename"] == "SignInChallenge"
        assert (await begun(later, iin))["code"] == "RATE_LIMITED"


async def test_garbage_fills_no_database(pair: Pair) -> None:
    """R-A8: one network that tries ever new numbers leaves no more rows than it is allowed tries."""
    answers = await asyncio.gather(*(begun(pair.first, pair.first.iin()) for _ in range(PER_NETWORK * 3)))
    passed = [one["__typename"] for one in answers].count("SignInChallenge")
    assert passed <= PER_NETWORK + 1  # one is refilled while they run
    assert await pair.first.database["challenges"].count_documents({}) == passed
    assert await pair.first.database["rate_limits"].count_documents({}) <= passed + 1


async def test_whose_word_about_an_address_counts(pair: Pair) -> None:
    """R-A8: a forwarding header counts from the proxy that is trusted, and from nobody else."""
    iin = pair.first.iin()
    for last in range(PER_PERSON + 1):
        answer = await begun(pair.proxied, iin, **{"X-Forwarded-For": f"203.0.113.{last}"})
        assert answer["__typename"] == "SignInChallenge"
    codes = [
        (await begun(pair.first, iin, **{"X-Forwarded-For": f"198.51.100.{last}"})).get("code")
        for last in range(PER_PERSON + 1)
    ]
    assert codes == [None] * PER_PERSON + ["RATE_LIMITED"]


async def test_addresses_that_were_made_up(pair: Pair) -> None:
    """R-A8: through the proxy only what it added counts: whatever the client wrote before buys no further try."""
    iin = pair.first.iin()
    forged = [f"198.51.100.{last}, 203.0.113.77" for last in range(PER_PERSON)]
    forged += ["rubbish, 203.0.113.77", "2001:db8::1,203.0.113.77"]
    codes = [(await begun(pair.proxied, iin, **{"X-Forwarded-For": one})).get("code") for one in forged]
    assert codes == [None] * PER_PERSON + ["RATE_LIMITED"] * 2
    other = {"Forwarded": "for=198.51.100.1", "X-Real-IP": "198.51.100.1"}
    told = await begun(pair.proxied, iin, **{"X-Forwarded-For": "203.0.113.77"} | other)
    assert told["code"] == "RATE_LIMITED"


async def wrong(portal: Portal, iin: str, **headers: str) -> Any:
    """A challenge answered with somebody else's signature, or the refusal to give one."""
    challenge = await begun(portal, iin, **headers)
    if challenge["__typename"] != "SignInChallenge":
        return challenge
    stranger = portal.someone().identity
    cms = base64_of(sign_cms(stranger, b"rubbish", when=portal.clock(), key="auth"))
    given = {"challengeId": challenge["challengeId"], "cms": cms}
    portal.http.headers.update(headers)
    try:
        return await portal.visitor().act("signInComplete", **given)
    finally:
        for name in headers:
            del portal.http.headers[name]


async def test_strangers_lock_themselves_out_and_not_their_victim(pair: Pair) -> None:
    """R-A8: five wrong answers lock their network out at every server; the person still gets in from elsewhere."""
    person = await pair.first.person()
    stranger = {"X-Forwarded-For": "203.0.113.66"}
    for _ in range(5):
        await pair.first.database["rate_limits"].delete_many({})  # only the lock-out is looked at here
        answer = await wrong(pair.proxied, person.iin, **stranger)
        assert answer["code"] == "SIGNATURE_OF_OTHER_CONTENT"
    locked = await wrong(pair.proxied, person.iin, **stranger)
    assert (locked["code"], locked["__typename"]) == ("RATE_LIMITED", "RateLimited")
    assert 0 < locked["retryAfter"] <= 60
    signed_in = await pair.first.sign_in(person.iin, person.identity)
    assert isinstance(signed_in, Client)
    await turn(pair.first, 61)
    await pair.first.database["rate_limits"].delete_many({})
    assert (await wrong(pair.proxied, person.iin, **stranger))["code"] == "SIGNATURE_OF_OTHER_CONTENT"
    again = await wrong(pair.proxied, person.iin, **stranger)
    assert again["code"] == "RATE_LIMITED"
    assert 60 < again["retryAfter"] <= 120


async def test_challenges_and_tokens_of_another_portal(pair: Pair) -> None:
    """R-A1: what was made for one address of the portal is good at no other, also on the same database."""
    person = await pair.first.person()
    challenge = await pair.first.challenge(person.iin)
    answer = pair.first.answer(person.identity, challenge)
    refused = await pair.proxied.visitor().act("signInComplete", **answer)
    assert (refused["__typename"], refused["code"]) == ("Refused", "CHALLENGE_GONE")
    done = await pair.first.visitor().done("signInComplete", **answer)
    elsewhere = await Client(pair.proxied.http, done["accessToken"]).send("{ viewer { role } }")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (401, "TOKEN_INVALID")


def keys(portal: Portal, *arguments: str) -> list[str]:
    """The operator's command, as a process of its own."""
    command = [sys.executable, "app.py", "token-keys", *arguments]
    environment = {"DATA_FOLDER": str(portal.server.folder), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return [line.split()[1] for line in done.stdout.splitlines()]


async def published(portal: Portal) -> list[str]:
    """Names of the published keys."""
    return [key["kid"] for key in (await portal.http.get("/.well-known/jwks.json")).json()["keys"]]


async def test_keys_change_under_running_servers(pair: Pair) -> None:
    """R-A8: a rotation is seen without a restart and harms no token; after a theft no old token is good."""
    _, client = await pair.first.participant()
    (old,) = await published(pair.first)
    assert await asyncio.to_thread(keys, pair.first, "rotate") == ["signs", "announced"]
    for portal in (pair.first, pair.proxied):
        assert (await published(portal))[0] == old
        assert len(await published(portal)) == 2
    assert (await client.send("{ viewer { role } }")).status_code == 200
    assert await asyncio.to_thread(keys, pair.first, "rotate", "--compromised") == ["signs"]
    answer = await client.send("{ viewer { role } }")
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_INVALID")
    fresh = await pair.first.visitor().done("signInRefresh", refreshToken=client.signed_in["refreshToken"])
    assert (
        await Client(pair.first.http, fresh["accessToken"]).send("{ viewer { role } }")
    ).status_code == 200
    assert await asyncio.to_thread(keys, pair.first, "list") == ["signs"]
