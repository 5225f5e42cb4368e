"""A table on its way: fetched, read once by a thread, and laid down line by line for the batches."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from itertools import islice
from typing import IO, BinaryIO

from documents import imports
from documents.base import Id
from documents.imports import FileGone
from domain.errors import Issue, Refused
from domain.imports import Column, Row, TableFormat, csv_lines, json_rows, spooled, tabular, unspooled
from workers.imports.workbooks import xlsx_lines

LINES_MAX = 100 * 2**20
"""Characters of all rows together."""


@dataclass
class Table:
    """A table that was read: what is wrong with its headings, how many rows it has, and the rows."""

    issues: Sequence[Issue]
    total: int
    lines: IO[str]

    def skip(self, count: int) -> None:
        """Begin after so many rows."""
        self.lines.seek(0)
        for _ in islice(self.lines, count):
            pass

    def next(self, count: int) -> list[Row]:
        """The next rows; none after the end."""
        return [unspooled(line) for line in islice(self.lines, count)]


@asynccontextmanager
async def opened(file: Id, kind: TableFormat, columns: Sequence[Column]) -> AsyncIterator[Table]:
    """The table of a file, read by a thread: nobody else waits for it. Refused for what is no table."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile("w+", encoding="utf-8") as lines:
        try:
            async for piece in imports.read(file):
                source.write(piece)
        except FileGone:
            raise Refused("IMPORT_FILE_GONE") from None
        issues, total = await asyncio.to_thread(_read, source, kind, columns, lines)
        lines.seek(0)
        yield Table(issues, total, lines)


def _read(
    source: BinaryIO, kind: TableFormat, columns: Sequence[Column], lines: IO[str]
) -> tuple[Sequence[Issue], int]:
    if kind is TableFormat.json:
        return [], _laid(json_rows(source, columns), lines)
    # closed here, while its file is open, also where the table is refused half-way
    with closing(xlsx_lines(source) if kind is TableFormat.xlsx else csv_lines(source)) as found:
        issues, rows = tabular(found, columns)
        return issues, 0 if issues else _laid(rows, lines)


def _laid(rows: Iterator[Row], lines: IO[str]) -> int:
    """How many rows were laid down."""
    total = written = 0
    for row in rows:
        written += lines.write(spooled(row) + "\n")
        total += 1
        if written > LINES_MAX:
            raise Refused("IMPORT_UNPACKS_TOO_LARGE")
    return total
