"""Registering systems, and the keys that they publish themselves (A8)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from joserfc.jwk import ECKey, KeySet

from tests.api.client import Client, key
from tests.api.portal import Portal
from tests.api.systems import fresh_key, published, registered, system, told

SCOPE = "statistics:read"
CLIENTS = "{ systemClients { id clientId name scopes active } }"


async def test_who_may_register_systems(portal: Portal) -> None:
    """R-J3: only an administrator registers, lists or disables systems; whoever else tries changes nothing."""
    before = await portal.database["system_clients"].count_documents({})
    given = {"idempotencyKey": key(), "name": "Басқа жүйе", "scopes": [SCOPE], "jwks": published(fresh_key())}
    document = """mutation($input: SystemClientRegisterInput!) {
    systemClientRegister(input: $input) { __typename ... on Error { code } } }"""
    token = Client(portal.http, await (await system(portal, SCOPE)).token(SCOPE))
    for client in (portal.visitor(), await portal.employee("authorised_body"), token):
        answer = await client.read(document, input=given)
        assert answer["systemClientRegister"]["__typename"] == "AccessDenied"
        assert (await client.errors(CLIENTS))[0]["code"] in {"ACCESS_DENIED", "SIGN_IN_REQUIRED"}
    assert await portal.database["system_clients"].count_documents({}) == before + 1


def _secret(own: ECKey) -> str:
    return json.dumps(KeySet([own]).as_dict(private=True))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "SYSTEM_KEYS_MISSING"),
        ({"jwks": published(fresh_key()), "jwks_uri": "https://keys.example/jwks"}, "SYSTEM_KEYS_MISSING"),
        ({"jwks": "not json"}, "SYSTEM_KEYS_INVALID"),
        ({"jwks": "[" * 30_000}, "SYSTEM_KEYS_INVALID"),
        ({"jwks": "x" * 40_000}, "SYSTEM_KEYS_INVALID"),
        ({"jwks": '{"keys": []}'}, "SYSTEM_KEYS_INVALID"),
        ({"jwks": '{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "1"}]}'}, "SYSTEM_KEYS_INVALID"),
        ({"jwks": '{"keys": [{"kty": "EC", "crv": "P-256"}]}'}, "SYSTEM_KEYS_INVALID"),
        ({"jwks": _secret(fresh_key())}, "SYSTEM_KEYS_INVALID"),
        ({"jwks_uri": "http://keys.example/jwks"}, "SYSTEM_ADDRESS_INVALID"),
        ({"jwks_uri": "ftp://keys.example/jwks"}, "SYSTEM_ADDRESS_INVALID"),
        ({"jwks_uri": "https://user@keys.example/"}, "SYSTEM_ADDRESS_INVALID"),
        ({"jwks_uri": "https://keys.example:port/"}, "SYSTEM_ADDRESS_INVALID"),
    ],
)
async def test_a_registration_that_is_not_right(portal: Portal, given: dict[str, str], code: str) -> None:
    """R-A8: keys come in one way, public and asymmetric, by https; anything else registers nothing."""
    before = await portal.database["system_clients"].count_documents({})
    done = await registered(portal, SCOPE, **given)
    assert (done["__typename"], done["code"]) == ("InvalidInput", code)
    assert await portal.database["system_clients"].count_documents({}) == before


async def test_a_scope_that_nobody_knows(portal: Portal) -> None:
    """R-A8: a system is registered with scopes of the table, and at least one."""
    for scopes in ([], ["everything"], [SCOPE, "everything"]):
        done = await registered(portal, *scopes, jwks=published(fresh_key()))
        assert done["code"] == "SCOPE_UNKNOWN"


@asynccontextmanager
async def keys_at_an_address(current: dict[str, Any]) -> AsyncIterator[str]:
    """A partner's server that publishes keys; `asked` counts how often."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        current["asked"] += 1
        body = current["jwks"].encode()
        head = f"HTTP/1.1 {current['status']} X\r\nContent-Type: application/json\r\nConnection: close\r\n"
        writer.write(
            head.encode() + f"Location: /elsewhere\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"


async def test_a_system_rotates_its_keys_itself(portal: Portal) -> None:
    """R-A8: a new key counts once it is published; the published set is asked at most once a minute."""
    old, new = fresh_key(), fresh_key()
    current: dict[str, Any] = {"jwks": published(old), "asked": 0, "status": 200}
    async with keys_at_an_address(current) as address:
        client = await system(portal, SCOPE, jwks_uri=address)
        client.key = old
        for _ in range(3):
            assert (await client.ask(SCOPE)).status_code == 200
        assert current["asked"] == 1
        current["jwks"] = published(new)
        for _ in range(3):
            client.key = new
            assert await told(await client.ask(SCOPE)) == (401, "invalid_client")
        assert current["asked"] == 1, "nobody can make us ask more often than once a minute"


@pytest.mark.parametrize(
    ("status", "jwks"), [(302, "{}"), (500, "{}"), (200, "not json"), (200, '{"keys": 5}')]
)
async def test_keys_that_cannot_be_had(portal: Portal, status: int, jwks: str) -> None:
    """R-A8: without the published keys nobody gets a token, and redirections are not followed."""
    current: dict[str, Any] = {"jwks": jwks, "asked": 0, "status": status}
    async with keys_at_an_address(current) as address:
        client = await system(portal, SCOPE, jwks_uri=address)
        assert await told(await client.ask(SCOPE)) == (401, "invalid_client")
        assert current["asked"] == 1
