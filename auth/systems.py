"""Tokens for systems: client credentials with a signed assertion, on Authlib's server core (ADR 0010).

RFC 6749 4.4 (client_credentials), RFC 7523 (private_key_jwt), RFC 9068 (the token). Authlib's core does no
I/O: whatever it needs is fetched before, whatever it decides is written afterwards.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientCredentialsGrant,
    ClientMixin,
    InvalidClientError,
    InvalidScopeError,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jwt import JWTClaimsRegistry

from auth.jwks import SIGNING_ALGORITHMS
from auth.tokens import LIFETIME
from documents.base import Id

METHOD = "private_key_jwt"
LONGEST_LIFE = timedelta(minutes=5)
"""How far ahead an assertion may end: that long its `jti` has to be remembered."""
LEEWAY = 30
"""Seconds that two clocks may differ."""
LONGEST = 8_192
"""Characters of an assertion."""
JTI_LENGTHS = range(8, 201)
SECURE = "https://portal.invalid/"
"""Authlib refuses plain HTTP; TLS ends at the proxy, and the address of a request decides nothing here."""

Sign = Callable[["System"], str]
"""Makes the access token of a system with the scopes asked for."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Whom an assertion claims to be from, and by which key: nothing of it is proven yet."""

    client: Id
    kid: str | None
    algorithm: str


@dataclass(frozen=True, slots=True)
class System(ClientMixin):  # type: ignore[misc] # Authlib has no types
    """A registered system, as Authlib asks for it."""

    id: Id
    scopes: frozenset[str]
    key: Key

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """By signed assertion only."""
        return method == METHOD

    def check_grant_type(self, grant_type: str) -> bool:
        """For itself only."""
        return grant_type == "client_credentials"


@dataclass(frozen=True, slots=True)
class Answered:
    """What to send back, and for a token the assertion that is used up by it."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    jti: str = ""
    until: datetime | None = None
    scopes: frozenset[str] = frozenset()


def claimed(form: Mapping[str, str]) -> Claimed | None:
    """Who asks, unproven; None when that can't be read."""
    assertion = form.get("client_assertion", "")
    if len(assertion) > LONGEST:
        return None
    try:
        read = jws.extract_compact(assertion.encode())
        claims, header = json.loads(read.payload), read.headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    subject, kid = (claims.get("sub") if isinstance(claims, dict) else None), header.get("kid")
    if not isinstance(subject, str) or not Id.is_valid(subject):
        return None
    if form.get("client_id", subject) != subject or header.get("alg") not in SIGNING_ALGORITHMS:
        return None  # RFC 7521, 4.2: a `client_id` beside the assertion must name the same client
    return Claimed(Id(subject), kid if isinstance(kid, str) else None, str(header["alg"]))


def answer(
    form: Mapping[str, str], system: System | None, audiences: Sequence[str], now: datetime, sign: Sign
) -> Answered:
    """What RFC 6749 and 7523 say to a request for a token; `system` is whom the assertion claims."""
    server = _Server(system, audiences, now, sign)
    try:
        answered: Answered = server.create_token_response(form)
    except RecursionError:  # Authlib reads what nobody has proven yet, however deep it is nested
        return invalid_client("The assertion can't be read.")
    return answered


def invalid_client(description: str) -> Answered:
    """The refusal of a client that is not known, or not proven."""
    return Answered(401, {"error": "invalid_client", "error_description": description}, NO_STORE)


NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _Request(OAuth2Request):  # type: ignore[misc] # Authlib has no types
    """A form in the shape that Authlib reads."""

    def __init__(self, form: Mapping[str, str]) -> None:
        super().__init__("POST", SECURE)
        self.payload = BasicOAuth2Payload(dict(form))

    @property
    def form(self) -> Mapping[str, str]:
        """Its fields."""
        found: Mapping[str, str] = self.payload.data
        return found


@dataclass(slots=True)
class _Proof:
    """What the assertion said, once it was proven."""

    claims: Mapping[str, Any] = field(default_factory=dict)


class _Server(AuthorizationServer):  # type: ignore[misc] # Authlib has no types
    """Authlib's core for one request."""

    def __init__(self, system: System | None, audiences: Sequence[str], now: datetime, sign: Sign) -> None:
        super().__init__()
        self._system, self._now = system, now
        self.proof = _Proof()
        self.register_grant(_Grant)
        self.register_client_auth_method(METHOD, _Assertion(audiences, now, self.proof))
        self.register_token_generator("default", _generator(sign))

    def query_client(self, client_id: str) -> System | None:
        """The system that was fetched, if it is meant."""
        return self._system if self._system and client_id == str(self._system.id) else None

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        """Tokens are not stored: they carry everything."""

    def send_signal(self, name: str, *_arguments: object, **_named: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Mapping[str, str]) -> OAuth2Request:
        """The form as Authlib reads it."""
        return _Request(request)

    def handle_response(self, status: int, body: Mapping[str, Any], _headers: object) -> Answered:
        """The answer; a token comes with the assertion that it cost."""
        if "access_token" not in body:
            refused = 401 if body.get("error") == "invalid_client" else status
            return Answered(refused, body, NO_STORE)
        until = datetime.fromtimestamp(self.proof.claims["exp"], UTC) + timedelta(seconds=LEEWAY)
        scopes = frozenset(body["scope"].split())
        return Answered(status, body, NO_STORE, self.proof.claims["jti"], until, scopes)


class _Grant(ClientCredentialsGrant):  # type: ignore[misc] # Authlib has no types
    """Client credentials, asked for with scopes: Authlib would drop those not registered without a word."""

    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)

    def validate_requested_scope(self) -> None:
        """All of them registered, and at least one."""
        asked = set((self.request.payload.scope or "").split())
        if not asked or not asked <= self.request.client.scopes:
            raise InvalidScopeError


class _Assertion(JWTBearerClientAssertion):  # type: ignore[misc] # Authlib has no types
    """private_key_jwt by the portal's clock, with algorithms named and lives bounded."""

    CLIENT_AUTH_METHOD = METHOD

    def __init__(self, audiences: Sequence[str], now: datetime, proof: _Proof) -> None:
        super().__init__(leeway=LEEWAY)
        self._audiences, self._now, self._proof = audiences, int(now.timestamp()), proof

    def resolve_client_public_key(self, client: System) -> Key:
        """The key that was found for the `kid` of this assertion."""
        return client.key

    def process_assertion_claims(self, assertion: str, resolve_key: Key) -> Mapping[str, Any]:
        """The claims, proven: Authlib names no algorithms here and takes its own clock."""
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=list(SIGNING_ALGORITHMS))
            self._registry().validate(token.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidClientError(description="The assertion is not valid.") from error
        self._proof.claims = self._bounded(token.claims)
        return self._proof.claims

    def _registry(self) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=self._now,
            leeway=LEEWAY,
            iss={"essential": True},
            sub={"essential": True},
            aud={"essential": True, "values": list(self._audiences)},
            exp={"essential": True},
            jti={"essential": True},
        )

    def _bounded(self, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """Issued to itself, for us alone, for minutes, and told apart from the next one."""
        wrong = (
            claims["iss"] != claims["sub"]
            or not isinstance(claims["aud"], str)
            or claims["exp"] > self._now + LONGEST_LIFE.total_seconds() + LEEWAY
            or len(claims["jti"]) not in JTI_LENGTHS
            or not claims["jti"].isprintable()  # half a character, as JSON may carry it, is no text
        )
        if wrong:
            raise InvalidClientError(description="The assertion is not for this portal, or for too long.")
        return claims


def _generator(sign: Sign) -> Callable[..., Mapping[str, Any]]:
    def generate(client: System, scope: str, **_other: object) -> Mapping[str, Any]:
        asked = System(client.id, frozenset(scope.split()), client.key)
        return {
            "access_token": sign(asked),
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": " ".join(sorted(asked.scopes)),
        }

    return generate
