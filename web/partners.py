"""Doors for messages of partners: signed bodies in, short JSON out, refusals as problem+json (RFC 9457)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.errors import DomainError
from domain.signatures import Refusal, SignatureRefused
from domain.texts import preferred
from resolvers import measures, participants
from resolvers.context import Context
from web.problems import problem, status_of

LARGEST = 64 * 1024
"""Bytes of a signed message; the verifier takes no more either."""
MEDIA_TYPE = "application/pkcs7-mime"
_MALFORMED = frozenset({Refusal.unreadable, Refusal.signers, Refusal.attributes, Refusal.algorithm})

ContextOf = Callable[[Request], Context]
Receiver = Callable[[Context, bytes], Awaitable[Mapping[str, Any]]]
"""Takes a signed message in; what comes back is the JSON of the answer."""


def partner_routes(context_of: ContextOf) -> list[Route]:
    """POST /partners/esobes and /partners/gateway; bodies are attached CMS.

    Answers 200 with `outcome` accepted or ignored and `duplicate`; 400 malformed, 401 not properly signed,
    403 signed by somebody else, 409 against a rule, 413 too large, 415 another media type.
    """
    return [
        _door("/partners/esobes", context_of, _receive_measure),
        _door("/partners/gateway", context_of, _receive_record),
    ]


def _door(path: str, context_of: ContextOf, receive: Receiver) -> Route:
    async def door(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language"))
        return await _answer(request, replace(context_of(request), language=language), receive)

    return Route(path, door, methods=["POST"])


async def _receive_measure(ctx: Context, cms: bytes) -> Mapping[str, Any]:
    answer = await measures.receive(ctx, cms)
    return {"messageId": answer.message_id, "outcome": answer.outcome, "duplicate": answer.duplicate}


async def _receive_record(ctx: Context, cms: bytes) -> Mapping[str, Any]:
    received = await participants.receive_gateway_record(ctx, cms)
    return {"messageId": received.message_id, "outcome": "accepted", "duplicate": not received.new}


async def _answer(request: Request, ctx: Context, receive: Receiver) -> Response:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        return problem(415, "NOT_SIGNED_MESSAGE", ctx.language, expected=MEDIA_TYPE)
    body = await _body(request)
    if body is None:
        return problem(413, "REQUEST_TOO_LARGE", ctx.language)
    try:
        return JSONResponse(await receive(ctx, body))
    except DomainError as error:
        path = () if isinstance(error, SignatureRefused) else error.path  # it is about the whole body
        return problem(_status(error), error.code, ctx.language, path, **error.params)


async def _body(request: Request) -> bytes | None:
    """The whole body; None as soon as it is larger than any message."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST:
            return None
    return bytes(read)


def _status(error: DomainError) -> int:
    if isinstance(error, SignatureRefused):
        return 400 if error.reason in _MALFORMED else 401
    return status_of(error)
