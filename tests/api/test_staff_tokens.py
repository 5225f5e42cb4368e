"""Staff through OpenID Connect, against a provider that does everything wrong it can (A8)."""

import base64
import hmac
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, KeySet, RSAKey

from integrations.development_clock import DevelopmentClock
from integrations.development_oidc import Answer
from tests.api.provider import (
    SECRET,
    Misbehaving,
    Spoil,
    answering,
    fresh_keys,
    resigned,
    served,
    with_token,
)
from tests.api.server import running
from tests.api.staff import JSON, Browser
from tests.api.staff_stage import Stage, stage, started

__all__ = ["stage", "started"]
FOREVER = 4_000_000_000


def _unsigned(_provider: Misbehaving, answer: Answer) -> Answer:
    """`none` as algorithm."""
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return with_token(answer, f"{header}.{answer.body['id_token'].split('.')[1]}.")


def _with_public_key_as_secret(provider: Misbehaving, answer: Answer) -> Answer:
    """HS256 by the published key."""
    own = provider.keys.keys[0]
    assert isinstance(own, ECKey)
    head = json.dumps({"alg": "HS256", "kid": own.kid}).encode()
    start = f"{base64.urlsafe_b64encode(head).decode().rstrip('=')}.{answer.body['id_token'].split('.')[1]}"
    mark = hmac.digest(own.as_pem(private=False), start.encode(), "sha256")
    return with_token(answer, f"{start}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}")


def _tampered(_provider: Misbehaving, answer: Answer) -> Answer:
    """Other claims under the same signature."""
    head, payload, mark = answer.body["id_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"komek_role": "administrator"}
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return with_token(answer, f"{head}.{changed}.{mark}")


def _embedded(provider: Misbehaving, answer: Answer) -> Answer:
    """Its own key in the header."""
    own = ECKey.generate_key("P-256")
    return resigned({"jwk": own.as_dict(private=False)}, own)(provider, answer)


def _another_access_token(_provider: Misbehaving, answer: Answer) -> Answer:
    """An access token that the ID token's hash does not fit."""
    return replace(answer, body=answer.body | {"access_token": "another"})


SPOILT: dict[str, Spoil] = {
    "another nonce": resigned(nonce="x" * 43),
    "no nonce": resigned(nonce=None),
    "another issuer": resigned(iss="https://evil.example"),
    "no issuer": resigned(iss=None),
    "another audience": resigned(aud="somebody-else"),
    "no audience": resigned(aud=None),
    "several audiences without a party": resigned(aud=["komek", "somebody-else"]),
    "another authorised party": resigned(azp="somebody-else"),
    "several audiences, another party": resigned(aud=["komek", "other"], azp="other"),
    "expired": resigned(iat=1, exp=2),
    "no end": resigned(exp=None),
    "an end in words": resigned(exp=str(FOREVER)),
    "issued in the future": resigned(iat=FOREVER, exp=FOREVER + 60),
    "no time of issue": resigned(iat=None),
    "not yet": resigned(nbf=FOREVER),
    "nobody": resigned(sub=None),
    "an empty subject": resigned(sub=""),
    "a subject that is no text": resigned(sub=7),
    "a hash of another access token": _another_access_token,
    "a hash that is no text": resigned(at_hash=7),
    "another key under the published id": resigned(key=ECKey.generate_key("P-256")),
    "a key that is not published": resigned({"kid": "nobody"}, ECKey.generate_key("P-256")),
    "no key id": resigned({"kid": ""}),
    "another algorithm": resigned({"alg": "RS256"}, RSAKey.generate_key(2048)),
    "an embedded key": _embedded,
    "no signature": _unsigned,
    "a secret made of the public key": _with_public_key_as_secret,
    "changed claims": _tampered,
    "no ID token": lambda _provider, answer: with_token(answer, None),
    "an ID token that is no text": lambda _provider, answer: with_token(answer, {"sub": "astana"}),
    "not a token": lambda _provider, answer: with_token(answer, "not.a.token"),
    "a very long token": lambda _provider, answer: with_token(answer, "x" * 300_000),
}


@pytest.mark.parametrize("spoilt", SPOILT)
async def test_an_id_token_that_is_not_right(stage: Stage, spoilt: str) -> None:
    """R-A8: an ID token with anything wrong about it signs nobody in, and changes nothing."""
    before = await stage.kept()
    stage.provider.spoil = SPOILT[spoilt]
    assert await stage.tried() == (409, "STAFF_TOKEN_INVALID")
    assert await stage.kept() == before


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (answering(400, {"error": "invalid_grant"}), (409, "STAFF_PROVIDER_REFUSED")),
        (
            answering(401, {"error": "invalid_client", "error_description": "«»"}),
            (409, "STAFF_PROVIDER_REFUSED"),
        ),
        (answering(500, {"error": "server_error"}), (503, "STAFF_PROVIDER_UNAVAILABLE")),
        (answering(200, "<html>"), (503, "STAFF_PROVIDER_UNAVAILABLE")),
        (
            answering(200, '["a list"]', **{"Content-Type": "application/json"}),
            (503, "STAFF_PROVIDER_UNAVAILABLE"),
        ),
        (
            answering(200, "[" * 100_000, **{"Content-Type": "application/json"}),
            (503, "STAFF_PROVIDER_UNAVAILABLE"),
        ),
        (answering(302, "", Location="http://127.0.0.1:9/"), (503, "STAFF_PROVIDER_UNAVAILABLE")),
    ],
)
async def test_a_provider_that_gives_no_tokens(stage: Stage, spoil: Spoil, refusal: tuple[int, str]) -> None:
    """R-A8: whatever the token endpoint says instead of tokens signs nobody in, and changes nothing."""
    before = await stage.kept()
    stage.provider.spoil = spoil
    assert await stage.tried() == refusal
    assert await stage.kept() == before


async def test_keys_that_are_rotated(stage: Stage) -> None:
    """R-A8: a new key counts once it is published; an unknown one makes us look once a minute, not more."""
    await stage.signed_in()
    asked = stage.provider.asked["keys"]
    own, stage.provider.keys = stage.provider.keys, fresh_keys()
    stage.pass_time(seconds=61)
    await stage.signed_in()
    assert stage.provider.asked["keys"] == asked + 1
    stage.provider.published = KeySet(own.keys).as_dict(private=False)
    stage.provider.keys = fresh_keys()
    for _ in range(3):
        assert await stage.tried() == (409, "STAFF_TOKEN_INVALID")
    assert stage.provider.asked["keys"] == asked + 1


@pytest.mark.parametrize(
    "published", [{}, {"keys": []}, {"keys": "none"}, {"keys": [{"kty": "EC"}]}, {"keys": [1]}]
)
async def test_keys_that_are_none(stage: Stage, published: dict[str, Any]) -> None:
    """R-A8: a provider that publishes no keys can't be believed: nobody is signed in meanwhile."""
    stage.pass_time(minutes=6)
    stage.provider.published = published
    before = await stage.kept()
    assert await stage.tried() == (503, "STAFF_PROVIDER_UNAVAILABLE")
    assert await stage.kept() == before


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"authorization_endpoint": ["x"]},
    ],
)
async def test_a_description_that_is_not_ours(stage: Stage, described: dict[str, Any]) -> None:
    """R-A8: a provider that describes itself as another, or not wholly, is not gone to."""
    stage.pass_time(hours=2)
    stage.provider.described = described
    asked = {"return": "/", "challenge": Browser(stage.http).challenge}
    answer = await stage.http.get("/staff/sign-in", params=asked, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (503, "STAFF_PROVIDER_UNAVAILABLE")
    stage.provider.behave()
    await stage.signed_in()


async def test_a_provider_that_is_down(mongod: str, tmp_path: Path) -> None:
    """R-A8: while the provider is away nobody signs in; once it is back everybody does, without a restart."""
    folder = tmp_path / "data"
    clock = DevelopmentClock(folder / "clock")
    async with provided_at_last(clock) as (provider, arrive):
        settings = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_SECRET": SECRET, "DEMO_DATA": "false"}
        async with running(mongod, f"down_{tmp_path.name[-8:]}", folder, **settings) as server:
            provider.called_back_at(f"{server.address}/staff/callback")
            async with httpx2.AsyncClient(base_url=server.address, timeout=30) as http:
                stage = Stage(server, provider, http, clock)
                asked = {"return": "/", "challenge": Browser(http).challenge}
                answer = await http.get("/staff/sign-in", params=asked, headers={"Accept": "text/html"})
                assert (answer.status_code, '<p role="alert">' in answer.text) == (503, True)
                assert await server.database["staff_sign_ins"].count_documents({}) == 0
                async with arrive():
                    await stage.signed_in()


@asynccontextmanager
async def provided_at_last(clock: DevelopmentClock) -> AsyncIterator[tuple[Misbehaving, Any]]:
    """A provider whose address is known, and that answers there only later."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    provider = Misbehaving(f"http://127.0.0.1:{port}/development/oidc", clock)

    @asynccontextmanager
    async def arrive() -> AsyncIterator[None]:
        async with served(provider, socket.create_server(("127.0.0.1", port))):
            yield

    yield provider, arrive
