"""Doors for messages of partners: signed bodies in, short JSON out, refusals as problem+json (RFC 9457)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.errors import AccessDenied, DomainError
from domain.rate_limits import RateLimited, RateRule
from domain.signatures import Refusal, SignatureRefused
from domain.systems import Scope
from domain.texts import preferred
from resolvers import measures, participants, systems
from resolvers.admission import admitted
from resolvers.context import Context
from resolvers.rate_limits import network, require_rate
from web.bodies import body_of
from web.problems import headers_of, problem, status_of

LARGEST = 64 * 1024
"""Bytes of a signed message; the verifier takes no more either."""
MEDIA_TYPE = "application/pkcs7-mime"
_MALFORMED = frozenset({Refusal.unreadable, Refusal.signers, Refusal.attributes, Refusal.algorithm})
_NOT_NOW = frozenset({Refusal.revocation_unknown, Refusal.unavailable})
"""The signature may be good, but the portal can't tell at present: the partner has to come again."""
_AGAIN_SECONDS = 60

ContextOf = Callable[[Request], Context]
Receiver = Callable[[Context, bytes], Awaitable[Mapping[str, Any]]]
"""Takes a signed message in; what comes back is the JSON of the answer."""


def partner_routes(context_of: ContextOf, *, tokens: bool = False) -> list[Route]:
    """POST /partners/esobes and /partners/gateway; bodies are attached CMS.

    With `tokens` each needs a system's token with the scope of its door beside the signature; without, one
    that is sent must be right all the same.

    Answers 200 with `outcome` accepted or ignored and `duplicate`; 400 malformed, 401 not properly signed,
    403 signed by somebody else, 409 against a rule, 413 too large, 415 another media type, 429 too often,
    503 while signatures can't be checked; the last two with `Retry-After`.
    """
    return [
        _door("/partners/esobes", context_of, _Door(_receive_measure, Scope.esobes_send, tokens)),
        _door("/partners/gateway", context_of, _Door(_receive_record, Scope.gateway_send, tokens)),
    ]


@dataclass(frozen=True, slots=True)
class _Door:
    """What a door takes in, the scope it asks of a token, and whether there must be one."""

    receive: Receiver
    scope: Scope
    demanded: bool


def _door(path: str, context_of: ContextOf, what: _Door) -> Route:
    async def door(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language"))
        return await _answer(request, replace(context_of(request), language=language), what)

    return Route(path, door, methods=["POST"])


async def _receive_measure(ctx: Context, cms: bytes) -> Mapping[str, Any]:
    answer = await measures.receive(ctx, cms)
    return {"messageId": answer.message_id, "outcome": answer.outcome, "duplicate": answer.duplicate}


async def _receive_record(ctx: Context, cms: bytes) -> Mapping[str, Any]:
    received = await participants.receive_gateway_record(ctx, cms)
    return {"messageId": received.message_id, "outcome": "accepted", "duplicate": not received.new}


async def _refusal(request: Request, ctx: Context, what: _Door) -> Response | None:
    """401 without a good token, 403 without the scope; None for whoever may go on."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    given = token.strip() if kind.lower() == "bearer" else (kind or None)
    try:
        viewer = await admitted(ctx.services.tokens, given, ctx.now)
        await systems.require_scope(viewer, what.scope, demanded=what.demanded)
    except AccessDenied as denied:
        status = 403 if denied.code == "SCOPE_MISSING" and given else 401
        challenge = {"WWW-Authenticate": f'Bearer scope="{what.scope}"'}
        return problem(status, denied.code, ctx.language, (), {"scope": str(what.scope)}, challenge)
    return None


async def _too_often(ctx: Context) -> Response | None:
    """429 for a network that sends more than any partner does; counted before anything is verified."""
    try:
        await require_rate(ctx, RateRule.partner_message, network(ctx))
    except RateLimited as error:
        return problem(429, error.code, ctx.language, (), error.params, headers_of(error))
    return None


async def _answer(request: Request, ctx: Context, what: _Door) -> Response:
    if refusal := await _too_often(ctx) or await _refusal(request, ctx, what):
        return refusal
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        return problem(415, "NOT_SIGNED_MESSAGE", ctx.language, params={"expected": MEDIA_TYPE})
    body = await body_of(request, LARGEST)
    if body is None:
        return problem(413, "REQUEST_TOO_LARGE", ctx.language)
    try:
        return JSONResponse(await what.receive(ctx, body))
    except DomainError as error:
        path = () if isinstance(error, SignatureRefused) else error.path  # it is about the whole body
        return problem(_status(error), error.code, ctx.language, path, error.params, _headers(error))


def _status(error: DomainError) -> int:
    if isinstance(error, SignatureRefused):
        return 503 if error.reason in _NOT_NOW else 400 if error.reason in _MALFORMED else 401
    return status_of(error)


def _headers(error: DomainError) -> dict[str, str]:
    later = isinstance(error, SignatureRefused) and error.reason in _NOT_NOW
    return {"Retry-After": str(_AGAIN_SECONDS)} if later else headers_of(error)
