"""Tables as files: a workbook weighed before it is opened and read row by row, or CSV."""

import csv
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import Refused
from domain.regions import ROWS_MAX, Cell, Line

FILE_MAX = 50 * 2**20
"""Bytes of a file; the workbook of the whole country has one."""
UNPACKED_MAX = 200 * 2**20
RATIO_MAX = 100
"""Times that a part may grow when it is unpacked; sheets of repeated tags grow some twenty times."""
SMALL = 2**20
"""A part of no more bytes than this may grow as it likes."""
PARTS_MAX = 200
COLUMNS_MAX = 12
_ZIP = b"PK\x03\x04"
_FAULTY = (
    InvalidFileException,
    DefusedXmlException,
    zipfile.BadZipFile,
    zlib.error,
    csv.Error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    OSError,
    RuntimeError,
    EOFError,
)
"""What the libraries say of files that are no tables."""


def lines_of(file: Path) -> Iterator[Line]:
    """The rows of a workbook's first sheet, or of CSV; Refused for what is neither, or too large."""
    if file.stat().st_size > FILE_MAX:
        raise Refused("KATO_TOO_LARGE")
    with file.open("rb") as opened:
        zipped = opened.read(len(_ZIP)) == _ZIP
    try:
        yield from islice(_workbook(file) if zipped else _csv(file), ROWS_MAX + 1)
    except _FAULTY:
        raise Refused("KATO_NOT_TABLE") from None


def _workbook(file: Path) -> Iterator[Line]:
    _weigh(file)
    with file.open("rb") as opened:  # the library leaves open what it fails to read
        book = load_workbook(opened, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size need not be so
        rows = sheet.iter_rows(max_col=COLUMNS_MAX, values_only=True)
        yield from ((number, [_cell(each) for each in row]) for number, row in enumerate(rows, 1))


def _weigh(file: Path) -> None:
    """Refuse an archive by what it says of itself: no part is ever unpacked beyond its stated size."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
        raise Refused("KATO_TOO_LARGE")
    if any(part.file_size > max(SMALL, RATIO_MAX * part.compress_size) for part in parts):
        raise Refused("KATO_TOO_LARGE")


def _csv(file: Path) -> Iterator[Line]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        yield from enumerate(csv.reader(opened, delimiter=_delimiter(opened), strict=True), 1)


def _delimiter(opened: TextIO) -> str:
    first = opened.readline(SMALL)
    opened.seek(0)
    return max(",;\t", key=first.count)


def _cell(value: Any) -> Cell:
    return value if value is None or isinstance(value, str | int | float) else str(value)
