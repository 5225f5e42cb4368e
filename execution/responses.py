"""What HTTP answers of a GraphQL result: body, status and headers (GraphQL over HTTP, 6.4)."""

from __future__ import annotations

from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult

from execution.media import GRAPHQL_JSON


def encoded(data: object) -> bytes:
    """JSON; other keys than strings, which only scalars of objects can have, take a slower way."""
    try:
        return orjson.dumps(data)
    except TypeError:
        return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)


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


def response(body: bytes, media: str, status: int) -> Response:
    """The old media type says 200 whatever happened (GraphQL over HTTP, 6.4)."""
    headers: dict[str, str] = {
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Language, Authorization",
    }
    if status == _AWAY:
        headers["Retry-After"] = "1"
    shown = status if media == GRAPHQL_JSON else 200
    return Response(body, shown, headers, f"{media}; charset=utf-8")


_AWAY = 503
