"""What HTTP answers when there is no GraphQL answer: problem+json (RFC 9457) with code, path, message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from execution.errors import LABELS, log_internal, logger

Message = Callable[[str, str], str]
"""(code, the request's Accept-Language) → the sentence for it."""


def in_english(code: str, _languages: str) -> str:
    """The message of a code in English."""
    return LABELS.get(code, code)


Handler = Callable[[Request, Exception], Awaitable[Response]]


def unexpected(message: Message, away: Sequence[type[Exception]]) -> dict[Any, Handler]:
    """Handlers for what no door expects: 503 UNAVAILABLE for exceptions of what is `away`, else 500 INTERNAL.

    The log gets types and places under the reference that the client is given.
    """

    async def broken(request: Request, error: Exception) -> Response:
        reference = log_internal(error, [request.scope["type"]])
        problem = Problem(500, "INTERNAL", headers={"X-Reference": reference})
        return problem.response(request.headers.get("accept-language", ""), message)

    async def absent(request: Request, error: Exception) -> Response:
        logger.warning("not available: %s in %s", type(error).__name__, request.scope["type"])
        problem = Problem(503, "UNAVAILABLE", headers={"Retry-After": "1"})
        return problem.response(request.headers.get("accept-language", ""), message)

    handlers: dict[Any, Handler] = {Exception: broken}
    return handlers | dict.fromkeys(away, absent)


class Problem(Exception):
    """Stops a request with a status and a code; a context factory may raise it, too (401, 403)."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        path: Sequence[str | int] = (),
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.path = status, code, tuple(path)
        self.message, self.headers = message, dict(headers or {})

    def response(self, languages: str, message: Message) -> Response:
        """The response in the first of the request's languages that `message` speaks."""
        said = self.message or message(self.code, languages)
        body = {
            "type": "about:blank",
            "title": said,
            "status": self.status,
            "code": self.code,
            "path": self.path,
            "message": said,
        }
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(orjson.dumps(body), self.status, headers, "application/problem+json")
