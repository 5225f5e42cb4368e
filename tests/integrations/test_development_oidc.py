"""The small OpenID provider of development: as strict as a real one, and never in public."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette

from integrations.development_oidc import DemoEmployee, DevelopmentProvider, RegisteredClient
from web.development_oidc import PREFIX, development_oidc_routes

ISSUER = "http://127.0.0.1:1/development/oidc"
CALLBACK = "http://127.0.0.1:1/staff/callback"
VERIFIER = "v" * 43
SECRET = "portal's"


class World:
    """A provider and its clock."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 9, tzinfo=UTC)
        client = RegisteredClient("komek", SECRET, (CALLBACK,))
        people = [DemoEmployee("astana", "Astana <b>", {"komek_role": "executive_body"})]
        self.keys = KeySet([ECKey.generate_key("P-256", auto_kid=True)])
        self.provider = DevelopmentProvider(ISSUER, client, people, self.keys, lambda: self.now)

    def code(self, **other: str) -> str:
        """A code for the employee."""
        answer = self.provider.authorize(asked(**other), "astana")
        assert answer.status == 302, answer
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def exchange(self, code: str, secret: str = SECRET, **other: str | None) -> Any:
        """The answer of the token endpoint."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        given = {name: value for name, value in (form | other).items() if value is not None}
        known = {"Authorization": "Basic " + b64encode(f"komek:{secret}".encode()).decode()}
        return self.provider.exchange(given, known)


def asked(**other: str) -> dict[str, str]:
    """A request as the portal makes it; an empty value leaves it out."""
    whole = {
        "response_type": "code",
        "client_id": "komek",
        "redirect_uri": CALLBACK,
        "scope": "openid profile",
        "state": "s",
        "nonce": "n",
        "code_challenge": urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (whole | other).items() if value}


def refused_with(headers: Mapping[str, str]) -> str:
    """The error that goes back to the client."""
    return parse_qs(urlsplit(headers["Location"]).query)["error"][0]


@pytest.fixture
def world() -> World:
    """A provider."""
    return World()


def test_it_never_stands_in_public() -> None:
    """R-A8: the provider that asks for no password can't be made for an address with TLS."""
    client = RegisteredClient("komek", SECRET, (CALLBACK,))
    with pytest.raises(ValueError, match="never"):
        DevelopmentProvider("https://portal.example", client, [], KeySet([]), lambda: datetime.now(UTC))


def test_a_code_gives_an_id_token(world: World) -> None:
    """R-A8: the ID token names issuer, client, nonce and employee, under the published key."""
    assert world.provider.question(asked()) is None
    answer = world.exchange(world.code())
    assert answer.status == 200
    published: Any = world.provider.jwks()
    token = jwt.decode(answer.body["id_token"], KeySet.import_key_set(published), algorithms=["ES256"])
    claims = token.claims
    assert (claims["iss"], claims["aud"], claims["nonce"], claims["sub"]) == (ISSUER, "komek", "n", "astana")
    assert claims["komek_role"] == "executive_body"
    assert claims["exp"] - claims["iat"] == 300
    assert "d" not in published["keys"][0]


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_what_it_asks_of_the_client(world: World, other: dict[str, str], error: str) -> None:
    """R-A8: PKCE with S256 and a nonce are demanded, and the refusal goes back with the state."""
    question = world.provider.question(asked(**other))
    assert question is not None
    for answer in (question, world.provider.authorize(asked(**other), "astana")):
        assert refused_with(answer.headers) == error


@pytest.mark.parametrize("other", [{"client_id": "stranger"}, {"redirect_uri": "http://evil.example/"}])
def test_nobody_else_is_redirected_to(world: World, other: dict[str, str]) -> None:
    """R-A8: for a stranger, or another address, there is no way back at all."""
    answer = world.provider.question(asked(**other))
    assert answer is not None
    assert answer.status == 400
    assert "Location" not in answer.headers


def test_the_registered_address_may_be_left_out(world: World) -> None:
    """R-A8: without an address the registered one is meant."""
    assert world.provider.question(asked(redirect_uri="")) is None
    answer = world.provider.authorize(asked(redirect_uri=""), "astana")
    assert answer.headers["Location"].startswith(CALLBACK)


def test_a_stranger_is_no_employee(world: World) -> None:
    """R-A8: choosing nobody is a refusal."""
    assert refused_with(world.provider.authorize(asked(), "stranger").headers) == "access_denied"


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"redirect_uri": "http://evil.example/"}, "invalid_grant"),
        ({"code": "another"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"secret": "wrong"}, "invalid_client"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
def test_an_exchange_that_is_not_right(world: World, other: dict[str, Any], error: str) -> None:
    """R-A8: without verifier, secret, code or address no token is given."""
    answer = world.exchange(**({"code": world.code()} | other))
    assert (answer.status >= 400, answer.body["error"]) == (True, error)


def test_a_code_is_good_once_and_for_a_minute(world: World) -> None:
    """R-A8: a code is spent by its first use, well or not, and ends."""
    code = world.code()
    assert world.exchange(code).status == 200
    assert world.exchange(code).status == 400
    tried = world.code()
    assert world.exchange(tried, code_verifier="w" * 43).status == 400
    assert world.exchange(tried).status == 400
    old = world.code()
    world.now += timedelta(minutes=1)
    assert world.exchange(old).status == 400
    forgotten = world.code()
    world.now += timedelta(minutes=2)
    world.code()
    assert forgotten not in world.provider._core.codes


def test_without_openid_there_is_no_id_token(world: World) -> None:
    """R-A8: a plain OAuth request gets a plain answer; an employee who left meanwhile gets none."""
    assert "id_token" not in world.exchange(world.code(scope="profile")).body
    code = world.code()
    world.provider.people.clear()
    assert world.exchange(code).body["error"] == "invalid_grant"


async def test_the_page_lists_everybody(world: World) -> None:
    """R-A8: one button an employee, names escaped, and a form that repeats the request."""
    app = Starlette(routes=development_oidc_routes(world.provider))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        page = await client.get(f"{PREFIX}/authorize", params=asked())
        assert page.text.count("<button") == 1
        assert "Astana &lt;b&gt;" in page.text
        assert "code_challenge_method=S256" in page.text
        broken = await client.get(f"{PREFIX}/authorize", params=asked(client_id="stranger"))
        assert (broken.status_code, broken.json()["error"]) == (400, "invalid_client")
        described = (await client.get(f"{PREFIX}/.well-known/openid-configuration")).json()
        assert described["issuer"] == ISSUER
        assert (await client.get(f"{PREFIX}/keys")).json() == world.provider.jwks()
        chosen = await client.post(f"{PREFIX}/authorize", params=asked(), data={"subject": "astana"})
        assert chosen.headers["location"].startswith(CALLBACK)
        given = await client.post(f"{PREFIX}/token", data={"grant_type": "authorization_code"})
        assert (given.status_code, given.json()["error"]) == (401, "invalid_client")
