"""The provider itself: discovery, keys, choosing an employee, exchanging the code."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationCodeGrant, InvalidRequestError
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc.jwk import KeySet

from domain.time import Clock
from integrations.development_oidc.server import (
    Answer,
    Asked,
    Core,
    DemoEmployee,
    IssuedCode,
    RegisteredClient,
)

CODE_LIFETIME = timedelta(minutes=1)
TOKEN_LIFETIME = timedelta(minutes=5)
MOST_CODES = 1_000


class DevelopmentProvider:
    """An OpenID provider at `issuer` for one client and a list of employees.

    ValueError for an issuer with TLS: where there is a certificate, somebody real may come by.
    """

    def __init__(
        self,
        issuer: str,
        client: RegisteredClient,
        people: Sequence[DemoEmployee],
        keys: KeySet,
        clock: Clock,
    ) -> None:
        if not issuer.startswith("http://"):
            raise ValueError("the development provider never stands at a public address")
        self.issuer, self.client, self.clock = issuer, client, clock
        self.people = {one.subject: one for one in people}
        self.keys = keys
        self._core = Core(client)
        self._core.register_grant(_grant(self), [_OnlyS256(), _IdToken(self)])
        self._core.register_token_generator("default", _access_token)

    def discovery(self) -> Mapping[str, Any]:
        """OpenID Connect Discovery 1.0, 3."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.client.id_token_signed_response_alg],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": False,
        }

    def jwks(self) -> Mapping[str, Any]:
        """The public halves of the keys."""
        return dict(self.keys.as_dict(private=False))

    def question(self, parameters: Mapping[str, str]) -> Answer | None:
        """None when the request is in order and somebody has to be chosen; else the answer to it."""
        try:
            self._core.get_consent_grant(Asked("GET", parameters))
        except OAuth2Error as error:
            return self._refused(error)
        return None

    def authorize(self, parameters: Mapping[str, str], subject: str) -> Answer:
        """Back to the client with a code for the employee chosen; `access_denied` for a stranger."""
        request = self._core.create_oauth2_request(Asked("POST", parameters))
        try:
            grant = self._core.get_consent_grant(request)
        except OAuth2Error as error:
            return self._refused(error)
        answer: Answer = self._core.create_authorization_response(
            request, grant_user=self.people.get(subject), grant=grant
        )
        return answer

    def exchange(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Tokens for a code."""
        answer: Answer = self._core.create_token_response(Asked("POST", form, headers))
        return answer

    def _refused(self, error: OAuth2Error) -> Answer:
        answer: Answer = self._core.handle_response(*error())
        return answer

    def keep_code(self, code: str, request: OAuth2Request) -> None:
        """Remember a code until it is exchanged, and only so many."""
        given, now = request.payload.data, self.clock()
        codes = self._core.codes
        for old in [name for name, one in codes.items() if one.until <= now] or list(codes)[:-MOST_CODES]:
            del codes[old]
        codes[code] = IssuedCode(
            code=code,
            redirect_uri=given.get("redirect_uri", ""),
            scope=request.scope,
            subject=request.user.subject,
            nonce=given.get("nonce"),
            code_challenge=given["code_challenge"],
            code_challenge_method=given["code_challenge_method"],
            until=now + CODE_LIFETIME,
        )

    def take_code(self, code: str) -> IssuedCode | None:
        """The code, spent by asking for it: whatever comes of the exchange, it is good once."""
        found = self._core.codes.pop(code, None)
        return found if found is not None and found.until > self.clock() else None

    def claims_of(self, employee: DemoEmployee) -> dict[str, Any]:
        """What the ID token says of an employee."""
        return {"sub": employee.subject, **employee.claims}

    def times(self) -> dict[str, int]:
        """When the ID token was made, and until when it is good: by the portal's clock."""
        now = self.clock()
        return {"iat": int(now.timestamp()), "exp": int((now + TOKEN_LIFETIME).timestamp())}


def _access_token(scope: str = "", **_other: object) -> dict[str, Any]:
    return {
        "access_token": secrets.token_urlsafe(32),
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFETIME.total_seconds()),
        "scope": scope,
    }


def _grant(provider: DevelopmentProvider) -> type[AuthorizationCodeGrant]:
    """Authlib makes one grant a request and gives it nothing: the class has to know its provider."""

    class Grant(AuthorizationCodeGrant):  # type: ignore[misc] # Authlib has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
            provider.keep_code(code, request)

        def query_authorization_code(self, code: str, _client: RegisteredClient) -> IssuedCode | None:
            return provider.take_code(code)

        def delete_authorization_code(self, authorization_code: IssuedCode) -> None:
            """Asking for it has taken it away."""

        def authenticate_user(self, authorization_code: IssuedCode) -> DemoEmployee | None:
            return provider.people.get(authorization_code.subject)

    return Grant


class _OnlyS256(CodeChallenge):  # type: ignore[misc] # Authlib has no types
    """PKCE for everybody: Authlib asks public clients only, and lets `plain` pass (RFC 9700, 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: AuthorizationCodeGrant, redirect_uri: str) -> None:
        """A challenge must be there, and by S256."""
        given = grant.request.payload.data
        if not given.get("code_challenge") or given.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with S256 is required", redirect_uri=redirect_uri)
        super().validate_code_challenge(grant, redirect_uri)


class _IdToken(OpenIDCode):  # type: ignore[misc] # Authlib has no types
    """The ID token beside the access token."""

    def __init__(self, provider: DevelopmentProvider) -> None:
        super().__init__(require_nonce=True)
        self._provider = provider

    def exists_nonce(self, _nonce: str, _request: OAuth2Request) -> bool:
        """A client that repeats a nonce harms itself only."""
        return False

    def get_encode_header(self, client: RegisteredClient) -> dict[str, Any]:
        """By the first key."""
        return {"alg": self.get_client_algorithm(client), "kid": self._provider.keys.keys[0].kid}

    def resolve_client_private_key(self, _client: RegisteredClient) -> Any:
        """The first key signs."""
        return self._provider.keys.keys[0]

    def get_client_claims(self, client: RegisteredClient) -> dict[str, Any]:
        """Issuer, audience and times."""
        return {"iss": self._provider.issuer, "aud": client.client_id, **self._provider.times()}

    def generate_user_info(self, user: DemoEmployee, _scope: str) -> dict[str, Any]:
        """Who it is."""
        return self._provider.claims_of(user)
