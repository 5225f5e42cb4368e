"""Systems by client credentials with a signed assertion: every refusal, and partners' doors (A8)."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from tests.api.client import Client, key
from tests.api.portal import Portal
from tests.api.server import running
from tests.api.systems import System, fresh_key, system, told

SCOPE = "statistics:read"
DISABLE = """mutation($input: SystemClientDisableInput!) { systemClientDisable(input: $input) {
... on SystemClientDisabled { client { active disabledAt } } ... on Error { code } } }"""
CLIENTS = "{ systemClients { id clientId name scopes active } }"


async def issued(portal: Portal) -> int:
    """How many assertions were used up: as many as tokens were given."""
    return await portal.database["used_assertions"].count_documents({})


async def test_a_system_gets_a_token_and_is_known_by_it(portal: Portal) -> None:
    """R-A8: a signed assertion gives a token for ten minutes, with the scopes asked for and no session."""
    client = await system(portal, SCOPE, "catalogue:read")
    before = await issued(portal)
    answer = await client.ask(SCOPE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, SCOPE)
    header, claims = (
        json.loads(base64.urlsafe_b64decode(part + "==")) for part in body["access_token"].split(".")[:2]
    )
    assert header["typ"] == "at+jwt"
    assert (claims["client_id"], claims["sub"], claims["scope"]) == (client.id, client.id, SCOPE)
    assert claims["aud"] == claims["iss"] == portal.server.address
    seen = await Client(portal.http, body["access_token"]).read("{ viewer { role } }")
    assert seen == {"viewer": {"role": "SYSTEM"}}
    assert await issued(portal) == before + 1
    told = {"act": "System.token", "actor": client.id}
    while not (entry := await portal.database["audit"].find_one(told)):
        await asyncio.sleep(0.05)
    assert entry["details"] == {"scopes": SCOPE}
    assert await portal.server.unannounced() == []


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _hs256(client: System) -> str:
    """Signed with the public key as the secret."""
    secret = client.key.as_pem(private=False)
    payload = client.assertion().split(".")[1]
    head = _part({"alg": "HS256", "kid": client.key.kid})
    mark = hmac.digest(secret, f"{head}.{payload}".encode(), "sha256")
    return f"{head}.{payload}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def _unsigned(client: System) -> str:
    """With `none` as algorithm and no signature."""
    payload = client.assertion().split(".")[1]
    header = (
        base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": client.key.kid}).encode())
        .decode()
        .rstrip("=")
    )
    return f"{header}.{payload}."


def _embedded(client: System) -> str:
    """With a key of its own in the header."""
    own = fresh_key()
    return client.assertion({"jwk": own.as_dict(private=False)}, own)


def _tampered(client: System) -> str:
    """Of one assertion the head and signature, of another the content."""
    one, other = client.assertion().split("."), client.assertion(exp=client.now + 200).split(".")
    return ".".join([one[0], other[1], one[2]])


def _half_a_character(client: System) -> str:
    """Properly signed, with a `jti` that JSON can carry and UTF-8 can't."""
    good = jws.extract_compact(client.assertion().encode())
    claims = json.dumps(json.loads(good.payload) | {"jti": "\ud800" * 9})
    return jws.serialize_compact(good.headers(), claims, client.key)


SPOILT: dict[str, Callable[[System], str]] = {
    "another audience": lambda c: c.assertion(aud="https://elsewhere.example/oauth/token"),
    "no audience": lambda c: c.assertion(aud=None),
    "several audiences": lambda c: c.assertion(aud=[f"{c.address}/oauth/token", "https://elsewhere.example"]),
    "another issuer": lambda c: c.assertion(iss="5eed00000000000000000000"),
    "no issuer": lambda c: c.assertion(iss=None),
    "another subject": lambda c: c.assertion(sub="5eed00000000000000000000"),
    "no subject": lambda c: c.assertion(sub=None),
    "a subject that is no text": lambda c: c.assertion(sub=7),
    "expired": lambda c: c.assertion(iat=c.now - 300, exp=c.now - 60),
    "no end": lambda c: c.assertion(exp=None),
    "an end in words": lambda c: c.assertion(exp=str(c.now + 60)),
    "good for an hour": lambda c: c.assertion(exp=c.now + 3_600),
    "not yet": lambda c: c.assertion(nbf=c.now + 300),
    "issued in the future": lambda c: c.assertion(iat=c.now + 300),
    "no jti": lambda c: c.assertion(jti=None),
    "a short jti": lambda c: c.assertion(jti="1"),
    "a long jti": lambda c: c.assertion(jti="1" * 500),
    "a jti that is no text": lambda c: c.assertion(jti=12345678),
    "a jti of half a character": _half_a_character,
    "another key under the known id": lambda c: c.assertion(key=fresh_key()),
    "an unknown key": lambda c: c.assertion({"kid": "nobody"}, fresh_key()),
    "another algorithm": lambda c: c.assertion(key=RSAKey.generate_key(2048)),
    "a secret made of the public key": _hs256,
    "no signature": _unsigned,
    "an embedded key": _embedded,
    "a changed content": _tampered,
    "not a token": lambda _c: "not.a.token",
    "empty parts": lambda _c: "..",
    "a list": lambda _c: "W10.W10.W10",
    "nested beyond reading": lambda c: f"{c.assertion().partition('.')[0]}.{'W1tb' * 1_000}.AAAA",
    "very long": lambda c: c.assertion(more="x" * 7_000),
}


@pytest.mark.parametrize("spoilt", SPOILT)
async def test_an_assertion_that_is_not_right(portal: Portal, spoilt: str) -> None:
    """R-A8: an assertion with anything wrong about it gives no token, and changes nothing."""
    client = await system(portal, SCOPE)
    before = await issued(portal)
    answer = await client.ask(SCOPE, SPOILT[spoilt](client))
    assert await told(answer) in {(401, "invalid_client"), (400, "invalid_request")}, answer.text
    assert await issued(portal) == before


async def test_an_assertion_is_good_once(portal: Portal) -> None:
    """R-A8: of twenty parallel uses of one assertion one gets a token, and none does later."""
    client = await system(portal, SCOPE)
    assertion = client.assertion()
    answers = await asyncio.gather(*(client.ask(SCOPE, assertion) for _ in range(20)))
    assert sorted(one.status_code for one in answers) == [200] + [401] * 19
    assert await told(await client.ask(SCOPE, assertion)) == (401, "invalid_client")
    other = await system(portal, SCOPE)
    same = other.assertion(jti=json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))["jti"])
    assert (await other.ask(SCOPE, same)).status_code == 200


async def test_an_assertion_about_another_client(portal: Portal) -> None:
    """R-A8: a system that speaks for another gets no token, by its own key, its own name or the other's `kid`."""
    thief, victim = await system(portal, SCOPE), await system(portal, SCOPE)
    before = await issued(portal)
    named: dict[str, Any] = {"iss": victim.id, "sub": victim.id}
    for assertion, fields in (
        (thief.assertion(**named), {}),
        (thief.assertion({"kid": victim.key.kid}, **named), {}),
        (thief.assertion(iss=thief.id, sub=victim.id), {}),
        (thief.assertion(), {"client_id": victim.id}),
    ):
        assert await told(await thief.ask(SCOPE, assertion, **fields)) == (401, "invalid_client")
    assert await issued(portal) == before


@pytest.mark.parametrize("scope", [None, "", "catalogue:read", f"{SCOPE} esobes:send", "everything"])
async def test_scopes_are_never_dropped_silently(portal: Portal, scope: str | None) -> None:
    """R-A8: a scope that was not registered, or none at all, is refused instead of being left out."""
    client = await system(portal, SCOPE)
    before = await issued(portal)
    assert await told(await client.ask(scope)) == (400, "invalid_scope")
    assert await issued(portal) == before


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"grant_type": "authorization_code", "code": "x"}, (400, "unsupported_grant_type")),
        ({"grant_type": "password", "username": "u", "password": "p"}, (400, "unsupported_grant_type")),
        ({"grant_type": ""}, (400, "unsupported_grant_type")),
        ({"client_assertion_type": "urn:other"}, (401, "invalid_client")),
        ({"client_id": "5eed00000000000000000000"}, (401, "invalid_client")),
        ({"client_assertion": ""}, (401, "invalid_client")),
    ],
)
async def test_another_way_to_ask(portal: Portal, fields: dict[str, str], refusal: tuple[int, str]) -> None:
    """R-A8: client credentials with a signed assertion are the only grant and the only way to authenticate."""
    client = await system(portal, SCOPE)
    before = await issued(portal)
    assert await told(await client.ask(SCOPE, **fields)) == refusal
    assert await issued(portal) == before


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"grant_type=client_credentials&grant_type=password", "application/x-www-form-urlencoded"),
        (b"a=%ff%fe", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(50)), "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_form(portal: Portal, content: bytes, media_type: str) -> None:
    """R-K: a body that is no form, repeats a field or is too large is told so, without a token."""
    answer = await portal.http.post("/oauth/token", content=content, headers={"Content-Type": media_type})
    assert await told(answer) == (400, "invalid_request")


async def test_a_disabled_system_stops_at_once(portal: Portal) -> None:
    """R-A8: disabling a system ends its tokens at their next use, and gives it no new one."""
    client = await system(portal, SCOPE)
    token = Client(portal.http, await client.token(SCOPE))
    assert (await token.read("{ viewer { role } }"))["viewer"]["role"] == "SYSTEM"
    administrator = await portal.employee("administrator")
    (row,) = [
        one for one in (await administrator.read(CLIENTS))["systemClients"] if one["clientId"] == client.id
    ]
    given = {"idempotencyKey": key(), "clientId": row["id"]}
    done = await administrator.read(DISABLE, input=given)
    assert done["systemClientDisable"]["client"]["active"] is False
    assert (await token.send("{ viewer { role } }")).status_code == 401
    assert await told(await client.ask(SCOPE)) == (401, "invalid_client")
    assert await administrator.read(DISABLE, input=given) == done


async def test_a_token_at_a_partners_door(portal: Portal) -> None:
    """R-A8: on a laptop a partner needs no token; one that is sent must be good and have the scope of the door."""
    person = await portal.person()
    message = portal.message(portal.statement(person))
    client = await system(portal, SCOPE, "esobes:send")
    for token, status, code in (
        ("nonsense", 401, "TOKEN_INVALID"),
        (await client.token(SCOPE), 403, "SCOPE_MISSING"),
        ((await portal.employee("administrator")).token, 403, "SCOPE_MISSING"),
    ):
        refused = await _sent(portal, message, str(token))
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert refused.headers["www-authenticate"] == 'Bearer scope="esobes:send"'
    taken = await _sent(portal, message, await client.token("esobes:send"))
    assert (taken.status_code, taken.json()["duplicate"]) == (200, False)


async def _sent(portal: Portal, message: bytes, token: str) -> Any:
    headers = {
        "Content-Type": "application/pkcs7-mime",
        "Authorization": f"Bearer {token}",
        "Accept-Language": "en",
    }
    return await portal.http.post("/partners/esobes", content=message, headers=headers)


@pytest.fixture(scope="module")
async def strict(mongod: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx2.AsyncClient]:
    """A portal whose partners need tokens, and where nobody may ask for one twice in a minute."""
    folder = tmp_path_factory.mktemp("strict") / "data"
    once = {"count": 1, "period": "PT1M"}
    rates = json.dumps({"oauth_token": once, "staff_sign_in": once})
    settings = {"PARTNER_TOKENS": "required", "RATE_LIMITS": rates, "DEMO_DATA": "false"}
    async with (
        running(mongod, f"strict_{folder.parent.name[-8:]}", folder, **settings) as server,
        httpx2.AsyncClient(base_url=server.address, timeout=30, headers={"Accept-Language": "en"}) as http,
    ):
        yield http


@pytest.mark.parametrize("door", ["esobes", "gateway"])
async def test_partners_that_need_tokens(strict: httpx2.AsyncClient, door: str) -> None:
    """R-A8: where tokens are required a signature alone opens no partner's door."""
    for authorization in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer x.y.z"}):
        headers = {"Content-Type": "application/pkcs7-mime", **authorization}
        answer = await strict.post(f"/partners/{door}", content=b"signed", headers=headers)
        assert answer.status_code == 401, answer.text
        assert answer.headers["www-authenticate"] == f'Bearer scope="{door}:send"'


async def test_tokens_are_asked_for_seldom(strict: httpx2.AsyncClient) -> None:
    """R-A8: a network that asks for tokens, or begins staff sign-ins, too often is told when to come again."""
    for address, method in (("/oauth/token", "POST"), ("/staff/sign-in", "GET")):
        answers = [
            await strict.request(method, address, data={"a": "b"} if method == "POST" else None)
            for _ in (1, 2)
        ]
        assert answers[0].status_code != 429
        assert (answers[1].status_code, answers[1].json()["code"]) == (429, "RATE_LIMITED")
        assert 1 <= int(answers[1].headers["retry-after"]) <= 60
