"""The export of a supplier's listings: read page by page, written by a thread, kept as a file."""

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import IO, Any, BinaryIO

from documents import categories
from documents.base import Row
from domain.errors import NotFound
from domain.imports import TableFormat, Values, columns_of, write_table
from domain.jobs import Progress
from domain.texts import Language
from resolvers.context import Context
from resolvers.imports import Export, exported_page, file_made, whole
from workers.jobs import Batch

RESULT_MAX = 200 * 2**20
_PIECE = 256 * 1024


async def listings_export(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
    """The batches of an export. What was read is gone with who read it: another begins to read anew."""
    asked = await _asked(job["asked"])
    read, known = 0, job["done"]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as lines, tempfile.TemporaryFile() as table:
        page, last = await exported_page(ctx, asked, None)
        while page:
            lines.writelines(f"{json.dumps(values, ensure_ascii=False)}\n" for values in page)
            read += len(page)
            if read > known:
                yield _noted(read, read - known)
                known = read
            page, last = await exported_page(ctx, asked, last)
        await asyncio.to_thread(_written, asked, lines, table)
        row = await file_made(ctx, asked.format, _pieces(table), RESULT_MAX)
        yield _kept(ctx, row, read)


def _noted(read: int, more: int) -> Batch:
    async def batch() -> Progress:
        return Progress(read, done=more)

    return batch


def _kept(ctx: Context, row: Row, read: int) -> Batch:
    async def batch() -> Progress:
        await whole(ctx, row["_id"], row["size"], row["digest"])
        return Progress(read, total=read, result={"file": row["_id"]})

    return batch


async def _asked(asked: Row) -> Export:
    row = await categories.version(asked["category"], asked["definition"])
    if row is None:
        raise NotFound(("input", "category"))
    definition = categories.definition(row)
    kind, language = TableFormat(asked["format"]), Language(asked["language"])
    return Export(definition, columns_of(definition), kind, language)


def _written(asked: Export, lines: IO[str], table: BinaryIO) -> None:
    lines.seek(0)
    write_table(table, asked.format, asked.columns, _rows(lines), asked.language)
    table.seek(0)


def _rows(lines: IO[str]) -> Iterator[Values]:
    for line in lines:
        values: dict[str, Any] = json.loads(line)
        yield values


async def _pieces(table: BinaryIO) -> AsyncIterator[bytes]:
    while piece := table.read(_PIECE):
        yield piece
