"""Rows laid over what a listing had before, and where their faults stand."""

from collections.abc import Mapping
from typing import Any

import pytest

from domain.errors import InvalidInput, Issue
from domain.imports import Row, card_values, column_at, judge, read_row
from tests.domain.imports.tables import BY_NAME, COLUMNS

BEFORE = card_values(
    COLUMNS,
    {
        "title": {"ru": "Кресло"},
        "description": {},
        "price": 100,
        "regions": ["71"],
        "characteristics": [{"code": "note", "value": "old"}, {"code": "story", "value": {"kk": "x"}}],
    },
)


def faulty(*wrong: object) -> Any:
    """A check that takes everything but these values."""

    def check(card: Mapping[str, Any]) -> Mapping[str, Any]:
        found = {("price",): card["price"]} | {("title", name): text for name, text in card["title"].items()}
        for answer in card["characteristics"]:
            for key in answer.keys() - {"code"}:
                found["characteristics", answer["code"]] = answer[key]
        issues = [Issue("WRONG", path) for path, value in found.items() if value in wrong]
        if issues:
            raise InvalidInput(issues)
        return card

    return check


def judged(cells: Mapping[str, Any], *wrong: object, lenient: bool) -> Any:
    """What a row of these cells comes to over what there was before."""
    return judge(COLUMNS, read_row(BY_NAME, Row(5, cells)), BEFORE, faulty(*wrong), lenient=lenient)


def test_a_missing_column_leaves_what_was_there() -> None:
    """R-B6: a table of prices changes prices alone; an empty cell empties its field."""
    content = judged({"price": "5", "note": ""}, lenient=False).content
    assert (content["price"], content["title"], content["regions"]) == (500, {"ru": "Кресло"}, ["71"])
    assert content["characteristics"] == [{"code": "story", "localised": {"kk": "x"}}]


def test_a_strict_row_is_refused_with_every_fault() -> None:
    """R-B6: cells that can't be meant and values against the rules are told together, each once."""
    found = judged({"price": "x", "note": "bad", "weight": "y"}, "bad", lenient=False)
    assert found.content is None
    assert [(fault.code, fault.path) for fault in found.faults] == [
        ("IMPORT_NOT_NUMBER", ("rows", 5, "price")),
        ("WRONG_TYPE", ("rows", 5, "weight")),
        ("WRONG", ("rows", 5, "note")),
    ]
    assert [fault.code for fault in judged({"price": "x"}, lenient=False).faults] == ["IMPORT_NOT_NUMBER"]
    assert [fault.path for fault in judged({"note": "bad"}, "bad", lenient=False).faults] == [
        ("rows", 5, "note")
    ]


def test_a_lenient_row_leaves_wrong_cells_out() -> None:
    """R-B6: a wrong cell leaves what was there before, and where that is wrong as well, nothing."""
    found = judged({"price": "x", "note": "bad"}, "bad", lenient=True)
    assert (found.content["price"], found.content["characteristics"][0]) == (
        100,
        {"code": "note", "text": "old"},
    )
    assert [fault.path[-1] for fault in found.faults] == ["price", "note"]
    found = judged({"note": "bad"}, "bad", "old", lenient=True)
    assert [answer["code"] for answer in found.content["characteristics"]] == ["story"]
    assert [fault.path[-1] for fault in found.faults] == ["note", "note"]


def test_what_leaving_out_does_not_mend() -> None:
    """R-B6: a fault that stays whatever is left out refuses the row instead of going round for ever."""

    def never(_card: Mapping[str, Any]) -> Mapping[str, Any]:
        raise InvalidInput([Issue("WRONG", ("nowhere",))])

    found = judge(COLUMNS, read_row(BY_NAME, Row(5, {"note": "x"})), {}, never, lenient=True)
    assert (found.content, [fault.path for fault in found.faults]) == (None, [("rows", 5, "nowhere")])


@pytest.mark.parametrize(
    ("path", "column"),
    [
        (("price",), "price"),
        (("title", "ru"), "title_ru"),
        (("title",), "title_kk"),
        (("regions", 0), "regions"),
        (("characteristics", "price"), "answer.price"),
        (("characteristics", "story", "en"), "story_en"),
        (("characteristics", "story"), "story_kk"),
        (("characteristics",), None),
        (("people", 0), None),
    ],
)
def test_where_a_fault_stands(path: tuple[str | int, ...], column: str | None) -> None:
    """R-B6: a fault of a card stands in the cell that it came from."""
    assert column_at(COLUMNS, path) == column


def test_a_localised_answer_is_put_together() -> None:
    """R-B6: the languages of an answer come from a column each."""
    content = judged({"story_kk": "", "story_ru": "y"}, lenient=False).content
    assert content["characteristics"][-1] == {"code": "story", "localised": {"ru": "y"}}
