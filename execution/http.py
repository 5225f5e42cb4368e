"""GraphQL over HTTP: a strict door on Strawberry's ASGI view; its WebSockets go to `websocket`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from json import JSONDecodeError
from typing import Any, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLRequestData
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET

from execution.answers import Answer, AnswerCache
from execution.media import accepted, is_json
from execution.problems import Message, Problem, in_english
from execution.requests import Asked
from execution.responses import body_of, response, status_of
from execution.schema import Schema
from execution.watch import Watch
from execution.websocket import Connection, Handler, Socket, SocketPort
from execution.wire import encoded

ContextFactory = Callable[[Request], Awaitable[Any]]
"""Makes one operation's context from an HTTP request; may raise Problem(401, …) or Problem(403, …)."""

Page = Callable[[Request], Awaitable[Response]]
"""Renders what a browser gets that opens the address itself (GraphiQL)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Bounds and origins of the door; `body` in bytes; sockets are checked again after `check_every`."""

    body: int = 1_000_000
    queries_by_get: bool = True
    allowed_origins: Sequence[str] = ()
    init_timeout: timedelta = field(default=timedelta(seconds=5))
    operations_per_connection: int = 50
    check_every: timedelta = field(default=timedelta(milliseconds=500))


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the door has to know to keep answers (`execution.answers`).

    `scope` names the readers who get the same, None for whoever gets an answer of his own; `recording` is
    entered around an execution and gives the tags of what was read; `may_keep` says whether changes of all
    these tags are told.
    """

    answers: AnswerCache
    scope: Callable[[Request], str | None]
    recording: Callable[[], AbstractContextManager[set[str]]]
    may_keep: Callable[[Collection[str]], bool] = field(default=lambda _tags: True)


Name = tuple[str, str, str, bytes]
"""Scope, media type, method, and the request as it is written."""


class GraphQLDoor(GraphQL[Any, None]):
    """An ASGI application for `Mount`/`Route` at /graphql, HTTP GET and POST and graphql-transport-ws."""

    graphql_transport_ws_handler_class = Handler
    websocket_adapter_class = Socket

    def __init__(
        self,
        schema: Schema,
        context: ContextFactory,
        socket: SocketPort,
        *,
        settings: Settings | None = None,
        message: Message = in_english,
        page: Page | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        self.settings, self.sharing = settings or Settings(), sharing
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=self.settings.queries_by_get,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=self.settings.init_timeout,
            max_subscriptions_per_connection=self.settings.operations_per_connection,
            allowed_origins=self.settings.allowed_origins,
        )
        self.served, self.context, self.socket = schema, context, socket
        self.message, self.page = message, page
        self.watch = Watch(socket, self.settings.check_every)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or one WebSocket connection."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> ASGIApp:
        try:
            return await self._answer(request)
        except Problem as problem:
            return problem.response(request.headers.get("accept-language", ""), self.message)

    async def _answer(self, request: Request) -> ASGIApp:
        if request.method not in {"GET", "POST"}:
            raise Problem(405, "METHOD_NOT_ALLOWED", headers={"Allow": "GET, POST"})
        if self.page and _wants_page(request):
            return await self.page(request)
        media = accepted(request.headers.get("accept"))
        if media is None:
            raise Problem(406, "NOT_ACCEPTABLE")
        written = await self._written(request)
        scope = self.sharing.scope(request) if self.sharing else None
        if self.sharing is None or scope is None:
            return await self._own(request, self._asked(request, written), media)
        name = (scope, media, request.method, written)
        return self.sharing.answers.named(name) or await self._shared(request, name, self.sharing)

    async def _own(self, request: Request, asked: GraphQLRequestData, media: str) -> ASGIApp:
        """An answer for nobody but the viewer."""
        result = await self._execute(request, asked, await self.context(request))
        return response(encoded(body_of(result)), media, status_of(result))

    async def _shared(self, request: Request, name: Name, sharing: Sharing) -> ASGIApp:
        """An answer that others of the scope may get as well, if the schema says so."""
        scope, media, _, written = name
        asked = self._asked(request, written)
        document = self.served.shared_document(asked.query, asked.extensions, asked.operation_name)
        if document is None:
            return await self._own(request, asked, media)
        variables = orjson.dumps(asked.variables, option=orjson.OPT_SORT_KEYS)
        key = (scope, media, document, asked.operation_name, variables)

        async def fill() -> tuple[Answer, bool]:
            with sharing.recording() as tags:
                result = await self._execute(request, asked, await self.context(request))
            body = encoded(body_of(result))
            answer = Answer(body, media, frozenset(tags))
            if result.errors:
                unkept = response(body, media, status_of(result))
                return Answer(body, media, frozenset(tags), sent=unkept), False
            return answer, sharing.may_keep(answer.tags)

        answer = await sharing.answers.get(key, fill)
        sharing.answers.name(name, key)
        return answer.sent or answer

    async def _written(self, request: Request) -> bytes:
        """What the request says, before it is understood."""
        if request.method == "GET":
            return bytes(request.scope["query_string"])
        if not is_json(request.headers.get("content-type")):
            raise Problem(415, "MEDIA_TYPE_UNSUPPORTED", headers={"Accept": "application/json"})
        return await _read(request, self.settings.body)

    def _asked(self, request: Request, written: bytes) -> GraphQLRequestData:
        return _shaped(self._from_address(request) if request.method == "GET" else self._decoded(written))

    def _from_address(self, request: Request) -> dict[str, Any]:
        given: dict[str, Any] = dict(request.query_params)
        for name in ("variables", "extensions"):
            given[name] = self._decoded(given[name]) if given.get(name) else None
        return given

    def _decoded(self, data: str | bytes) -> object:
        try:
            return self.decode_json(data)
        except JSONDecodeError:
            raise Problem(400, "BODY_UNREADABLE") from None

    async def _execute(self, request: Request, asked: GraphQLRequestData, context: Any) -> ExecutionResult:
        allowed = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
        try:
            return await self.served.answer(
                Asked(
                    asked.query, asked.variables, context, asked.operation_name, asked.extensions, wire=True
                ),
                allowed[request.method] if self._may_get(request) else set(),
            )
        except MissingQueryError:
            raise Problem(400, "QUERY_MISSING", path=("query",)) from None
        except CannotGetOperationTypeError:
            raise Problem(400, "OPERATION_UNKNOWN", path=("operationName",)) from None
        except InvalidOperationTypeError:
            status = 405 if request.method == "GET" else 400
            raise Problem(status, "METHOD_NOT_ALLOWED", headers={"Allow": "POST"}) from None

    def _may_get(self, request: Request) -> bool:
        return request.method == "POST" or self.settings.queries_by_get

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:  # noqa: ARG002
        """Strawberry asks once a connection: the operations get contexts of their own (`websocket`)."""
        return Connection(self.socket, cast(WebSocket, request), self.watch)

    async def on_ws_connect(self, context: Any) -> Any:
        """Let the port accept or refuse the connection's `connection_init`."""
        await context.open()
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        """Strict JSON: no NaN, no lone surrogates, bounded depth; raises JSONDecodeError."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """JSON text; a str, because bytes would make binary WebSocket frames."""
        return encoded(data).decode()


async def _read(request: Request, limit: int) -> bytes:
    """Read a body up to the limit; what is beyond is dropped for a while, so that the client hears 413."""
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            body.clear()
        else:
            body += chunk
        if size > limit * _PATIENCE:
            break
    if size > limit:
        raise Problem(413, "REQUEST_TOO_LARGE", headers={"Connection": "close"})
    return bytes(body)


_PATIENCE = 32  # times the limit


def _wants_page(request: Request) -> bool:
    asked = request.method == "GET" and "query" not in request.query_params
    return asked and "text/html" in request.headers.get("accept", "")


_SHAPES: dict[str, tuple[type, ...]] = {
    "query": (str, type(None)),
    "operationName": (str, type(None)),
    "variables": (dict, type(None)),
    "extensions": (dict, type(None)),
}


def _shaped(data: object) -> GraphQLRequestData:
    if not isinstance(data, dict):
        raise Problem(400, "BAD_REQUEST")
    for name, types in _SHAPES.items():
        if not isinstance(data.get(name), types):
            raise Problem(400, "BAD_REQUEST", path=(name,))
    operation = data.get("operationName") or None
    return GraphQLRequestData(data.get("query"), data.get("variables"), operation, data.get("extensions"))
