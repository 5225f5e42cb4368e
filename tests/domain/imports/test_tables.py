"""Tables: there and back in each format, and files that are none."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.imports import (
    COLUMNS_MAX,
    FAULTS_EACH,
    Row,
    TableFormat,
    Value,
    card_of,
    card_values,
    csv_lines,
    json_rows,
    read_row,
    spooled,
    tabular,
    unspooled,
    write_table,
)
from domain.imports import tables as module
from domain.imports.sheets import letters
from domain.texts import Language
from tests.domain.imports.tables import BY_NAME, CARDS, COLUMNS
from workers.imports.workbooks import xlsx_lines


def rows_of(content: bytes, kind: TableFormat) -> list[Row]:
    """The rows of a table, as an import reads them."""
    file = io.BytesIO(content)
    if kind is TableFormat.json:
        return list(json_rows(file, COLUMNS))
    issues, rows = tabular(xlsx_lines(file) if kind is TableFormat.xlsx else csv_lines(file), COLUMNS)
    assert issues == []
    return list(rows)


def csv_rows(text: str) -> list[Row]:
    """The rows of a CSV."""
    return rows_of(text.encode(), TableFormat.csv)


def _stored(value: Value) -> Value:
    """Numbers as a checked answer has them."""
    if isinstance(value, list):
        return [float(one) if isinstance(one, Decimal) else one for one in value]
    return float(value) if isinstance(value, Decimal) else value


@given(st.lists(CARDS, max_size=3), st.sampled_from(TableFormat), st.sampled_from(Language))
def test_there_and_back(cards: list[dict[str, Any]], kind: TableFormat, reader: Language) -> None:
    """R-B6: whatever listings hold, a table of them in each format reads back as the same values."""
    file = io.BytesIO()
    values = [card_values(COLUMNS, card) | {"key": f"k{number}"} for number, card in enumerate(cards)]
    write_table(file, kind, COLUMNS, values, reader)
    found = [read_row(BY_NAME, unspooled(spooled(row))) for row in rows_of(file.getvalue(), kind)]
    assert [fault for one in found for fault in (*one.faults, *one.naming_faults)] == []
    again = [card_of(COLUMNS, {name: _stored(value) for name, value in one.values.items()}) for one in found]
    assert again == [card_of(COLUMNS, one) for one in values]
    assert [one.naming["key"] for one in found] == [one["key"] for one in values]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_as_programs_write_it(separator: str, mark: str) -> None:
    """R-B6: separators are found out, the byte order mark is no part of the first heading."""
    lines = [["key", '"title_ru"', "weight"], ["A", '"one; two, three"', ""], ["", "", ""], ["B", "x", "7.5"]]
    text = mark + "\r\n".join(separator.join(cells) for cells in lines)
    found = csv_rows(text)
    assert [(row.number, row.cells["key"], row.cells["title_ru"]) for row in found] == [
        (2, "A", "one; two, three"),
        (4, "B", "x"),
    ]


def test_a_remark_below_the_headings() -> None:
    """R-B6: the row of names for people is no listing; further down, or below another column, it is read."""
    assert [row.number for row in csv_rows("key;title_ru\n# Ваш код;Название\n# x;y")] == [3]
    assert [row.number for row in csv_rows("title_ru;key\n# 1;a")] == [2]
    assert [row.number for row in csv_rows("note\n# 1")] == [2]


def test_cells_without_a_heading() -> None:
    """R-B6: a cell beyond the headings is a fault; an empty one is nothing."""
    [row] = csv_rows("key;;note\nA;x;n;;y")
    assert [(fault.code, fault.path) for fault in row.faults] == [
        ("IMPORT_NO_COLUMN", ("rows", 2, "2")),
        ("IMPORT_NO_COLUMN", ("rows", 2, "5")),
    ]


def test_a_listing_that_is_named_twice() -> None:
    """R-B6: a second row of the same code or number is a fault that names the first."""
    found = csv_rows("key;id\nA;\nB;\nA ;\n;1\n;1")
    faults = [(row.number, fault.path[-1], fault.params["row"]) for row in found for fault in row.faults]
    assert faults == [(4, "key", 2), (6, "id", 5)]
    assert read_row(BY_NAME, found[2]).naming_faults


def test_more_rows_than_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: a table is read no further than the number of rows it may have."""
    monkeypatch.setattr(module, "ROWS_MAX", 2)
    assert len(csv_rows("key\n1\n2")) == 2
    with pytest.raises(Refused, match="IMPORT_TOO_MANY_ROWS"):
        csv_rows("key\n1\n2\n3")


WIDE = COLUMNS_MAX + 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (";".join(f"h{place}" for place in range(WIDE)), TableFormat.csv),
        ("key\n" + "1;" * 1_000_000, TableFormat.csv),
        ("key\n1" + ";" * COLUMNS_MAX + "x", TableFormat.csv),
        (json.dumps([{f"m{place}": 1 for place in range(WIDE)}]), TableFormat.json),
        ('[{"key":1' + ',"key":1' * COLUMNS_MAX + "}]", TableFormat.json),
    ],
    ids=["headings", "cells", "last", "members", "one member"],
)
def test_tables_that_are_too_wide(content: str, kind: TableFormat) -> None:
    """R-B6: more columns than any category has are refused by name, in the headings and in a row alike."""
    with pytest.raises(Refused, match="IMPORT_TOO_MANY_COLUMNS"):
        rows_of(content.encode(), kind)


def test_blank_cells_beyond_the_columns() -> None:
    """R-B6: separators without end, as programs leave them behind a row, are no columns."""
    [row] = csv_rows(f"key{';' * WIDE}\nA{'; ' * WIDE}\n")
    assert (row.cells, row.faults) == ({"key": "A"}, [])


def test_faults_of_a_row_are_listed_up_to_a_bound() -> None:
    """R-B6: a row in which all is wrong has some faults; what names its listing is always among them."""
    [bare] = csv_rows("key\nA" + ";x" * (COLUMNS_MAX - 1))
    assert [fault.path[-1] for fault in bare.faults] == [str(place) for place in range(2, FAULTS_EACH + 2)]
    members: dict[str, Any] = {f"m{place}": 1 for place in range(2 * FAULTS_EACH)} | {"id": {}}
    [unknown] = rows_of(json.dumps([members]).encode(), TableFormat.json)
    assert [fault.path[-1] for fault in unknown.faults] == [*list(members)[:FAULTS_EACH], "id"]
    assert read_row(BY_NAME, unknown).naming_faults


@pytest.mark.parametrize("row", ["x;" * 1_100_000, '"\n";' * 600_000], ids=["one line", "many lines"])
def test_a_row_without_end(row: str) -> None:
    """R-B6: a row that is longer than any row may be is refused before it is taken apart, quoted lines and all."""
    with pytest.raises(Refused, match="IMPORT_NOT_TABLE"):
        csv_rows(f"key\n{row}")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("key\nж".encode("cp1251"), "IMPORT_NOT_UTF8"),
        (b'key\n"open', "IMPORT_NOT_TABLE"),
        (b"key\n" + b"x" * 200_000, "IMPORT_NOT_TABLE"),
    ],
)
def test_what_is_no_csv(content: bytes, code: str) -> None:
    """R-B6: another encoding, an open quote and a cell without end are refused by name."""
    with pytest.raises(Refused, match=code):
        rows_of(content, TableFormat.csv)


def test_json_rows() -> None:
    """R-B6: members by name; unknown ones, repeated ones and nested ones are faults of their row."""
    text = '\ufeff [ {"key": "A", "colours": ["red"]}, {}, {"key": 1, "key": 2, "x": 1, "note": {"a": 1}}, {"note": [1]} ]\n'
    found = rows_of(text.encode(), TableFormat.json)
    assert [(row.number, dict(row.cells)) for row in found] == [
        (1, {"key": "A", "colours": ["red"]}),
        (3, {"key": 1}),
        (4, {}),
    ]
    assert [fault.code for row in found for fault in row.faults] == [
        "IMPORT_COLUMN_TWICE",
        "IMPORT_UNKNOWN_COLUMN",
        "IMPORT_NOT_CELL",
        "IMPORT_NOT_CELL",
    ]
    assert rows_of(b"[]", TableFormat.json) == []


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        (r'{"title_ru": "abc \ud800 d"}', "title_ru", "NOT_TEXT"),
        (r'{"regions": ["71", "\udc00"], "weight": 1}', "regions", "NOT_TEXT"),
        (r'{"key": "\ud800"}', "key", "NOT_TEXT"),
        (r'{"a\ud800": 1}', "a?", "IMPORT_UNKNOWN_COLUMN"),
    ],
)
def test_halves_of_characters(row: str, place: str, code: str) -> None:
    """R-B6: a text that can't be written down is a fault of its cell, and so is the name of a member."""
    [found] = rows_of(f"[{row}]".encode(), TableFormat.json)
    assert [(fault.code, fault.path[-1]) for fault in unspooled(spooled(found)).faults] == [(code, place)]
    assert spooled(found).encode()
    assert rows_of(rb'[{"note": "\ud83d\ude00"}]', TableFormat.json)[0].cells == {"note": "\U0001f600"}


@pytest.mark.parametrize(
    "content",
    [
        b"{}", b"", b"[1]", b"[{}", b"[{},", b"[{} {}]", b"[{}]x", b"[NaN]", b"[" * 100_000, b'[{"a": 1e', b"[{},]",
        b'[{"price": ' + b"1" * 5000 + b"}]", b'["\\ud800"]',
    ],
)  # fmt: skip
def test_what_is_no_json(content: bytes) -> None:
    """R-B6: anything but an array of objects is refused, however deep or long it is."""
    with pytest.raises(Refused, match="IMPORT_NOT_TABLE"):
        rows_of(content, TableFormat.json)


def test_json_in_another_encoding() -> None:
    """R-B6: JSON has to be UTF-8."""
    with pytest.raises(Refused, match="IMPORT_NOT_UTF8"):
        rows_of('[{"note": "ж"}]'.encode("cp1251"), TableFormat.json)


def test_columns_of_a_sheet() -> None:
    """R-B6: columns of a sheet have the letters that spreadsheet programs count by."""
    assert [letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
