"""An OpenID provider in the test's own process that does everything wrong that it is told to."""

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import uvicorn
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette

from domain.time import Clock
from integrations.development_oidc import Answer, DemoEmployee, DevelopmentProvider, RegisteredClient
from web.development_oidc import PREFIX, development_oidc_routes

SECRET = "the portal's secret at the provider"
ALGORITHMS = ["ES256", "RS256", "HS256"]
Spoil = Callable[["Misbehaving", Answer], Answer]


def people() -> list[DemoEmployee]:
    """One employee a kind of claims; tests change them."""
    return [
        _employee("astana", komek_role="executive_body", komek_region="71"),
        _employee("both", komek_role=["executive_body", "contact_centre"], komek_region=["71", "75"]),
        _employee("administrator", komek_role=["administrator"]),
        _employee("nobody"),
        _employee("nowhere", komek_role="executive_body"),
        _employee("elsewhere", komek_role="executive_body", komek_region="99"),
    ]


def _employee(subject: str, **claims: Any) -> DemoEmployee:
    return DemoEmployee(subject, subject, {"name": f"Сынақ {subject}"} | claims)


class Misbehaving(DevelopmentProvider):
    """The development provider with ways to spoil what it says; `asked` counts how often for what."""

    def __init__(self, issuer: str, clock: Clock) -> None:
        client = RegisteredClient("komek", SECRET, [])
        super().__init__(issuer, client, people(), fresh_keys(), clock)
        self.spoil: Spoil | None = None
        self.described: Mapping[str, Any] = {}
        self.published: Mapping[str, Any] | None = None
        self.forms: list[dict[str, str]] = []
        self.asked: dict[str, int] = {"discovery": 0, "keys": 0, "token": 0}

    def behave(self) -> None:
        """Do everything right again."""
        self.spoil, self.described, self.published = None, {}, None

    def called_back_at(self, address: str) -> None:
        """Where the portal's callback is, known once it has started."""
        self._core._client = self.client = replace(self.client, redirect_uris=(address,))

    def employ(self, subject: str, **claims: Any) -> None:
        """Give an employee other claims, or make one."""
        self.people[subject] = _employee(subject, **claims)

    def discovery(self) -> Mapping[str, Any]:
        """Counted, and changed by `described`."""
        self.asked["discovery"] += 1
        return dict(super().discovery()) | dict(self.described)

    def jwks(self) -> Mapping[str, Any]:
        """Counted, and replaced by `published`."""
        self.asked["keys"] += 1
        return super().jwks() if self.published is None else self.published

    def exchange(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Counted, kept, and spoilt."""
        self.asked["token"] += 1
        self.forms.append(dict(form) | {"authorization": headers.get("Authorization", "")})
        answer = super().exchange(form, headers)
        return self.spoil(self, answer) if self.spoil and answer.status == 200 else answer


def fresh_keys() -> KeySet:
    """A set of one key."""
    return KeySet([ECKey.generate_key("P-256", auto_kid=True)])


def resigned(header: Mapping[str, Any] | None = None, key: Any = None, **claims: Any) -> Spoil:
    """The ID token with other claims (None takes one away), header or key."""

    def spoil(provider: Misbehaving, answer: Answer) -> Answer:
        token = answer.body["id_token"]
        said = json.loads(jws.extract_compact(token.encode()).payload) | claims
        whole = {name: value for name, value in said.items() if value is not None}
        own = provider.keys.keys[0]
        top = {"alg": "ES256", "kid": own.kid} | dict(header or {})
        return with_token(answer, jwt.encode(top, whole, key or own, algorithms=ALGORITHMS))

    return spoil


def with_token(answer: Answer, token: Any) -> Answer:
    """The answer with another ID token."""
    return replace(answer, body=answer.body | {"id_token": token})


def answering(status: int, body: Any, **headers: str) -> Spoil:
    """Something else than tokens."""
    return lambda _provider, answer: Answer(status, body, headers or answer.headers)


@asynccontextmanager
async def provided(clock: Clock) -> AsyncIterator[Misbehaving]:
    """The provider, listening."""
    listening = socket.create_server(("127.0.0.1", 0))
    provider = Misbehaving(f"http://127.0.0.1:{listening.getsockname()[1]}{PREFIX}", clock)
    async with served(provider, listening):
        yield provider


@asynccontextmanager
async def served(provider: Misbehaving, listening: socket.socket) -> AsyncIterator[None]:
    """Answer at an address until the block ends."""
    application = Starlette(routes=development_oidc_routes(provider))
    config = uvicorn.Config(application, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve([listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await running


def unused() -> str:
    """A text that nobody has seen."""
    return secrets.token_urlsafe(32)
