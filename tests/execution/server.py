"""A real uvicorn server around the sample schema, and what its tests send."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from execution.documents import Rules
from execution.http import GraphQLDoor, Settings
from execution.problems import Problem, unexpected
from execution.schema import Schema
from execution.websocket import Closed
from tests.execution import sample


def present(error: Exception, context: Any) -> Mapping[str, object] | None:
    """Translate the library's refusals."""
    if isinstance(error, sample.Away):
        return {"code": "UNAVAILABLE", "message": "UNAVAILABLE"}
    if not isinstance(error, sample.Refusal):
        return None
    return {"code": error.code, "path": error.path, "message": f"{error.code} ({context.language})"}


async def context(request: Request) -> sample.Context:
    """A context from the headers; the token `expired` is refused."""
    token = request.headers.get("authorization", "")
    if token == "expired":
        raise Problem(401, "SIGN_IN_REQUIRED", headers={"WWW-Authenticate": "Bearer"})
    if token in {"unreadable", "away"}:
        raise {"unreadable": ZeroDivisionError, "away": sample.Away}[token]("900101300123")
    return sample.Context(
        viewer=token or "anonymous", language=request.headers.get("accept-language", "ru")[:2]
    )


class Port:
    """Sessions are dicts; a test may revoke a viewer."""

    def __init__(self) -> None:
        self.revoked: set[str] = set()
        self.asked: list[int] = []
        self.contexts: list[sample.Context] = []

    async def opened(self, _websocket: WebSocket, payload: Mapping[str, Any]) -> dict[str, str]:
        """Refuse expired tokens."""
        token = str(payload.get("token", "anonymous"))
        if token == "unreadable":
            raise ZeroDivisionError("900101300123")
        if token == "expired":
            raise Closed
        return {"viewer": token}

    async def renewed(self, session: dict[str, str], payload: Mapping[str, Any]) -> dict[str, str]:
        """Take the ping's token."""
        return await self.opened(None, payload) if payload.get("token") else session  # type: ignore[arg-type]

    async def context(self, session: dict[str, str], _websocket: WebSocket) -> sample.Context:
        """A fresh context an operation."""
        if session["viewer"] == "broken":
            raise ZeroDivisionError("900101300123")
        self.contexts.append(sample.Context(viewer=session["viewer"]))
        return self.contexts[-1]

    async def check(self, session: dict[str, str], _context: sample.Context) -> None:
        """Refuse the revoked."""
        if session["viewer"] in self.revoked:
            raise Closed(4403, "Forbidden")

    async def ended(self, sessions: Sequence[dict[str, str]]) -> Mapping[int, str]:
        """Name the revoked, and remember how many were asked for at once."""
        self.asked.append(len(sessions))
        if "trouble" in self.revoked:
            self.revoked.discard("trouble")
            raise ZeroDivisionError("900101300123")
        viewers = (each["viewer"] for each in sessions)
        return {i: "SESSION_ENDED" for i, viewer in enumerate(viewers) if viewer in self.revoked}


def door(port: Port, rules: Rules | None = None, **settings: Any) -> GraphQLDoor:
    """The door of the library."""
    schema = Schema(sample.Query, sample.Mutation, sample.Subscription, presenter=present, rules=rules)
    return GraphQLDoor(
        schema,
        context,
        port,
        settings=Settings(**settings),
        message=lambda code, languages: f"{code} {languages}".strip(),
    )


def application(graphql: ASGIApp) -> Starlette:
    """The door behind a router, as the portal mounts it."""
    return Starlette(
        routes=[Route("/graphql", graphql, methods=None), WebSocketRoute("/graphql", graphql)],
        exception_handlers=unexpected(lambda code, languages: f"{code} {languages}".strip(), [sample.Away]),
    )


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve on a free port of the loopback; yields `127.0.0.1:port`."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="critical", ws="websockets-sansio", ws_max_size=65_536, lifespan="off"
    )
    server = uvicorn.Server(config)
    task = asyncio.ensure_future(server._serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task
