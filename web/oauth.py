"""The token endpoint of systems (RFC 6749, 3.2; ADR 0010)."""

from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.rate_limits import RateLimited
from domain.texts import preferred
from resolvers import systems
from resolvers.context import Context
from web.bodies import body_of
from web.problems import headers_of, problem

FORM = "application/x-www-form-urlencoded"
LARGEST = 16 * 1024
"""Bytes of a form; an assertion is smaller."""
MOST_FIELDS = 20
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

ContextOf = Callable[[Request], Context]


def oauth_routes(context_of: ContextOf) -> list[Route]:
    """POST /oauth/token: grant `client_credentials`, method `private_key_jwt`, `scope` as registered.

    Answers as RFC 6749 5.1 and 5.2 say: 200 with a token for ten minutes, 400 or 401 with `error`; 429 as
    problem+json with `Retry-After`.
    """

    async def token(request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return JSONResponse({"error": "invalid_request"}, 400, NO_STORE)
        try:
            answered = await systems.token(context_of(request), form)
        except RateLimited as error:
            language = preferred(request.headers.get("accept-language"))
            return problem(429, error.code, language, (), error.params, NO_STORE | headers_of(error))
        return JSONResponse(dict(answered.body), answered.status, dict(answered.headers))

    return [Route(systems.TOKEN, token, methods=["POST"])]


async def _form(request: Request) -> dict[str, str] | None:
    """The fields, each once (RFC 6749, 3.2); None for anything that is not such a form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return None
    read = await body_of(request, LARGEST)
    if read is None:
        return None
    try:
        pairs = parse_qsl(read.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None
