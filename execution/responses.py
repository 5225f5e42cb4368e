"""What HTTP answers of a GraphQL result: body, status and headers (GraphQL over HTTP, 6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import GraphQLError
from starlette.types import Receive, Scope, Send
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult

from execution.media import GRAPHQL_JSON


def _refused(result: ExecutionResult) -> bool:
    """Whether execution never began: no error of a request has a path into the answer."""
    errors = result.errors or []
    return result.data is None and bool(errors) and all(each.path is None for each in errors)


def body_of(result: ExecutionResult) -> GraphQLHTTPResponse:
    """The result as it is told; a request that was refused has no `data` at all."""
    body: dict[str, Any] = {} if _refused(result) else {"data": result.data}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        body["extensions"] = result.extensions
    return body  # type: ignore[return-value]


def status_of(result: ExecutionResult) -> int:
    """The status in the new media type: 400 for what was refused, 503 where nothing could be answered."""
    if result.data is None and any(_is_away(each) for each in result.errors or []):
        return _AWAY
    return 400 if _refused(result) else 200


def _is_away(error: GraphQLError) -> bool:
    return (error.extensions or {}).get("code") == "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Sent:
    """A body and what is sent before it; an ASGI application."""

    body: bytes
    status: int
    headers: Sequence[tuple[bytes, bytes]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send it."""
        length = (b"content-length", str(len(self.body)).encode())
        headers = [*self.headers, length]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def response(body: bytes, media: str, status: int) -> Sent:
    """The old media type says 200 whatever happened (GraphQL over HTTP, 6.4)."""
    return Sent(body, status if media == GRAPHQL_JSON else 200, _headers(media, status))


@lru_cache(maxsize=64)
def _headers(media: str, status: int) -> Sequence[tuple[bytes, bytes]]:
    again = ((b"retry-after", b"1"),) if status == _AWAY else ()
    return (
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept, Accept-Language, Authorization"),
        *again,
    )


_AWAY = 503
