"""Staff through OpenID Connect: authorization code with PKCE, by Authlib's client (Core 1.0, 3.1).

What comes back is believed only after all of Core 3.1.3.7: signature by a published key, issuer, audience,
authorised party, times, nonce, and the hash of the access token where there is one.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from auth.jwks import LARGEST, SIGNING_ALGORITHMS, KeysUnavailable, RemoteKeys, fetching
from domain.errors import Refused
from domain.staff import ClaimNames
from domain.time import Clock

LEEWAY = 30
"""Seconds that two clocks may differ."""
TIMEOUT = 10.0
KNOWN_FOR = timedelta(hours=1)
"""How long the provider's addresses are remembered."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Which provider, as whom, and what it calls things.

    The client authenticates with `secret` (client_secret_basic), or with `keys` (private_key_jwt).
    `return_origins` are the origins whose pages may ask for a sign-in and get the browser back.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    secret: str | None = None
    keys: KeySet | None = None
    scopes: str = "openid profile"
    return_origins: frozenset[str] = frozenset()
    claims: ClaimNames = field(default_factory=ClaimNames)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one sign-in: what only we know (verifier), and what must come back (nonce)."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """One OpenID provider; to be closed."""

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self.settings = settings
        self._client = _client(settings)
        self._plain = httpx2.AsyncClient()
        self._fetch = fetching(self._plain)
        self._clock = clock
        self._metadata: Mapping[str, Any] = {}
        self._known_at: datetime | None = None
        self._keys: RemoteKeys | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
        await self._plain.aclose()

    async def authorization_url(self, attempt: Attempt) -> str:
        """Where the browser is sent; Refused `STAFF_PROVIDER_UNAVAILABLE`."""
        endpoint = str((await self._described())["authorization_endpoint"])
        url, _ = self._client.create_authorization_url(
            endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
        )
        return str(url)

    async def claims(self, code: str, attempt: Attempt) -> Mapping[str, Any]:
        """The verified claims behind an authorization code.

        Refused `STAFF_PROVIDER_UNAVAILABLE`, `STAFF_PROVIDER_REFUSED` (the code is no good) or
        `STAFF_TOKEN_INVALID`.
        """
        tokens = await self._tokens(code, attempt)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or len(id_token) > LARGEST:
            raise Refused("STAFF_TOKEN_INVALID")
        try:
            return await self._verified(id_token, access_token, attempt.nonce)
        except KeysUnavailable as error:
            raise Refused("STAFF_PROVIDER_UNAVAILABLE") from error
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            log.info("an ID token did not pass: %s", type(error).__name__)  # never its content
            raise Refused("STAFF_TOKEN_INVALID") from error

    async def _tokens(self, code: str, attempt: Attempt) -> Mapping[str, Any]:
        endpoint = str((await self._described())["token_endpoint"])
        try:
            found: Mapping[str, Any] = await self._client.fetch_token(
                endpoint, grant_type="authorization_code", code=code, code_verifier=attempt.verifier
            )
        except OAuthError as error:
            raise Refused("STAFF_PROVIDER_REFUSED") from error
        except (httpx2.HTTPError, ValueError, RecursionError) as error:
            raise Refused("STAFF_PROVIDER_UNAVAILABLE") from error
        return found

    async def _verified(self, id_token: str, access_token: object, nonce: str) -> Mapping[str, Any]:
        header = jws.extract_compact(id_token.encode()).headers()
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in SIGNING_ALGORITHMS:
            raise ValueError("not an algorithm of ours")
        key = await self._key(kid, str(algorithm))
        token = jwt.decode(id_token, key, algorithms=[str(algorithm)])
        options: dict[str, Any] = {"sub": {"essential": True}}
        for name, value in self._expected().items():
            options[name] = {"essential": True, "value": value}
        params = {"nonce": nonce, "client_id": self.settings.client_id, "access_token": access_token}
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY)
        return dict(claims)

    def _expected(self) -> Mapping[str, str]:
        return {"iss": self.settings.issuer, "aud": self.settings.client_id}

    async def _key(self, kid: object, algorithm: str) -> Key:
        metadata = await self._described()
        if self._keys is None or self._keys.url != metadata["jwks_uri"]:
            self._keys = RemoteKeys(str(metadata["jwks_uri"]), self._fetch, self._clock)
        key = await self._keys.find(kid if isinstance(kid, str) else None, algorithm)
        if key is None:
            raise ValueError("a key that the provider does not publish")
        return key

    async def _described(self) -> Mapping[str, Any]:
        """The provider's own description (OpenID Connect Discovery 1.0, 4); it must name our issuer."""
        now = self._clock()
        if self._known_at is not None and timedelta(0) <= now - self._known_at < KNOWN_FOR:
            return self._metadata
        address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = await self._fetch(address)
        except (OSError, ValueError) as error:
            raise Refused("STAFF_PROVIDER_UNAVAILABLE") from error
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        told = isinstance(found, dict) and all(isinstance(found.get(name), str) for name in needed)
        if not told or found.get("issuer") != self.settings.issuer:
            raise Refused("STAFF_PROVIDER_UNAVAILABLE")
        self._metadata, self._known_at = found, now
        return self._metadata


def _client(settings: ProviderSettings) -> AsyncOAuth2Client:
    """Authlib's client for one provider: PKCE with S256, and how we authenticate at its token endpoint."""
    common = {
        "client_id": settings.client_id,
        "redirect_uri": settings.redirect_uri,
        "scope": settings.scopes,
        "code_challenge_method": "S256",
        "timeout": TIMEOUT,
    }
    if settings.keys is None:
        return AsyncOAuth2Client(client_secret=settings.secret, **common)
    key = settings.keys.keys[0]
    algorithm = "ES256" if key.key_type == "EC" else "RS256"
    client = AsyncOAuth2Client(client_secret=key, token_endpoint_auth_method=PrivateKeyJWT.name, **common)
    client.register_client_auth_method(PrivateKeyJWT(alg=algorithm, headers={"kid": key.kid}))
    return client
