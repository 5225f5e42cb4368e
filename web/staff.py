"""Where staff leave for their OpenID provider, and where they come back (A8, ADR 0010)."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from documents.staff import SIGN_IN_LIFETIME
from domain.errors import DomainError
from domain.texts import preferred
from resolvers import staff
from resolvers.context import Context
from web.problems import headers_of, problem, sentence, status_of

SIGN_IN, CALLBACK = "/staff/sign-in", "/staff/callback"
COOKIE = "__Host-komek-staff"
"""Bound to this host and to TLS by its name; browsers take 127.0.0.1 for safe as well."""
UNAVAILABLE = frozenset({"STAFF_PROVIDER_UNAVAILABLE"})
NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
ALONE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""A page that loads nothing and stands in no other."""
PAGE = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><title>Kömek</title>
<meta name="viewport" content="width=device-width">
<body style="font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem">
<p role="alert">{message}</p></body></html>"""

ContextOf = Callable[[Request], Context]


def staff_routes(context_of: ContextOf) -> list[Route]:
    """GET /staff/sign-in?return=…&challenge=… and GET /staff/callback.

    The callback sends the browser to `return` with `#staff_code=…`, or answers {"code": …} to whoever
    accepts JSON; the code goes into `signInStaff`. Refusals: 400, 409 or 503 as problem+json, a sentence
    for a browser.
    """

    async def leave(request: Request) -> Response:
        asked = request.query_params
        ctx = _context(context_of, request)
        departure = await staff.begin(ctx, asked.get("return", "/"), asked.get("challenge", ""))
        answer = RedirectResponse(departure.url, 303, NO_STORE)
        answer.set_cookie(
            COOKIE,
            departure.browser,
            max_age=int(SIGN_IN_LIFETIME.total_seconds()),
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return answer

    async def come_back(request: Request) -> Response:
        browser = request.cookies.get(COOKIE, "")
        arrival = await staff.arrive(_context(context_of, request), browser, dict(request.query_params))
        if _wants_json(request):
            answer: Response = JSONResponse({"code": arrival.code}, headers=NO_STORE)
        else:
            fragment = urlencode({"staff_code": arrival.code})
            answer = RedirectResponse(f"{arrival.return_to}#{fragment}", 303, NO_STORE)
        answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax")
        return answer

    return [Route(SIGN_IN, _said(leave), methods=["GET"]), Route(CALLBACK, _said(come_back), methods=["GET"])]


def _said(door: Callable[[Request], object]) -> Callable[[Request], object]:
    """The door with its refusals as answers."""

    async def answered(request: Request) -> Response:
        try:
            return await door(request)  # type: ignore[misc, no-any-return]
        except DomainError as error:
            return _refusal(request, error)

    return answered


def _refusal(request: Request, error: DomainError) -> Response:
    status = 503 if error.code in UNAVAILABLE else status_of(error)
    language = preferred(request.headers.get("accept-language"))
    headers = NO_STORE | headers_of(error)
    if "text/html" not in request.headers.get("accept", ""):
        return problem(status, error.code, language, error.path, error.params, headers)
    message = escape(sentence(error.code, language, **error.params))
    return HTMLResponse(PAGE.format(language=language, message=message), status, headers | ALONE)


def _context(context_of: ContextOf, request: Request) -> Context:
    return replace(context_of(request), language=preferred(request.headers.get("accept-language")))


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
