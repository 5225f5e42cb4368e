"""Codes of КАТО, the workbook's rows, and versions beside each other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.regions import (
    ROWS_MAX,
    Level,
    Place,
    compare,
    full,
    is_code,
    level_of,
    lineage,
    placed,
    rank,
    read_lines,
    serves,
    short,
)
from domain.texts import Language, text
from tests.workbooks import HEADINGS, Sheet, rows

DIGITS = st.builds(
    lambda ab, cd, ef, hij: f"{ab:02}{cd:02}{ef:02}{hij:03}",
    st.integers(10, 12),
    st.sampled_from([0, 10, 32, 33]),
    st.sampled_from([0, 10, 30]),
    st.sampled_from([0, 100, 101]),
)
CODES = DIGITS.map(short).filter(is_code)


@pytest.mark.parametrize(
    ("code", "level", "line"),
    [
        ("71", Level.region, ["71"]),
        ("101000000", Level.district, ["10", "101000000"]),
        ("101010000", Level.sub_district, ["10", "101000000", "101010000"]),
        ("103233127", Level.settlement, ["10", "103200000", "103233000", "103233127"]),
        ("113820100", Level.settlement, ["11", "113800000", "113820000", "113820100"]),
        ("113200100", Level.settlement, ["11", "113200000", "113200100"]),
        ("711110000", Level.sub_district, ["71", "711100000", "711110000"]),
    ],
)
def test_a_code_says_where_it_lies(code: str, level: Level, line: list[str]) -> None:
    """R-B7: AB·CD·EF·HIJ give the level of a code and everything above it."""
    assert level_of(code) is level
    assert list(lineage(code)) == line


@pytest.mark.parametrize(
    "text",
    ["", "7", "00", "710000000", "000000001", "710010000", "71111000", "7111100000", "71111000a", "٧١"],
)
def test_what_is_no_code(text: str) -> None:
    """A region has two digits, and nothing hangs below it without a district; others have nobody above."""
    assert not is_code(text)
    assert lineage(text) == (text,)


@given(DIGITS)
def test_one_way_of_writing(digits: str) -> None:
    """Nine digits and the portal's way of writing them lead to each other."""
    assert full(short(digits)) == digits


def inside(code: str, outer: str) -> bool:
    """The slow oracle: the outer code's digits up to its last part, compared part by part."""
    parts = [(0, 2), (2, 4), (4, 6), (6, 9)]
    inner, outer = full(code), full(outer)
    filled = [at for at, (begin, end) in enumerate(parts) if int(outer[begin:end])]
    return all(inner[begin:end] == outer[begin:end] for begin, end in parts[: filled[-1] + 1])


@given(st.lists(CODES, max_size=4), CODES, CODES)
def test_who_serves_a_place(served: list[str], place: str, other: str) -> None:
    """R-B7: whoever serves a place, what it lies in, or a part of it; a narrower place has no more of them."""
    assert serves(served, place) == any(inside(place, each) or inside(each, place) for each in served)
    if inside(place, other) and serves(served, place):
        assert serves(served, other)


def test_a_text_that_is_no_code_is_served_by_itself_alone() -> None:
    """R-B7: half a code doesn't stand for all that begin so."""
    assert [serves(["71", "7"], text) for text in ("7", "", "710000000")] == [True, False, False]


@given(CODES, CODES)
def test_greater_places_come_first(one: str, other: str) -> None:
    """Lists go by level, then by code."""
    levels = list(Level)
    place = levels.index(level_of(one)), full(one)
    assert (rank(one) < rank(other)) == (place < (levels.index(level_of(other)), full(other)))


def table(*sheets: Sheet, headings: tuple[str, ...] = HEADINGS) -> list[tuple[int, Any]]:
    """Rows with their numbers, below the headings."""
    return [(1, headings), *((at, row.cells(at)) for at, row in enumerate(sheets, 2))]


def test_the_whole_country_is_read() -> None:
    """R-B7: every row of a workbook of the real size becomes a place, and nothing is wrong with it."""
    sheets = rows()
    found = read_lines(table(*sheets))
    assert found.issues == []
    assert len(found.places) == len(sheets) > 15_594
    assert found.places["71"] == Place("71", "Өңір 71", "Регион 71", "1")


def test_digits_may_be_numbers_and_columns_stand_anywhere() -> None:
    """R-B7: a workbook keeps 5 for "05"; headings may come late and under either name."""
    lines: list[tuple[int, Any]] = [
        (1, ["Классификатор", None]),
        (2, ["rus_name", "kaz_name", "K", "HIJ", "EF", "CD", "AB"]),
        (3, ["Область", " Облыс  а. ", 0, 0, 0, 0, 10]),
        (4, ["с.Село", "Ауыл", 2.0, 5, 7, 1, 10.0]),
        (5, [None, None]),
        (6, []),
    ]
    found = read_lines(lines)
    assert found.issues == []
    assert found.places["100107005"] == Place("100107005", "Ауыл", "с.Село", "2")
    assert found.places["10"].kk == "Облыс а."


FINE = ("100000000", "10", "00", "00", "000", "0", "Облыс", "Область", 1)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({1: "x1"}, ("KATO_NOT_DIGITS", (3, "ab"))),
        ({4: "1000"}, ("KATO_NOT_DIGITS", (3, "hij"))),
        ({4: 1.5}, ("KATO_NOT_DIGITS", (3, "hij"))),
        ({1: "٧١"}, ("KATO_NOT_DIGITS", (3, "ab"))),
        ({3: "10"}, ("KATO_IMPOSSIBLE_CODE", (3, "ab"))),
        ({2: "32"}, ("KATO_CODE_CONTRADICTS", (3, "te"))),
        ({5: "7"}, ("KATO_UNKNOWN_TYPE", (3, "k"))),
        ({5: None}, ("KATO_UNKNOWN_TYPE", (3, "k"))),
        ({6: " "}, ("KATO_NAME_MISSING", (3, "name_kaz"))),
        ({7: "a" * 201}, ("TOO_LONG", (3, "name_rus"))),
        ({7: "a\0"}, ("NOT_TEXT", (3, "name_rus"))),
        ({}, ("KATO_DUPLICATE", (3, "te"))),
        ({0: "110100000", 1: "11", 2: "01"}, ("KATO_PARENT_MISSING", (3, "ab"))),
    ],
)
def test_a_faulty_row_is_named(changes: dict[int, Any], fault: tuple[str, Any]) -> None:
    """R-B7: row, column and reason of each fault, with a text in three languages; other rows are read."""
    faulty = [changes.get(at, cell) for at, cell in enumerate(FINE)]
    found = read_lines([(1, HEADINGS), (2, FINE), (3, faulty)])
    assert [(issue.code, issue.path) for issue in found.issues] == [fault]
    assert "10" in found.places
    for language in Language:
        assert text(f"errors.{fault[0]}", language, **found.issues[0].params)


def test_every_fault_of_a_row_is_named() -> None:
    """R-B7: an operator mends a row once."""
    found = read_lines([(1, HEADINGS), (2, FINE), (3, ["", "x", "y", "", "", "9"])])
    assert [issue.code for issue in found.issues] == [
        *["KATO_NOT_DIGITS"] * 4,
        "KATO_UNKNOWN_TYPE",
        *["KATO_NAME_MISSING"] * 2,
    ]


def test_a_table_of_something_else() -> None:
    """R-B7: without the headings nothing is guessed, and rows have an end."""
    [issue] = read_lines([(at, ["AB", "CD"]) for at in range(1, 20)]).issues
    assert (issue.code, issue.path) == ("KATO_HEADINGS", (1,))
    endless = ((at, HEADINGS if at == 1 else ()) for at in range(1, 10**9))
    [issue] = read_lines(endless).issues
    assert (issue.code, issue.path) == ("KATO_TOO_MANY_ROWS", (ROWS_MAX + 1,))


def test_the_nearest_place_above_is_the_parent() -> None:
    """R-B7: districts of Astana have sub-district's codes and lie in the city; a leaf has nothing below."""
    tree = placed({code: Place(code, code, code, "1") for code in ("71", "711110000", "113820100")})
    assert {code: node[1:] for code, node in tree.items()} == {
        "71": (None, True),
        "711110000": ("71", False),
        "113820100": (None, False),
    }


PLACES = st.dictionaries(CODES, st.tuples(st.sampled_from("аб"), st.sampled_from("12")), max_size=8).map(
    lambda drawn: placed({code: Place(code, name, name, kind) for code, (name, kind) in drawn.items()})
)


@given(PLACES, PLACES, st.sets(CODES, max_size=3))
def test_what_was_told_of_two_versions_leads_from_one_to_the_other(
    before: dict[str, Any], after: dict[str, Any], closed: set[str]
) -> None:
    """R-B7: ending some rows and writing others gives exactly the newer version, and no row more."""
    found = compare(before, after, closed)
    left = {code: node for code, node in before.items() if code not in found.ended}
    assert left | {code: after[code] for code in found.written} == after
    assert not left.keys() & {*found.written}
    assert {*found.added} == after.keys() - before.keys()
    assert {*found.closed} == before.keys() - after.keys()
    assert {*found.reissued} == {*found.added} & closed
    assert {*found.renamed} == {c for c in after if c in before and after[c][0].ru != before[c][0].ru}
    same = compare(after, after, closed)
    assert (same.written, same.ended) == ((), ())
