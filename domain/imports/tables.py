"""Tables as they come in: CSV and JSON, and what all tables have in common, read row by row."""

import csv
import io
import json
import re
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, BinaryIO, NoReturn

from domain.categories import NUMBERS
from domain.errors import Issue, Refused
from domain.imports.cells import Raw, meant
from domain.imports.columns import HEADER_ROW, NAMING, Column, placed
from domain.imports.rows import COLUMNS_MAX, FAULTS_EACH, ROWS_MAX, Row

REMARK = "#"
"""How the row below the headings begins that people read and programs skip."""
_DELIMITERS = (";", ",", "\t")
_LOOKED_AT = 64 * 1024
_SHOWN = 60
_LONE = re.compile("[\ud800-\udfff]")
RECORD_MAX = 2 * 2**20
"""Characters of one row of a CSV, which is in memory whole."""
Line = tuple[int, Sequence[Raw]]
"""Number of a row and its cells."""


class TableFormat(StrEnum):
    """What kind of file a table is."""

    csv = "csv"
    xlsx = "xlsx"
    json = "json"


def csv_lines(file: BinaryIO) -> Generator[Line, None, None]:
    """The rows of a CSV file in UTF-8, with or without byte order mark, separated by `;`, `,` or tab.

    Refused `IMPORT_NOT_UTF8` or `IMPORT_NOT_TABLE`.
    """
    delimiter = _delimiter(file)
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        records = _Records(text)
        for number, cells in enumerate(csv.reader(records, delimiter=delimiter, strict=True), HEADER_ROW):
            records.read = 0
            yield number, [meant(cell) for cell in cells]
    except UnicodeDecodeError:
        raise Refused("IMPORT_NOT_UTF8") from None
    except csv.Error:
        raise Refused("IMPORT_NOT_TABLE") from None
    finally:
        text.detach()


class _Records:
    """The lines of a CSV; Refused where those since the last record come to more than one may have."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(RECORD_MAX + 1):
            self.read += len(line)
            if self.read > RECORD_MAX:
                raise Refused("IMPORT_NOT_TABLE")
            yield line


def _delimiter(file: BinaryIO) -> str:
    """The separator that the line of headings has most of, outside of quotes."""
    file.seek(0)
    head = file.readline(_LOOKED_AT).decode("utf-8", "ignore")
    file.seek(0)
    bare = "".join(head.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


def tabular(lines: Iterator[Line], columns: Sequence[Column]) -> tuple[list[Issue], Iterator[Row]]:
    """What is wrong with the headings, and the rows below them; Refused `IMPORT_TOO_MANY_COLUMNS`."""
    lines = _narrow(lines)
    header = next(lines, (HEADER_ROW, ()))[1]
    found, issues = placed(columns, header)
    return issues, _checked(_below(lines, found))


def _narrow(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines as far as a table may be wide; blank cells beyond are nothing."""
    for number, cells in lines:
        if not all(map(_is_blank, cells[COLUMNS_MAX:])):
            raise _too_wide()
        yield number, cells[:COLUMNS_MAX]


def _too_wide() -> Refused:
    return Refused("IMPORT_TOO_MANY_COLUMNS", (), maximum=COLUMNS_MAX)


def _below(lines: Iterator[Line], columns: Sequence[Column | None]) -> Iterator[Row]:
    named_first = bool(columns) and columns[0] is not None and columns[0].part in NAMING
    for number, cells in lines:
        if number == HEADER_ROW + 1 and named_first and cells and str(cells[0]).startswith(REMARK):
            continue
        found = {
            column.name: cell for column, cell in zip(columns, cells, strict=False) if column is not None
        }
        bare = (
            Issue("IMPORT_NO_COLUMN", ("rows", number, str(place)), {"place": place})
            for place, cell in enumerate(cells, 1)
            if not _is_blank(cell) and (place > len(columns) or columns[place - 1] is None)
        )
        faults = list(islice(bare, FAULTS_EACH))
        if faults or not all(map(_is_blank, found.values())):
            yield Row(number, found, faults)


def _is_blank(cell: Raw) -> bool:
    return cell is None or cell == [] or (isinstance(cell, str) and not cell.strip())


def json_rows(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Row]:
    """The rows of a JSON file: an array of flat objects by names of columns; they count from 1.

    Refused `IMPORT_NOT_UTF8` or `IMPORT_NOT_TABLE`. One object at a time is in memory, beside the text.
    """
    return _checked(_objects(file, columns))


def _objects(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Row]:
    known = {column.name: column for column in columns}
    for number, element in enumerate(_elements(_decoded(file)), 1):
        if not isinstance(element, _Pairs):
            raise Refused("IMPORT_NOT_TABLE")
        if len(element.items) > COLUMNS_MAX:
            raise _too_wide()
        cells: dict[str, Raw] = {}
        faults: list[Issue] = []
        for name, value in element.items:
            code, shown = _member_fault(name, value, known, cells), _LONE.sub("?", name[:_SHOWN])
            if code is None:
                cells[name] = value
            elif len(faults) < FAULTS_EACH or name in NAMING:
                faults.append(Issue(code, ("rows", number, shown), {"column": shown}))
        if faults or not all(map(_is_blank, cells.values())):
            yield Row(number, cells, faults)


def _member_fault(name: str, value: Any, known: Mapping[str, Column], before: Collection[str]) -> str | None:
    if name not in known:
        return "IMPORT_UNKNOWN_COLUMN"
    if name in before:
        return "IMPORT_COLUMN_TWICE"
    if not _is_cell(known[name], value):
        return "IMPORT_NOT_CELL"
    return None if _is_text(value) else "NOT_TEXT"


def _is_text(value: Any) -> bool:
    """Whether it can be written down: JSON may hold halves of characters, which nothing else takes."""
    return not any(isinstance(one, str) and _LONE.search(one) for one in _each(value))


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class _Pairs:
    """An object with its members in order, the repeated ones too."""

    def __init__(self, items: list[tuple[str, Any]]) -> None:
        self.items = items


def _is_cell(column: Column, value: Any) -> bool:
    """Lists are of texts, and of numbers where several are taken."""
    if isinstance(value, list):
        taken = str | int | float if column.item and column.item.type in NUMBERS else str
        return all(isinstance(one, taken) and not isinstance(one, bool) for one in value)
    return value is None or isinstance(value, str | int | float | bool)


def _decoded(file: BinaryIO) -> str:
    file.seek(0)
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("IMPORT_NOT_UTF8") from None


def _no_number(_name: str) -> NoReturn:
    raise ValueError("no number")


def _elements(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(object_pairs_hook=_Pairs, parse_constant=_no_number)
    place = _skipped(text, 0)
    if text[place : place + 1] != "[":
        raise Refused("IMPORT_NOT_TABLE")
    place = _skipped(text, place + 1)
    closed = text[place : place + 1] == "]"
    while not closed:
        try:
            element, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            raise Refused("IMPORT_NOT_TABLE") from None
        yield element
        place = _skipped(text, place)
        follows = text[place : place + 1]
        if follows not in {",", "]"}:
            raise Refused("IMPORT_NOT_TABLE")
        closed = follows == "]"
        place = place if closed else _skipped(text, place + 1)
    if _skipped(text, place + 1) != len(text):
        raise Refused("IMPORT_NOT_TABLE")


def _skipped(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place


def _checked(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, no more than `ROWS_MAX`; one that names a listing that an earlier row named has a fault."""
    seen: dict[tuple[str, str], int] = {}
    for count, row in enumerate(rows, 1):
        if count > ROWS_MAX:
            raise Refused("IMPORT_TOO_MANY_ROWS", (), maximum=ROWS_MAX)
        yield _once(row, seen)


def _once(row: Row, seen: dict[tuple[str, str], int]) -> Row:
    faults = list(row.faults)
    for name in ("key", "id"):
        written = " ".join(str(row.cells.get(name) or "").split())
        first = seen.setdefault((name, written), row.number) if written else row.number
        if first != row.number:
            faults.append(Issue("IMPORT_ROW_TWICE", ("rows", row.number, name), {"row": first}))
    return Row(row.number, row.cells, faults)


def spooled(row: Row) -> str:
    """A row as one line of text, for the way from who reads the file to who writes the listings."""
    faults = [[fault.code, list(fault.path), dict(fault.params)] for fault in row.faults]
    return json.dumps([row.number, dict(row.cells), faults], ensure_ascii=False)


def unspooled(line: str) -> Row:
    """The row of a line that `spooled` made."""
    number, cells, faults = json.loads(line)
    return Row(number, cells, [Issue(code, tuple(path), params) for code, path, params in faults])
