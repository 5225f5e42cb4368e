"""Tables as they go out: the same columns, in CSV, XLSX and JSON; a template is a table without rows."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import BinaryIO

from domain.categories.readers import SEPARATOR
from domain.imports.cells import Raw, Value, neutral, written_cell
from domain.imports.columns import Column
from domain.imports.sheets import write_sheet
from domain.imports.tables import REMARK, TableFormat
from domain.texts import Language, text

Values = Mapping[str, Value]
MEDIA_TYPES: Mapping[TableFormat, str] = {
    TableFormat.csv: "text/csv; charset=utf-8",
    TableFormat.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableFormat.json: "application/json",
}
_MARK = "\ufeff"


def write_table(
    file: BinaryIO, kind: TableFormat, columns: Sequence[Column], rows: Iterable[Values], reader: Language
) -> None:
    """Write a table; headings for programs, and below them a row of names in the reader's language."""
    _WRITERS[kind](file, columns, rows, reader)


def _heads(columns: Sequence[Column], reader: Language) -> Iterator[list[Raw]]:
    yield [column.header for column in columns]
    labels = [column.label(reader) for column in columns]
    yield [f"{REMARK} {labels[0]}", *labels[1:]]


def _cells(columns: Sequence[Column], values: Values) -> list[Raw]:
    return [written_cell(column, values.get(column.name)) for column in columns]


def _joined(cell: Raw) -> Raw:
    """A cell of a spreadsheet: lists as one text, and no text that would be taken for a formula."""
    if isinstance(cell, list):
        cell = SEPARATOR.join(_plain(one) if isinstance(one, float) else str(one) for one in cell)
    return neutral(cell) if isinstance(cell, str) else cell


def _csv(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Values], reader: Language) -> None:
    """As spreadsheet programs of Kazakhstan read it: a byte order mark, semicolons, decimal commas."""
    file.write(_MARK.encode())
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    for cells in _heads(columns, reader):
        writer.writerow(cells)
    for values in rows:
        writer.writerow([_shown(_joined(cell), reader) for cell in _cells(columns, values)])
        file.write(buffer.getvalue().encode())
        buffer.seek(0)
        buffer.truncate()
    file.write(buffer.getvalue().encode())


def _shown(cell: Raw, reader: Language) -> Raw:
    if isinstance(cell, bool):
        return text("labels.yes" if cell else "labels.no", reader)
    return _plain(cell).replace(".", ",") if isinstance(cell, float) else cell


def _plain(number: float) -> str:
    return format(Decimal(repr(number)), "f")


def _json(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Values], _reader: Language) -> None:
    """An array of objects, one a line."""
    opening = "[\n"
    for values in rows:
        cells = dict(zip((column.name for column in columns), _cells(columns, values), strict=True))
        file.write(f"{opening}{json.dumps(cells, ensure_ascii=False)}".encode())
        opening = ",\n"
    file.write(b"[]\n" if opening == "[\n" else b"\n]\n")


def _xlsx(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Values], reader: Language) -> None:
    below = ([_joined(cell) for cell in _cells(columns, values)] for values in rows)
    write_sheet(file, columns, list(_heads(columns, reader)), below)


_WRITERS = {TableFormat.csv: _csv, TableFormat.xlsx: _xlsx, TableFormat.json: _json}
