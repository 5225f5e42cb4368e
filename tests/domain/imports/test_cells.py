"""Cells: strict about what they mean, generous about how it is written."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.imports import meant, neutral, read_cell, written_cell
from tests.domain.imports.tables import BY_NAME

ID = "6b0b29853c888863874641d9"


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        ("price", "150 000,50", 15_000_050),
        ("price", "150\u00a0000.5", 15_000_050),
        ("price", 150000.01, 15_000_001),
        ("price", 7, 700),
        ("weight", "7,5", Decimal("7.5")),
        ("weight", "-0.125", Decimal("-0.125")),
        ("weight", 1e-06, Decimal("0.000001")),
        ("count", "1234567", Decimal(1_234_567)),
        ("folding", "Иә", True),
        ("folding", "нет", False),
        ("folding", "TRUE", True),
        ("folding", 0, False),
        ("folding", False, False),
        ("since", "2026-03-10", "2026-03-10"),
        ("since", "2026-03-10 00:00:00", "2026-03-10"),
        ("since", "10.03.2026", "2026-03-10"),
        ("colour", "Red kk", "red"),
        ("colour", "RED", "red"),
        ("colour", "unheard of", "unheard of"),
        ("colours", "red; Blue en;", ["red", "blue"]),
        ("colours", ["red"], ["red"]),
        ("regions", "71; 75", ["71", "75"]),
        ("regions", 71.0, ["71"]),
        ("note", 450.0, "450"),
        ("title_kk", "a\r\nb\rc", "a\nb\nc"),
        ("key", "  A  1 ", "A 1"),
        ("id", ID.upper(), ID),
        ("id", "TGlzdGluZ0RyYWZ0OjZiMGIyOTg1M2M4ODg4NjM4NzQ2NDFkOQ", ID),
        ("version", "3", 3),
        ("note", " ", None),
        ("note", None, None),
    ],
)
def test_what_is_meant(column: str, raw: Any, value: object) -> None:
    """R-B6: numbers with comma or point, dates and yes or no as people and programs write them, choices by name or code."""
    assert read_cell(BY_NAME[column], raw, 2) == value


@pytest.mark.parametrize(
    ("column", "raw", "code"),
    [
        ("price", "1,2,3", "IMPORT_NOT_NUMBER"),
        ("price", "12 34", "IMPORT_NOT_NUMBER"),
        ("price", "0.001", "PRICE_OUT_OF_RANGE"),
        ("price", "1" * 39, "PRICE_OUT_OF_RANGE"),
        ("price", "1" * 60, "IMPORT_NOT_NUMBER"),
        ("price", True, "IMPORT_NOT_NUMBER"),
        ("price", float("nan"), "IMPORT_NOT_NUMBER"),
        ("price", ["1"], "IMPORT_NOT_NUMBER"),
        ("weight", "heavy", "WRONG_TYPE"),
        ("weight", False, "WRONG_TYPE"),
        ("folding", "maybe", "WRONG_TYPE"),
        ("since", "2026-02-30", "WRONG_TYPE"),
        ("since", "tomorrow", "WRONG_TYPE"),
        ("note", True, "IMPORT_NOT_TEXT"),
        ("colour", ["red"], "IMPORT_NOT_TEXT"),
        ("note", "#REF!", "IMPORT_CELL_ERROR"),
        ("key", "#1", "IMPORT_BAD_KEY"),
        ("key", "k" * 65, "IMPORT_BAD_KEY"),
        ("key", "a\x00", "IMPORT_BAD_KEY"),
        ("id", "12", "IMPORT_BAD_ID"),
        ("id", "TGlzdGluZzo2YjBiMjk4NTNjODg4ODYzODc0NjQxZDk", "IMPORT_BAD_ID"),
        ("id", "жжж", "IMPORT_BAD_ID"),
        ("version", "0", "IMPORT_NOT_NUMBER"),
        ("version", "1.5", "IMPORT_NOT_NUMBER"),
    ],
)
def test_what_can_not_be_meant(column: str, raw: Any, code: str) -> None:
    """R-B6: a cell that can't be meant is a fault that names row and column."""
    with pytest.raises(InvalidInput) as refused:
        read_cell(BY_NAME[column], raw, 17)
    [issue] = refused.value.issues
    assert (issue.code, issue.path) == (code, ("rows", 17, column))


@given(st.text() | st.sampled_from(["=1", "'=1", "''=1", "'", "\t", "\r", "＝1", "x=1", "+", "-", "@"]))
def test_formulas_are_made_harmless_and_come_back(text: str) -> None:
    """R-B6: no text leaves as a formula, and each comes back as it was."""
    assert neutral(text)[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert meant(neutral(text)) == text


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [("price", 15_000_001, 150000.01), ("price", 700, 7), ("weight", 7.5, 7.5), ("note", None, None)],
)
def test_what_is_written(column: str, value: Any, cell: object) -> None:
    """R-B6: a price goes out in tenge, everything else as it is stored."""
    assert written_cell(BY_NAME[column], value) == cell


@pytest.mark.parametrize("value", [Decimal(1), {"ru": "x"}])
def test_what_is_not_written(value: Any) -> None:
    """R-B6: what is no stored value of one column is a mistake of ours."""
    with pytest.raises(TypeError):
        written_cell(BY_NAME["note"], value)
