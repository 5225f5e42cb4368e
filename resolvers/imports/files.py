"""Files of tables: uploaded within bounds, fetched by their supplier; and the template of a category."""

import io
from collections.abc import AsyncIterator
from functools import partial

from auth.policy import require, require_visible
from documents import categories, imports
from documents.audit import intend
from documents.base import Id, Row, in_transaction, parse_id
from domain.errors import DomainError, NotFound, Refused, invalid
from domain.imports import TableFormat, Values, columns_of, write_table
from domain.rate_limits import RateRule
from resolvers.context import Context
from resolvers.rate_limits import require_rate

UPLOAD = "ImportFile.upload"
SOURCE, RESULT = "source", "result"
_MEGABYTE = 2**20
LARGEST = 20 * _MEGABYTE
_ZIP, _MARK = b"PK\x03\x04", b"\xef\xbb\xbf"


class FileTooLarge(DomainError):
    """More bytes than a table may have."""

    def __init__(self) -> None:
        super().__init__("IMPORT_FILE_TOO_LARGE", (), maximum=LARGEST // _MEGABYTE)


async def upload(ctx: Context, pieces: AsyncIterator[bytes], announced: int | None) -> Row:
    """Keep a table until it is imported; its format is what its first bytes say.

    FileTooLarge as soon as that is known: by what was `announced`, or once more has come; nothing stays then.
    """
    require(ctx.viewer, "Mutation.listingsImport")
    supplier = ctx.viewer.subject
    if supplier is None:
        raise NotFound(("viewer",))
    await require_rate(ctx, RateRule.import_file, ctx.viewer.key)
    if announced is not None and announced > LARGEST:
        raise FileTooLarge
    if await imports.kept(supplier, ctx.now) >= imports.MOST_KEPT:
        raise Refused("IMPORT_TOO_MANY_FILES", (), maximum=imports.MOST_KEPT)
    first = await anext(pieces, b"")
    row = await announce(ctx, supplier, SOURCE, _format(first))
    written = await imports.write(row["_id"], _all(first, pieces), LARGEST)
    if written is None:
        raise FileTooLarge
    return await in_transaction(partial(whole, ctx, row["_id"], *written))


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _format(first: bytes) -> TableFormat:
    if first.startswith(_ZIP):
        return TableFormat.xlsx
    return TableFormat.json if first.removeprefix(_MARK).lstrip()[:1] in {b"[", b"{"} else TableFormat.csv


async def announce(ctx: Context, supplier: Id, purpose: str, kind: TableFormat) -> Row:
    """The row of a file whose bytes are about to come."""
    file = imports.ImportFile(
        supplier=supplier,
        purpose=purpose,
        format=kind,
        created_at=ctx.now,
        expires_at=ctx.now + imports.KEPT,
    )

    async def work() -> Row:
        await _noted(ctx, file.id)
        return await imports.create(file)

    return await in_transaction(work)


async def whole(ctx: Context, file: Id, size: int, digest: str) -> Row:
    """Note that all bytes of a file have come, in the transaction under way."""
    row = await imports.complete(file, size, digest)
    if row is None:
        raise NotFound(("fileId",))
    await _noted(ctx, file)
    return row


async def _noted(ctx: Context, file: Id) -> None:
    await intend(UPLOAD, by=ctx.viewer.actor, at=ctx.now, subject=(imports.KIND, file))


async def download(ctx: Context, file: str) -> tuple[Row, AsyncIterator[bytes]]:
    """A whole file of the viewer's own, and its bytes; NotFound for anybody else."""
    row = await imports.get(parse_id(file, "file"))
    require_visible(ctx.viewer, "ImportFile.read", row, "file")
    if row is None or row["size"] is None or row["expires_at"] <= ctx.now:
        raise NotFound(("file",))
    return row, imports.read(row["_id"])


async def template(ctx: Context, category: str, kind: TableFormat) -> bytes:
    """An empty table of a category, its names in the reader's language."""
    found = await categories.current(category)
    if found is None:
        raise invalid("UNKNOWN_CATEGORY", "category")
    file = io.BytesIO()
    rows: list[Values] = [{}] if kind is TableFormat.json else []
    write_table(file, kind, columns_of(categories.definition(found)), rows, ctx.language)
    return file.getvalue()
