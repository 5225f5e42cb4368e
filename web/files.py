"""Files over plain HTTP: sent with a ticket, and shown to whoever may see them, also in parts (B8)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from documents import files as stored
from documents.base import Id, Row
from domain.errors import AccessDenied, DomainError, invalid
from domain.files import disposition
from domain.texts import preferred
from resolvers import files
from resolvers.admission import admitted
from resolvers.context import Context
from resolvers.files import Shown
from web.problems import headers_of, problem, status_of
from web.ranges import Part, Unsatisfiable, part_of

SECONDS = 600.0
"""How long an upload may last."""
ALONE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}
"""Whatever a file is, it runs nothing and loads nothing."""
PRIVATE = {"Cache-Control": "no-store"}
PUBLIC = {"Cache-Control": "public, max-age=86400, immutable"}
"""A day: for so long caches may show what was withdrawn meanwhile."""
_STATUS: Mapping[str, int] = {
    "FILE_TOO_LARGE": 413,
    "FILE_TYPE_UNKNOWN": 415,
    "FILE_TYPE_DIFFERS": 415,
    "FILE_ENCODED": 415,
    "FILE_TOO_SLOW": 408,
}

ContextOf = Callable[[Request], Context]
Named = Callable[[str, Id], str]
"""Kind and identifier as clients know them."""


def file_routes(context_of: ContextOf, named: Named, *, seconds: float = SECONDS) -> list[Route]:
    """PUT or POST /files/upload/{ticket}, and GET or HEAD /files/{id} and /files/{id}/{width}.

    Both take the token that GraphQL takes. An upload is the bare body, answered by 201 with the file's id;
    400 for what is no such file, 401, 404, 408 too slow, 409 a spent ticket, 413 too large, 415 another type,
    429 too often: all but the last three before the ticket is used. Files: 200, 206, 304, 404, 416.
    """
    doors = _Doors(context_of, named, seconds)
    return [
        Route(f"{files.UPLOAD}{{ticket}}", doors.upload, methods=["PUT", "POST"]),
        Route("/files/{id}", doors.show, methods=["GET", "HEAD"]),
        Route("/files/{id}/{width}", doors.show, methods=["GET", "HEAD"]),
    ]


@dataclass(frozen=True, slots=True)
class _Doors:
    """One method a door."""

    context_of: ContextOf
    named: Named
    seconds: float

    async def upload(self, request: Request) -> Response:
        """Take a file in; the connection ends with a refusal, so that nobody reads on."""
        language = preferred(request.headers.get("accept-language"))
        try:
            row = await self._received(request)
        except DomainError as error:
            status = _STATUS.get(error.code) or _refused(error)
            headers = PRIVATE | headers_of(error) | _challenge(status) | {"Connection": "close"}
            return problem(status, error.code, language, error.path, error.params, headers)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        body = {"id": self.named(stored.FILE, row["_id"]), "status": str(row["status"]).upper()}
        return JSONResponse(body, 201, PRIVATE)

    async def _received(self, request: Request) -> Row:
        ctx = await self._arrived(request)
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise invalid("FILE_ENCODED")
        length = request.headers.get("content-length", "")
        announced = int(length) if length.isascii() and length.isdigit() else None
        try:
            async with asyncio.timeout(self.seconds):
                return await files.receive(ctx, request.path_params["ticket"], announced, request.stream())
        except TimeoutError as error:
            raise invalid("FILE_TOO_SLOW") from error

    async def show(self, request: Request) -> Response:
        """A file, a part of it, or that it has not changed."""
        language = preferred(request.headers.get("accept-language"))
        asked = request.path_params
        try:
            found = await files.shown(await self._arrived(request), asked["id"], asked.get("width"))
        except DomainError as error:
            status = _refused(error)
            headers = PRIVATE | _challenge(status)
            return problem(status, error.code, language, (), error.params, headers)
        return _answer(request, found)

    async def _arrived(self, request: Request) -> Context:
        ctx = self.context_of(request)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.strip() if kind.lower() == "bearer" else (kind or None)
        return replace(ctx, viewer=await admitted(ctx.services.tokens, given, ctx.now))


def _refused(error: DomainError) -> int:
    """401 for a token that is no good and for none; 404, never 403, for what is not the viewer's."""
    signed_out = isinstance(error, AccessDenied) and error.code != "ACCESS_DENIED"
    return 401 if signed_out else status_of(error)


def _challenge(status: int) -> dict[str, str]:
    """How to come again (RFC 9110, 11.6.1)."""
    return {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004 - it is its name


def _answer(request: Request, found: Shown) -> Response:
    headers = {
        **ALONE,
        **(PUBLIC if found.public else PRIVATE),
        "Accept-Ranges": "bytes",
        "ETag": found.tag,
        "Content-Disposition": disposition(found.name, inline=found.is_picture),
    }
    if _is_known(request.headers.get("if-none-match"), found.tag):
        return Response(status_code=304, headers=headers)
    try:
        part = _wanted(request, found)
    except Unsatisfiable:
        return Response(
            status_code=416, headers={**ALONE, **PRIVATE, "Content-Range": f"bytes */{found.length}"}
        )
    whole = part or Part(0, found.length)
    headers["Content-Length"] = str(whole.length)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{found.length}"
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(None, status, headers, found.content_type)
    chunks = stored.read(found.content, whole.start, whole.length)
    return StreamingResponse(chunks, status, headers, found.content_type)


def _is_known(header: str | None, tag: str) -> bool:
    """Whether an If-None-Match names the tag, weakly or not (RFC 9110, 13.1.2)."""
    tags = [one.strip().removeprefix("W/") for one in (header or "").split(",")]
    return header is not None and (tag in tags or "*" in tags)


def _wanted(request: Request, found: Shown) -> Part | None:
    """The part that is asked for: of GET only, and of the content that the client has the beginning of."""
    if request.method != "GET" or request.headers.get("if-range", found.tag) != found.tag:
        return None
    return part_of(request.headers.get("range"), found.length)
