"""Workbooks: what their cells come to, and archives that are too much for anybody."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from domain.errors import Refused
from domain.imports import tabular
from workers.imports import workbooks
from workers.imports.workbooks import weigh, xlsx_lines


def book(*rows: Sequence[Any]) -> io.BytesIO:
    """A workbook as spreadsheet programs write it."""
    made, file = Workbook(), io.BytesIO()
    for row in rows:
        made.worksheets[0].append(row)
    made.save(file)
    return file


def lines(file: io.BytesIO) -> list[tuple[int, Sequence[object]]]:
    """The rows of a workbook."""
    return list(xlsx_lines(file))


def test_cells_of_a_workbook() -> None:
    """R-B6: numbers, flags and dates of a workbook come as they are, formulas as what they came to."""
    day = datetime(2026, 3, 10)  # noqa: DTZ001 - spreadsheets know no zones
    moment = datetime(2026, 3, 10, 9, 30)  # noqa: DTZ001 - the same
    file = book(["key", "n"], ["'=1", 7.5, True, day, moment, day.date(), time(9), "=1+1"], [None, 1])
    assert lines(file) == [
        (1, ["key", "n"]),
        (2, ["=1", 7.5, True, "2026-03-10", "2026-03-10T09:30:00", "2026-03-10", "09:00:00"]),
        (3, [None, 1]),
    ]


def archive(**parts: bytes) -> io.BytesIO:
    """A workbook in which some parts are others."""
    file, changed = book(["key"]), io.BytesIO()
    names = {name.replace("/", "_").replace(".", "_"): name for name in zipfile.ZipFile(file).namelist()}
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for short, name in names.items():
            target.writestr(name, parts.pop(short, source.read(name)))
        for name, content in parts.items():
            target.writestr(name, content)
    return changed


@pytest.mark.parametrize(
    "name",
    ["xl_worksheets_sheet1_xml", "xl_workbook_xml", "xl/media/picture.png", "many"],
)
def test_archives_that_unpack_to_too_much(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: an archive is weighed before it is opened: a small file that unpacks to very much is refused unread."""
    monkeypatch.setattr(workbooks, "SHEET_MAX", 2**20)
    monkeypatch.setattr(workbooks, "TEXTS_MAX", 2**18)
    parts = {f"p{number}": b"" for number in range(200)} if name == "many" else {name: b" " * 2**21}
    file = archive(**parts)
    assert file.getbuffer().nbytes < 60_000
    with pytest.raises(Refused, match="IMPORT_UNPACKS_TOO_LARGE"):
        lines(file)


def test_texts_under_the_name_of_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: a part that is read whole is weighed as such, whatever it is called."""
    monkeypatch.setattr(workbooks, "TEXTS_MAX", 2**18)
    parts = {
        "[Content_Types]_xml": with_texts("xl/worksheets/texts.xml"),
        "xl/worksheets/texts.xml": b" " * 2**20,
    }
    with pytest.raises(Refused, match="IMPORT_UNPACKS_TOO_LARGE"):
        weigh(archive(**parts))


def with_texts(name: str) -> bytes:
    """The list of parts of a workbook whose cells share their texts in a part of this name."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    more = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    kinds = zipfile.ZipFile(book(["key"])).read("[Content_Types].xml")
    return kinds.replace(b"</Types>", more.encode())


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>"""


@pytest.mark.parametrize(
    "parts",
    [
        {"xl_worksheets_sheet1_xml": BOMB},
        {"[Content_Types]_xml": with_texts("xl/texts.xml"), "xl/texts.xml": BOMB},
        {"[Content_Types]_xml": BOMB},
        {"xl_workbook_xml": b"<nothing/>"},
        {"xl_worksheets_sheet1_xml": b"<worksheet"},
    ],
)
def test_workbooks_that_are_none(parts: dict[str, bytes]) -> None:
    """R-B6: entities and broken parts are refused, not read."""
    with pytest.raises(Refused, match="IMPORT_NOT_TABLE"):
        lines(archive(**parts))


def sheet_of(row: str) -> io.BytesIO:
    """A workbook of headings and one row."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = '<row r="1"><c r="A1"><v>1</v></c></row>'
    sheet = f'<worksheet xmlns="{space}"><sheetData>{head}{row}</sheetData></worksheet>'
    return archive(xl_worksheets_sheet1_xml=sheet.encode())


def test_a_cell_in_the_last_column() -> None:
    """R-B6: a row whose only cell is far to the right is not dropped, but told; a cell that is only formatted is none."""
    file = sheet_of('<row r="2"><c r="XFD2"><v>0</v></c></row>')
    assert lines(file)[1] == (2, [None] * 16_383 + [0])
    with pytest.raises(Refused, match="IMPORT_TOO_MANY_COLUMNS"):
        list(tabular(xlsx_lines(file), [])[1])
    assert lines(sheet_of('<row r="2"><c r="B2"><v>5</v></c><c r="XFD2" s="0"/></row>'))[1] == (2, [None, 5])


def test_a_sheet_with_rows_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: a sheet whose only row is its last is not walked to there."""
    monkeypatch.setattr(workbooks, "ROWS_MAX", 50)
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet += b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(Refused, match="IMPORT_TOO_MANY_ROWS"):
        lines(archive(xl_worksheets_sheet1_xml=sheet))


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18, b""])
def test_what_is_no_archive(content: bytes) -> None:
    """R-B6: a file that only begins like a workbook is none."""
    with pytest.raises(Refused, match="IMPORT_NOT_TABLE"):
        lines(io.BytesIO(content))
