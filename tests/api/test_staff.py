"""Staff through OpenID Connect, against a provider that does everything wrong it can (A8)."""

import asyncio
import base64
import hmac
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from joserfc.jwk import ECKey, KeySet, RSAKey

from integrations.development_clock import DevelopmentClock
from integrations.development_oidc import Answer
from tests.api.client import Client, document, key
from tests.api.provider import (
    SECRET,
    Misbehaving,
    Spoil,
    answering,
    fresh_keys,
    provided,
    resigned,
    served,
    unused,
    with_token,
)
from tests.api.server import Server, running
from tests.api.staff import JSON, Browser, parameters

FOREVER = 4_000_000_000


@dataclass
class Stage:
    """A portal whose staff sign in at the test's own provider."""

    server: Server
    provider: Misbehaving
    http: httpx2.AsyncClient
    clock: DevelopmentClock

    def pass_time(self, **span: float) -> None:
        """Move the clock of portal and provider."""
        self.clock.set(self.clock() + timedelta(**span))

    async def kept(self) -> dict[str, Any]:
        """What a sign-in that fails must leave as it was."""
        database = self.server.database
        counts = {name: await database[name].count_documents({}) for name in ("staff", "sessions")}
        return counts | {"members": await database["staff"].find({}).sort("_id", 1).to_list()}

    async def audited(self, act: str, **known: object) -> list[dict[str, Any]]:
        """What the sealed audit tells of an act, once it tells anything."""
        while not (found := await self.server.database["audit"].find({"act": act, **known}).to_list()):
            await asyncio.sleep(0.05)
        return found

    async def refused(self, browser: Browser, address: str) -> tuple[int, str]:
        """How the callback refuses."""
        answer = await browser.come_back(address)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        body = answer.json()
        assert body["message"] != body["code"]
        return answer.status_code, body["code"]

    async def tried(self, subject: str = "astana") -> tuple[int, str]:
        """How a sign-in is refused that would go well otherwise."""
        browser = Browser(self.http)
        return await self.refused(browser, await browser.choose(await browser.leave(), subject))

    async def exchanged(self, **given: str) -> Any:
        """The answer of `signInStaff`."""
        return await Client(self.http).act("signInStaff", **given)

    async def signed_in(self, subject: str = "astana") -> Client:
        """An employee with a token."""
        browser = Browser(self.http)
        done = await self.exchanged(code=await browser.code(subject), verifier=browser.verifier)
        assert done["__typename"] == "SignedIn", done
        return Client(self.http, done["accessToken"], signed_in=done)


@pytest.fixture(scope="module")
async def started(mongod: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One portal and one provider for all tests here."""
    folder: Path = tmp_path_factory.mktemp("staff") / "data"
    clock = DevelopmentClock(folder / "clock")
    async with provided(clock) as provider:
        settings = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_SECRET": SECRET, "DEMO_DATA": "false"}
        allowed = {"ALLOWED_ORIGINS": '["https://office.example"]'}
        async with running(
            mongod, f"staff_{folder.parent.name[-8:]}", folder, **settings, **allowed
        ) as server:
            provider.called_back_at(f"{server.address}/staff/callback")
            async with httpx2.AsyncClient(base_url=server.address, timeout=30) as http:
                yield Stage(server, provider, http, clock)


@pytest.fixture
def stage(started: Stage) -> Stage:
    """The provider behaves until a test tells it otherwise; a minute has passed since the last test."""
    started.provider.behave()
    started.pass_time(seconds=61)
    return started


async def test_an_employee_signs_in(stage: Stage) -> None:
    """R-A8: code, PKCE and nonce go to the provider; roles and region come back; the session is ours."""
    browser = Browser(stage.http)
    left = await browser.leave()
    asked = parameters(left)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert min(len(asked[name]) for name in ("state", "nonce")) >= 43
    assert "openid" in asked["scope"].split()
    back = await browser.come_back(await browser.choose(left, "both"))
    done = await stage.exchanged(code=back.json()["code"], verifier=browser.verifier)
    roles = [(one["role"], one["region"]) for one in done["capacities"]]
    assert roles == [("CONTACT_CENTRE", None), ("EXECUTIVE_BODY", "71"), ("EXECUTIVE_BODY", "75")]
    seen = await Client(stage.http, done["accessToken"]).read("{ viewer { role region } }")
    assert seen["viewer"] == {"role": "CONTACT_CENTRE", "region": None}
    member = await stage.server.database["staff"].find_one({"employments.2": {"$exists": True}})
    assert member is not None
    (entry,) = await stage.audited("Mutation.signInStaff", actor=str(member["_id"]))
    assert (entry["subject"], entry["role"]) == (str(member["_id"]), "contact_centre")


async def test_the_cookie_stays_with_its_browser(stage: Stage) -> None:
    """R-A8: the browser's secret is a cookie of this host only, over TLS, out of scripts' reach, and ends."""
    asked = {"return": "/", "challenge": Browser(stage.http).challenge}
    answer = await stage.http.get("/staff/sign-in", params=asked)
    said = answer.headers["set-cookie"]
    assert said.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax", "Max-Age=600"} <= set(said.split("; "))
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


async def test_a_page_gets_its_browser_back(stage: Stage) -> None:
    """R-A8: a browser returns to the page that asked, with the code where servers and logs don't see it."""
    browser = Browser(stage.http)
    left = await browser.leave("https://office.example/desk?x=1")
    answer = await browser.come_back(await browser.choose(left, "astana"), "text/html")
    parts = urlsplit(answer.headers["location"])
    assert answer.status_code == 303
    assert (f"{parts.scheme}://{parts.netloc}{parts.path}?{parts.query}") == "https://office.example/desk?x=1"
    assert parts.fragment.startswith("staff_code=")
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https://office.example.evil.example/",
        "https://office.example@evil.example/",
        "javascript:alert(1)",
        "relative",
        "",
        "/\r\nSet-Cookie: a=b",
        "/" + "a" * 5_000,
    ],
)
async def test_nobody_is_sent_elsewhere(stage: Stage, address: str) -> None:
    """R-A8: the way back leads to the portal or an allowed origin, and begins nothing otherwise."""
    before = await stage.server.database["staff_sign_ins"].count_documents({})
    asked = {"return": address, "challenge": Browser(stage.http).challenge}
    answer = await stage.http.get("/staff/sign-in", params=asked, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "STAFF_RETURN_NOT_ALLOWED")
    assert "set-cookie" not in answer.headers
    assert await stage.server.database["staff_sign_ins"].count_documents({}) == before


@pytest.mark.parametrize("challenge", ["", "short", "a" * 44, "a" * 42 + "!"])
async def test_a_page_brings_its_own_challenge(stage: Stage, challenge: str) -> None:
    """R-A8: without a proper challenge nobody could prove afterwards that they began; nothing is begun."""
    asked = {"return": "/", "challenge": challenge}
    answer = await stage.http.get("/staff/sign-in", params=asked, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "STAFF_CHALLENGE_INVALID")


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
        (answering(302, "", Location="http://127.0.0.1:9/"), (503, "STAFF_PROVIDER_UNAVAILABLE")),
    ],
)
async def test_a_provider_that_gives_no_tokens(stage: Stage, spoil: Spoil, refusal: tuple[int, str]) -> None:
    """R-A8: whatever the token endpoint says instead of tokens signs nobody in, and changes nothing."""
    before = await stage.kept()
    stage.provider.spoil = spoil
    assert await stage.tried() == refusal
    assert await stage.kept() == before


async def test_a_refusal_of_the_provider(stage: Stage) -> None:
    """R-A8: an error that comes with a good state ends the sign-in, with a sentence for the reader."""
    browser = Browser(stage.http)
    state = parameters(await browser.leave())["state"]
    answer = await browser.come_back(f"/staff/callback?state={state}&error=access_denied", "text/html")
    assert (answer.status_code, "refused the sign-in" in answer.text) == (409, True)
    again = await stage.refused(browser, f"/staff/callback?state={state}&code=x")
    assert again == (409, "STAFF_SIGN_IN_GONE")


async def test_a_callback_of_another_provider(stage: Stage) -> None:
    """R-A8: an issuer in the answer must be ours, so that no other provider's answer is taken for it."""
    browser = Browser(stage.http)
    back = await browser.choose(await browser.leave(), "astana")
    asked = stage.provider.asked["token"]
    assert await stage.refused(browser, f"{back}&iss=https://evil.example") == (409, "STAFF_TOKEN_INVALID")
    assert stage.provider.asked["token"] == asked


async def test_a_state_is_good_once(stage: Stage) -> None:
    """R-A8: of twenty parallel returns with one state one gets a code, and none does later."""
    browser = Browser(stage.http)
    back = await browser.choose(await browser.leave(), "astana")
    answers = await asyncio.gather(*(browser.come_back(back) for _ in range(20)))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 19
    assert await stage.refused(browser, back) == (409, "STAFF_SIGN_IN_GONE")


async def test_a_state_of_another_browser(stage: Stage) -> None:
    """R-A8: a state counts only in the browser that began, and stays good for that one."""
    browser, other = Browser(stage.http), Browser(stage.http)
    back = await browser.choose(await browser.leave(), "astana")
    await other.leave()
    before = await stage.kept()
    for stranger in (other, Browser(stage.http)):
        assert await stage.refused(stranger, back) == (409, "STAFF_SIGN_IN_GONE")
    assert await stage.kept() == before
    assert (await browser.come_back(back)).status_code == 200


@pytest.mark.parametrize("query", ["", "?state=", "?state=unknown&code=x", f"?state={'x' * 9_000}&code=x"])
async def test_a_state_that_nobody_gave(stage: Stage, query: str) -> None:
    """R-A8: a return without a sign-in is refused before the provider is asked anything."""
    asked, browser = dict(stage.provider.asked), Browser(stage.http)
    assert await stage.refused(browser, f"/staff/callback{query}") == (409, "STAFF_SIGN_IN_GONE")
    assert stage.provider.asked == asked


async def test_a_state_that_has_expired(stage: Stage) -> None:
    """R-A8: whoever stays away for more than ten minutes begins again."""
    browser = Browser(stage.http)
    back = await browser.choose(await browser.leave(), "astana")
    stage.pass_time(minutes=10)
    assert await stage.refused(browser, back) == (409, "STAFF_SIGN_IN_GONE")


async def test_a_code_of_the_provider_is_good_once(stage: Stage) -> None:
    """R-A8: a code that somebody else brings back in their own sign-in is refused by PKCE."""
    thief, victim = Browser(stage.http), Browser(stage.http)
    stolen = parameters(await victim.choose(await victim.leave(), "administrator"))["code"]
    state = parameters(await thief.leave())["state"]
    before = await stage.kept()
    address = f"/staff/callback?state={state}&code={stolen}"
    assert await stage.refused(thief, address) == (409, "STAFF_PROVIDER_REFUSED")
    assert await stage.kept() == before


async def test_the_code_for_the_page(stage: Stage) -> None:
    """R-A8: our code needs the secret of the page that began, works once among twenty, and for a minute."""
    browser = Browser(stage.http)
    code = await browser.code("astana")
    before = await stage.kept()
    refused = await stage.exchanged(code=code, verifier=unused())
    assert refused["code"] == "STAFF_SIGN_IN_GONE"
    assert (await stage.exchanged(code=unused(), verifier=browser.verifier))["code"] == "STAFF_SIGN_IN_GONE"
    assert await stage.kept() == before
    tries = [stage.exchanged(code=code, verifier=browser.verifier) for _ in range(20)]
    done = [one["__typename"] for one in await asyncio.gather(*tries)]
    assert (done.count("SignedIn"), done.count("Refused")) == (1, 19)
    late = await browser.code("astana")
    stage.pass_time(seconds=61)
    assert (await stage.exchanged(code=late, verifier=browser.verifier))["code"] == "STAFF_SIGN_IN_GONE"


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("nobody", "STAFF_WITHOUT_ROLE"),
        ("nowhere", "STAFF_REGION_UNKNOWN"),
        ("elsewhere", "STAFF_REGION_UNKNOWN"),
    ],
)
async def test_claims_that_give_no_role(stage: Stage, subject: str, code: str) -> None:
    """R-A8: without a role of ours, or a region for it, nobody is signed in or written down."""
    before = await stage.kept()
    assert await stage.tried(subject) == (409, code)
    assert await stage.kept() == before


async def test_a_role_that_was_taken_away(stage: Stage) -> None:
    """R-A8: the next sign-in brings other roles, and the sessions of before end at their next use."""
    stage.provider.employ("mover", komek_role="executive_body", komek_region="71")
    first = await stage.signed_in("mover")
    assert (await first.read("{ viewer { region } }"))["viewer"]["region"] == "71"
    stage.provider.employ("mover", komek_role="executive_body", komek_region="75")
    second = await stage.signed_in("mover")
    assert (await first.send("{ viewer { region } }")).status_code == 401
    stage.provider.employ("mover")
    assert await stage.tried("mover") == (409, "STAFF_WITHOUT_ROLE")
    assert (await second.send("{ viewer { region } }")).status_code == 401
    (entry,) = await stage.audited("StaffMember.signInRefused")
    assert entry["details"] == {"code": "STAFF_WITHOUT_ROLE"}


async def test_an_employee_is_deactivated(stage: Stage) -> None:
    """R-A8: an administrator ends an employee's access: sessions stop, and the provider's word opens none."""
    stage.provider.employ("leaver", komek_role="contact_centre")
    employee, administrator = await stage.signed_in("leaver"), await stage.signed_in("administrator")
    given = {"idempotencyKey": key(), "staffId": employee.signed_in["capacities"][0]["subject"]}
    query = """mutation($input: StaffDeactivateInput!) { staffDeactivate(input: $input) {
    __typename ... on StaffDeactivated { staffId } ... on Error { code } } }"""
    refused = await employee.read(query, input=given)
    assert refused["staffDeactivate"]["code"] == "ACCESS_DENIED"
    assert (await employee.read("{ viewer { role } }"))["viewer"]["role"] == "CONTACT_CENTRE"
    browser = Browser(stage.http)
    waiting = await browser.code("leaver")
    done = await administrator.read(query, input=given)
    assert done["staffDeactivate"]["staffId"] == given["staffId"]
    assert await administrator.read(query, input=given) == done
    assert (await employee.send("{ viewer { role } }")).status_code == 401
    renewed = await Client(stage.http).act("signInRefresh", refreshToken=employee.signed_in["refreshToken"])
    assert (
        renewed["__typename"] != "SignedIn"
        or (await Client(stage.http, renewed["accessToken"]).send("{ viewer { role } }")).status_code == 401
    )
    late = await stage.exchanged(code=waiting, verifier=browser.verifier)
    assert late["code"] == "STAFF_DEACTIVATED"
    assert await stage.tried("leaver") == (409, "STAFF_DEACTIVATED")
    unknown = given | {
        "idempotencyKey": key(),
        "staffId": base64.urlsafe_b64encode(b"StaffMember:" + b"0" * 24).decode(),
    }
    assert (await administrator.read(query, input=unknown))["staffDeactivate"]["code"] == "NOT_FOUND"


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


async def test_no_sign_in_writes_past_the_audit(stage: Stage) -> None:
    """R-J2: whatever signing in writes, well or refused, has its intent in the same transaction."""
    await stage.signed_in()
    await stage.tried("nobody")
    assert await stage.server.unannounced() == []


async def test_the_documents_of_the_mutation(stage: Stage) -> None:
    """R-K: signing in takes no idempotency key, for its result is never stored."""
    assert "idempotencyKey" not in document("signInStaff")
    before = await stage.server.database["idempotency_keys"].count_documents({})
    await stage.signed_in()
    assert await stage.server.database["idempotency_keys"].count_documents({}) == before
