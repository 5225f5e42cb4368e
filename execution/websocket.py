"""graphql-transport-ws: one connection, many operations, each with a context and checks of its own.

Queries and mutations run here as well; whatever must hold for every operation belongs into schema
extensions or into the port below, never into HTTP middleware. Frames are bounded by the server
(uvicorn's `ws_max_size`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Protocol, cast

from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types.execution import PreExecutionError

from execution.errors import log_internal
from execution.watch import Watch


class Closed(Exception):
    """Raised by the port to close a connection: 4403 for a viewer who may not go on."""

    def __init__(self, code: int = 4403, reason: str = "Forbidden") -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class SocketPort(Protocol):
    """What the application knows of a connection; every method may raise `Closed`."""

    async def opened(self, websocket: WebSocket, payload: Mapping[str, Any]) -> Any:
        """Return a session from the payload of `connection_init` (who asks; may be anonymous)."""

    async def renewed(self, session: Any, payload: Mapping[str, Any]) -> Any:
        """Return the session that follows from a `ping` with a payload, e.g. a fresh token."""

    async def context(self, session: Any, websocket: WebSocket) -> Any:
        """Return a new context for one operation, with its own loaders and a viewer read anew."""

    async def check(self, session: Any, context: Any) -> None:
        """Check before each pushed result that the viewer may still see it."""

    async def ended(self, sessions: Sequence[Any]) -> Mapping[int, str]:
        """Which of the sessions may not go on: place → reason; asked again and again, events or not."""


class Connection:
    """Strawberry's context of a connection: who opened it; operations get theirs from the port."""

    def __init__(self, port: SocketPort, websocket: WebSocket, watch: Watch) -> None:
        self.port, self.websocket, self.watch = port, websocket, watch
        self.connection_params: dict[str, Any] = {}
        self.session: Any = None

    async def open(self) -> None:
        """Accept the connection, or close it and raise ConnectionRejectionError, for Strawberry to hear."""
        try:
            self.session = await self.port.opened(self.websocket, self.connection_params)
        except Closed as closed:
            await close(self.websocket, closed.code, closed.reason)
            raise ConnectionRejectionError from closed

    async def end(self, reason: str) -> None:
        """Close the connection of somebody who may not go on."""
        await close(self.websocket, 4403, reason)


class Socket(ASGIWebSocketAdapter):
    """A socket that may be gone at any moment without anybody making a fuss."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message; raises WebSocketDisconnected after the end."""
        if self.ws.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnected
        await super().send_json(message)

    async def close(self, code: int, reason: str) -> None:
        """Close once."""
        await close(self.ws, code, reason)


async def close(websocket: WebSocket, code: int, reason: str) -> None:
    """Close once; the reason is cut to what a close frame holds (RFC 6455, 5.5)."""
    if websocket.application_state is WebSocketState.CONNECTED:
        with suppress(WebSocketDisconnect):
            await websocket.close(code, reason.encode()[:120].decode(errors="ignore"))


class _Guard:
    """Keeps what nobody expects from uvicorn, which would log its text and drop the connection."""

    def __init__(self, websocket: Any) -> None:
        self._websocket = websocket

    async def __aenter__(self) -> None:
        """Nothing to do."""

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """Log and close; a connection that is gone is not unexpected."""
        if not isinstance(error, Exception) or isinstance(error, WebSocketDisconnected):
            return False
        log_internal(error, ["websocket"])
        await self._websocket.close(1011, "Internal error")
        return True


class Handler(BaseGraphQLTransportWSHandler[Any, None]):
    """Speaks graphql-transport-ws; what it cannot read closes with 4400."""

    async def handle_message(self, message: Any) -> None:
        """Check a message's shape, then act on it; what breaks there closes with 1011."""
        async with _Guard(self.websocket):
            await self._handle(message)

    async def _handle(self, message: Any) -> None:
        if not _well_formed(message):
            await self.handle_invalid_message("Invalid message")
            return
        if message.get("payload", message) is None:
            del message["payload"]
        await super().handle_message(message)

    async def handle_ping(self, message: Any) -> None:
        """Answer a ping; its payload may renew the session, so that a token's end loses no position."""
        try:
            if message.get("payload") and self.connection_acknowledged:
                self.context.session = await self.context.port.renewed(
                    self.context.session, message["payload"]
                )
        except Closed as closed:
            await self.websocket.close(closed.code, closed.reason)
            return
        await super().handle_ping(message)

    async def handle_connection_init(self, message: Any) -> None:
        """Greet, and from then on look after the connection even while it is silent."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged:
            self.context.watch.add(self.context)

    async def shutdown(self) -> None:
        """End everything that was open."""
        self.context.watch.discard(self.context)
        await super().shutdown()

    async def handle_subscribe(self, message: Any) -> None:
        """Start an operation unless too many are open; a hash may name its document."""
        allowed = self.max_subscriptions_per_connection
        if allowed is None or len(self.operations) < allowed or message["id"] in self.operations:
            payload = message["payload"]
            payload["query"] = Asked(payload.get("query") or "", payload.get("extensions"))
            await super().handle_subscribe(message)
            return
        shown = {"code": "TOO_MANY_OPERATIONS", "path": []}
        said = self.view.schema.label(shown["code"], None)  # type: ignore[attr-defined]
        error = GraphQLError(said, extensions={**shown, "message": said})
        await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        """Run one operation to its end with a context of its own."""
        asked = cast(Asked, operation.query)
        try:
            context = await self.context.port.context(self.context.session, self.context.websocket)
            results = await self.schema.stream(
                asked.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
                operation_extensions=asked.extensions,
            )
            async with aclosing(results):
                await self._send(operation, results, context)
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except Closed as closed:
            await self.websocket.close(closed.code, closed.reason)

    async def _send(self, operation: Operation[Any, None], results: Any, context: Any) -> None:
        async for result in results:
            if isinstance(result, PreExecutionError):
                await operation.send_initial_errors(result.errors or [])
                return
            await self.context.port.check(self.context.session, context)
            await operation.send_next(result)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        """Log what no operation expected and close: a client must not wait for an answer that never comes."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception) and not isinstance(error, WebSocketDisconnected):
            log_internal(error, ["websocket"])
            self.closing = asyncio.ensure_future(self.websocket.close(1011, "Internal error"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands for an operation's document between its frame and its run."""

    query: str
    extensions: dict[str, Any] | None


_SHAPES: dict[str, dict[str, tuple[type, ...]]] = {
    "connection_init": {"payload": (dict, type(None))},
    "ping": {"payload": (dict, type(None))},
    "pong": {"payload": (dict, type(None))},
    "subscribe": {"id": (str,), "payload": (dict,)},
    "complete": {"id": (str,)},
}
_OPERATION: dict[str, tuple[type, ...]] = {
    "query": (str, type(None)),
    "variables": (dict, type(None)),
    "operationName": (str, type(None)),
    "extensions": (dict, type(None)),
}


def _well_formed(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    shape = _SHAPES.get(message["type"])
    if shape is None or not _fits(message, shape):
        return False
    return message["type"] != "subscribe" or _fits(message["payload"], _OPERATION)


def _fits(message: Mapping[str, Any], shape: Mapping[str, tuple[type, ...]]) -> bool:
    return all(isinstance(message.get(name), types) for name, types in shape.items())
