"""A system as its operator would write it: keys of its own, assertions, tokens."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from tests.api.client import key
from tests.api.portal import Portal

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Key = ECKey | RSAKey


def fresh_key() -> ECKey:
    """A key that nobody has seen."""
    return ECKey.generate_key("P-256", auto_kid=True)


def published(*keys: Key) -> str:
    """A JWKS by value."""
    return json.dumps(KeySet(list(keys)).as_dict(private=False))


@dataclass
class System:
    """A registered system; `now` is its clock, in seconds."""

    http: httpx2.AsyncClient
    address: str
    id: str
    now: int
    key: Key = field(default_factory=fresh_key)

    def assertion(self, header: dict[str, Any] | None = None, key: Key | None = None, **claims: Any) -> str:
        """An assertion as it should be, but for what is given; None takes a claim away."""
        whole: dict[str, Any] = {
            "iss": self.id,
            "sub": self.id,
            "aud": f"{self.address}/oauth/token",
            "iat": self.now,
            "exp": self.now + 120,
            "jti": secrets.token_urlsafe(16),
        }
        said = {name: value for name, value in (whole | claims).items() if value is not None}
        signing = key or self.key
        alg = "ES256" if signing.key_type == "EC" else "RS256"
        top = {"alg": alg, "kid": self.key.kid} | (header or {})
        return jwt.encode(top, said, signing, algorithms=["ES256", "RS256", "HS256"])

    async def ask(self, scope: str | None, assertion: str | None = None, **fields: str) -> httpx2.Response:
        """The token endpoint's answer."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion or self.assertion(),
        }
        return await self.http.post("/oauth/token", data=form | ({"scope": scope} if scope else {}) | fields)

    async def token(self, scope: str) -> str:
        """An access token."""
        answer = await self.ask(scope)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


REGISTERED = """... on SystemClientRegistered { client { id clientId name scopes active jwksUri } }
... on Error { code path message } ... on InvalidInput { issues { code } }"""


async def registered(
    portal: Portal, *scopes: str, jwks: str | None = None, jwks_uri: str | None = None
) -> Any:
    """What the administrator gets for a registration."""
    administrator = await portal.employee("administrator")
    given = {"name": "Сынақ жүйесі", "scopes": list(scopes), "jwks": jwks, "jwksUri": jwks_uri}
    document = f"mutation($input: SystemClientRegisterInput!) {{ systemClientRegister(input: $input) {{ __typename {REGISTERED} }} }}"
    answer = await administrator.read(document, input={"idempotencyKey": key()} | given)
    return answer["systemClientRegister"]


async def system(portal: Portal, *scopes: str, jwks_uri: str | None = None) -> System:
    """A registered system with a key of its own."""
    own = fresh_key()
    jwks = None if jwks_uri else published(own)
    done = await registered(portal, *scopes, jwks=jwks, jwks_uri=jwks_uri)
    assert done["__typename"] == "SystemClientRegistered", done
    now = int(portal.clock().timestamp())
    return System(portal.http, portal.server.address, done["client"]["clientId"], now, own)


async def told(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal; nobody may keep it."""
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["error"]
