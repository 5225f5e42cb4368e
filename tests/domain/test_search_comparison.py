"""Listings side by side."""

from typing import Any

import pytest

from domain.categories import Category
from domain.errors import InvalidInput
from domain.search.comparison import compared

NAME = {"kk": "Атауы", "ru": "Название", "en": "Name"}


def category(code: str, *items: dict[str, Any], version: int = 1) -> Category:
    """A category with these characteristics."""
    rows = [{"names": NAME, **item} for item in items]
    plain = {"code": code, "direction": "tsr_sale", "kind": "goods", "names": NAME}
    return Category.model_validate({**plain, "version": version, "characteristics": rows})


WEIGHT = {"id": "w1", "code": "weight", "type": "integer", "unit": "kg"}
COLOURS = {
    "id": "c1",
    "code": "colours",
    "type": "multi_choice",
    "choices": [{"code": each, "names": NAME} for each in ("red", "blue")],
}
NOTE = {"id": "n1", "code": "note", "type": "text"}


def test_versions_of_a_category_are_compared_by_identifiers() -> None:
    """R-B7: a renamed characteristic stays one row; equal answers don't differ, missing ones do."""
    old = category("beds", WEIGHT, COLOURS, NOTE)
    new = category("beds", {**WEIGHT, "code": "mass"}, COLOURS, NOTE, version=2)
    rows = compared(
        [(old, {"weight": 7, "colours": ["red", "blue"]}), (new, {"mass": 7, "colours": ["blue", "red"]})]
    )
    assert [(row.item.code, list(row.values), row.differs) for row in rows] == [
        ("weight", [7, 7], False),
        ("colours", [["red", "blue"], ["blue", "red"]], False),
    ]
    rows = compared([(old, {"weight": 7}), (new, {"note": "x"})])
    assert [(row.item.code, list(row.values), row.differs) for row in rows] == [
        ("weight", [7, None], True),
        ("note", [None, "x"], True),
    ]


def test_categories_are_compared_by_what_they_have_in_common() -> None:
    """R-B7: of several categories the rows are those with the same code, type and unit."""
    beds, chairs = category("beds", WEIGHT, NOTE), category("chairs", {**WEIGHT, "id": "w2"})
    rows = compared([(beds, {"weight": 7, "note": "x"}), (chairs, {"weight": 8})])
    assert [(row.item.code, row.differs) for row in rows] == [("weight", True)]


def test_nothing_in_common_is_refused() -> None:
    """R-B7: listings that share no characteristic can't be compared."""
    with pytest.raises(InvalidInput) as refused:
        compared([(category("beds", NOTE), {}), (category("chairs", WEIGHT), {})])
    assert refused.value.code == "NOTHING_IN_COMMON"
