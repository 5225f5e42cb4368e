"""XLSX as it comes in: an archive that is weighed before it is opened, then read row by row."""

import zipfile
import zlib
from collections.abc import Generator
from datetime import datetime, time
from typing import Any, BinaryIO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import Refused
from domain.imports import COLUMNS_MAX, ROWS_MAX, Raw, meant
from domain.imports.tables import Line

MEGABYTE = 2**20
SHEET_MAX = 100 * MEGABYTE
"""Bytes of a sheet once it is unpacked; it is read piece by piece."""
TEXTS_MAX = 20 * MEGABYTE
"""Bytes of the texts that cells share, which are all in memory; and of any other part."""
PARTS_MAX = 200
_SHEETS = "xl/worksheets/"
_FAULTY = (
    InvalidFileException,
    DefusedXmlException,
    zipfile.BadZipFile,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    RuntimeError,
    EOFError,
    zlib.error,
)
"""What the library says of files that are none."""


def xlsx_lines(file: BinaryIO) -> Generator[Line, None, None]:
    """The rows of the first sheet, values and not formulas; Refused for what is none, or too large."""
    weigh(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > 2 * ROWS_MAX:
                raise Refused("IMPORT_TOO_MANY_ROWS", (), maximum=ROWS_MAX)
            yield number, _trimmed([_raw(cell) for cell in _filled(cells)])
    except _FAULTY:
        raise Refused("IMPORT_NOT_TABLE") from None


def weigh(file: BinaryIO) -> None:
    """Refuse an archive that unpacks to more than is bearable; no more is unpacked than its sizes say."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = {part.filename: part.file_size for part in archive.infolist()}
            sheets = sum(size for name, size in sizes.items() if name.startswith(_SHEETS))
            others = sum(sizes.values()) - sheets
            if len(sizes) > PARTS_MAX or sheets > SHEET_MAX or others > TEXTS_MAX:
                raise Refused("IMPORT_UNPACKS_TOO_LARGE")
            texts = sum(sizes.get(name, 0) for name in _texts(archive))
    except _FAULTY:
        raise Refused("IMPORT_NOT_TABLE") from None
    if texts > TEXTS_MAX:
        raise Refused("IMPORT_UNPACKS_TOO_LARGE")
    file.seek(0)


def _texts(archive: zipfile.ZipFile) -> list[str]:
    """The parts that are read whole, whatever they are called."""
    types = fromstring(archive.read("[Content_Types].xml"))
    return [
        each.get("PartName", "").lstrip("/")
        for each in types
        if not each.get("ContentType", "").endswith("worksheet+xml")
    ]


def _raw(cell: Any) -> Raw:
    if isinstance(cell, str):
        return meant(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    return cell if cell is None or isinstance(cell, bool | int | float) else str(cell)


def _filled(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """The cells of a row without those that are only formatted, as far as the last column of a sheet."""
    beyond = cells[COLUMNS_MAX:]
    return cells[:COLUMNS_MAX] if beyond.count(None) == len(beyond) else cells


def _trimmed(cells: list[Raw]) -> list[Raw]:
    while cells and cells[-1] is None:
        cells.pop()
    return cells
