"""Tables of listings over plain HTTP: templates for everybody, a supplier's own files in and out."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from documents.base import Id
from domain.errors import AccessDenied, DomainError
from domain.imports import MEDIA_TYPES, TableFormat
from domain.texts import preferred
from resolvers import imports
from resolvers.admission import admitted
from resolvers.context import Context
from web.problems import headers_of, problem, status_of

UPLOAD = "/imports/files"
SAFE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
CLOSED = {"Connection": "close"}
"""What is left of a body that is refused is not read: the connection can't be used again."""

ContextOf = Callable[[Request], Context]
Name = Callable[[Id], str]
Door = Callable[[Request, Context], Awaitable[Response]]


def import_routes(context_of: ContextOf, name: Name) -> list[Route]:
    """POST /imports/files, GET /imports/files/… and GET /imports/template/….

    The first takes a table as the whole body, with a supplier's token, and answers 201 with the `fileId` that
    `listingsImport` takes (`name` makes it). Refusals are problem+json: 401, 403, 404, 409 too many files,
    413 more than 20 MB, 429.
    """

    async def upload(request: Request, ctx: Context) -> Response:
        row = await imports.upload(ctx, request.stream(), _announced(request))
        given = {"fileId": name(row["_id"]), "format": row["format"], "size": row["size"]}
        return JSONResponse(given, 201, SAFE)

    return [
        Route(UPLOAD, _door(context_of, upload), methods=["POST"]),
        Route(f"{UPLOAD}/{{file}}", _door(context_of, _download), methods=["GET"]),
        Route("/imports/template/{category}.{format}", _door(context_of, _template), methods=["GET"]),
    ]


def _door(context_of: ContextOf, door: Door) -> Callable[[Request], Awaitable[Response]]:
    """The door for whoever the token names, with its refusals as answers."""

    async def answered(request: Request) -> Response:
        language = preferred(request.query_params.get("language") or request.headers.get("accept-language"))
        ctx = replace(context_of(request), language=language)
        try:
            viewer = await admitted(ctx.services.tokens, _bearer(request), ctx.now)
            return await door(request, replace(ctx, viewer=viewer))
        except DomainError as error:
            headers = SAFE | CLOSED | headers_of(error)
            return problem(_status(error), error.code, language, error.path, error.params, headers)
        except ClientDisconnect:
            return Response(status_code=400)

    return answered


def _bearer(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else (kind or None)


def _status(error: DomainError) -> int:
    if isinstance(error, imports.FileTooLarge):
        return 413
    unknown = isinstance(error, AccessDenied) and error.code != "ACCESS_DENIED"
    return 401 if unknown else status_of(error)


def _announced(request: Request) -> int | None:
    given = request.headers.get("content-length", "")
    return int(given) if given.isdigit() else None


async def _download(request: Request, ctx: Context) -> Response:
    row, pieces = await imports.download(ctx, request.path_params["file"])
    return _attached(pieces, TableFormat(row["format"]), f"listings.{row['format']}")


def _attached(pieces: AsyncIterator[bytes], kind: TableFormat, name: str) -> Response:
    headers = SAFE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, headers=headers, media_type=MEDIA_TYPES[kind])


async def _template(request: Request, ctx: Context) -> Response:
    category, asked = request.path_params["category"], request.path_params["format"]
    if asked not in TableFormat.__members__:
        return problem(404, "IMPORT_FILE_FORMAT", ctx.language, headers=SAFE)
    kind = TableFormat(asked)
    content = await imports.template(ctx, category, kind)
    headers = SAFE | {"Content-Disposition": f'attachment; filename="{category}.{kind}"'}
    return Response(content, headers=headers, media_type=MEDIA_TYPES[kind])
