"""A server as a client sees it: GraphQL over HTTP, doors of development, and patience while it is away."""

import asyncio
import base64
import time
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx2

from demo.operations import operation

Values = Mapping[str, Any]
PAUSE = 0.2
BROKEN_FOR_NOW = frozenset({"INTERNAL"})
"""What a server answers while its database is away; with an idempotency key it is safe to ask again."""


class Unreachable(Exception):
    """Nobody answers at the address, for longer than the client's patience."""


class NotSignedIn(Exception):
    """The access token is no good any more: sign in again (or refresh), then repeat."""


class Problem(Exception):
    """A typed error of the portal: its code, and what it says to a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class _TryAgain(Exception):
    """The answer never came, or the server could not do it just now."""


class Server:
    """One server by its address; `patience` is for how many seconds one request is tried again."""

    def __init__(self, url: str, *, patience: float = 0) -> None:
        self.url = url.rstrip("/")
        self._patience = patience
        self._http = httpx2.AsyncClient(base_url=self.url, timeout=30, headers={"Accept-Language": "en"})

    async def __aenter__(self) -> Self:
        """Connections are made when they are needed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._http.aclose()

    @property
    def socket(self) -> str:
        """The address of subscriptions."""
        return f"ws{self.url.removeprefix('http')}/graphql"

    async def ask(self, name: str, variables: Values | None = None, token: str | None = None) -> Any:
        """The answer of a named operation: the value of its only root field.

        Problem for a typed error, NotSignedIn for a token that has ended, Unreachable. The same request is
        sent again while nothing answers, so whatever it changes must carry an idempotency key.
        """
        body = {"query": operation(name), "variables": dict(variables or {})}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self._patiently("POST", "/graphql", json=body, headers=headers)
        if answer.status_code == httpx2.codes.UNAUTHORIZED:
            raise NotSignedIn
        return _root(answer.json())

    async def get(self, path: str) -> Any:
        """The JSON behind a path."""
        return (await self._patiently("GET", path)).json()

    async def post(self, path: str, body: Values) -> Any:
        """What a door of development answers; repeated like everything else."""
        return (await self._patiently("POST", path, json=dict(body))).json()

    async def visit(
        self, method: str, address: str, cookie: str = "", form: Values | None = None
    ) -> httpx2.Response:
        """What a page of any address answers, redirections included; asked for as JSON."""
        headers = {"Accept": "application/json"} | ({"Cookie": cookie} if cookie else {})
        return await self._patiently(method, address, headers=headers, data=form)

    async def sign(self, person: str, content: bytes, key: str = "sign") -> str:
        """CMS in Base64 over the content by a demo person; key "auth" signs in, "sign" signs documents."""
        asked = {"person": person, "content": base64.b64encode(content).decode(), "key": key}
        answer = await self.post("/dev/sign.json", asked)
        return str(answer["cms"])

    async def now(self) -> datetime:
        """The portal's time."""
        return datetime.fromisoformat((await self.get("/dev/clock"))["now"])

    async def set_clock(self, instant: datetime) -> None:
        """Move the portal's time: for everybody, so only on a server of one's own."""
        await self.post("/dev/clock", {"now": instant.isoformat()})

    async def _patiently(self, method: str, path: str, **request: Any) -> httpx2.Response:
        until = time.monotonic() + self._patience
        while True:
            try:
                return await self._once(method, path, request)
            except _TryAgain as again:
                if time.monotonic() >= until:
                    raise Unreachable(f"No server answers at {self.url} ({again})") from again
            await asyncio.sleep(PAUSE)

    async def _once(self, method: str, path: str, request: dict[str, Any]) -> httpx2.Response:
        try:
            answer = await self._http.request(method, path, **request)
        except httpx2.TransportError as error:
            raise _TryAgain(type(error).__name__) from error
        if answer.is_server_error or _broken_for_now(answer):
            raise _TryAgain(f"HTTP {answer.status_code}")
        return answer


def _broken_for_now(answer: httpx2.Response) -> bool:
    """Whether a GraphQL answer says that something broke on the other side."""
    if "json" not in answer.headers.get("content-type", ""):
        return False
    said = answer.json()
    errors = said.get("errors", []) if isinstance(said, dict) else []
    return any(error.get("extensions", {}).get("code") in BROKEN_FOR_NOW for error in errors)


def _root(answer: dict[str, Any]) -> Any:
    for error in answer.get("errors", []):
        raise Problem(error.get("extensions", {}).get("code", "?"), error["message"])
    (value,) = answer["data"].values()
    if isinstance(value, dict) and {"code", "message"} <= value.keys():
        raise Problem(value["code"], value["message"])
    return value
