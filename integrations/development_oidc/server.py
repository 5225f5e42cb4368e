"""What Authlib's server core needs from whoever uses it: requests, one client, codes, answers."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

SECURE = "https://development.invalid/"
"""Authlib refuses plain HTTP; the address of a request decides nothing here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its method, the parameters of its address or form, its headers."""

    method: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back; `body` is JSON when it is no text."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoEmployee:
    """Somebody to sign in as: `sub`, a line for the page, and the claims of their ID token."""

    subject: str
    about: str
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RegisteredClient(ClientMixin):  # type: ignore[misc] # Authlib has no types
    """The one client: the portal itself."""

    client_id: str
    secret: str
    redirect_uris: Sequence[str]
    id_token_signed_response_alg: str = "ES256"  # noqa: S105 - an algorithm is no secret

    def get_client_id(self) -> str:
        """Its name."""
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        """Where it is called back."""
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str | None) -> str:
        """What it may ask for."""
        return " ".join(one for one in (scope or "").split() if one in {"openid", "profile"})

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Only registered addresses, letter by letter."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Compared in constant time."""
        return hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """It has a secret and uses it."""
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        """Code only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Code only."""
        return grant_type == "authorization_code"


@dataclass(frozen=True, slots=True)
class IssuedCode(AuthorizationCodeMixin):  # type: ignore[misc] # Authlib has no types
    """An authorization code that waits for its exchange."""

    code: str
    redirect_uri: str
    scope: str
    subject: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    until: datetime

    def get_redirect_uri(self) -> str:
        """Must come again at the exchange."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """What was granted."""
        return self.scope

    def get_nonce(self) -> str | None:
        """Goes into the ID token."""
        return self.nonce

    def get_auth_time(self) -> None:
        """The time of the token says it as well."""

    def get_acr(self) -> None:
        """Nobody proved anything."""

    def get_amr(self) -> None:
        """Nobody proved anything."""


class _Request(OAuth2Request):  # type: ignore[misc] # Authlib has no types
    """A request in the shape that Authlib reads."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked.method, SECURE, headers=dict(asked.headers))
        self.payload = BasicOAuth2Payload(dict(asked.parameters))

    @property
    def args(self) -> Mapping[str, str]:
        """The parameters of the address."""
        found: Mapping[str, str] = self.payload.data
        return found

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of the form."""
        return self.args


class Core(AuthorizationServer):  # type: ignore[misc] # Authlib has no types
    """Authlib's authorization server for one client, keeping nothing but codes."""

    def __init__(self, client: RegisteredClient) -> None:
        super().__init__()
        self._client = client
        self.codes: dict[str, IssuedCode] = {}

    def query_client(self, client_id: str) -> RegisteredClient | None:
        """The one client, if it is meant."""
        return self._client if client_id == self._client.client_id else None

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        """Access tokens open nothing here."""

    def send_signal(self, name: str, *_arguments: object, **_named: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Asked | OAuth2Request) -> OAuth2Request:
        """The request as Authlib reads it."""
        return _Request(request) if isinstance(request, Asked) else request

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Answer:
        """The answer as our doors send it."""
        return Answer(status, body, dict(headers))
