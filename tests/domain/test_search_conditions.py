"""Conditions of a catalogue filter against a category's definition."""

import pytest

from domain.categories import Category
from domain.errors import InvalidInput
from domain.search import CatalogueFilter, Range, check_conditions
from workers.seed.categories import load_categories


@pytest.fixture
def wheelchairs() -> Category:
    """A real definition."""
    return next(one for one in load_categories() if one.code == "wheelchairs_manual")


def filter_of(**conditions: object) -> CatalogueFilter:
    """A filter on wheelchairs."""
    return CatalogueFilter(category="wheelchairs_manual", **conditions)  # type: ignore[arg-type]


def test_conditions_that_can_be_met_are_let_through(wheelchairs: Category) -> None:
    """R-B7: numbers by range, choices by their codes, yes and no: all in one filter."""
    choice = next(item for item in wheelchairs.characteristics if item.choices and item.filterable)
    wanted = filter_of(
        ranges=(Range("seat_width", 400, None),), choices=((choice.code, choice.choices[0].code),)
    )
    check_conditions(wheelchairs, wanted)


@pytest.mark.parametrize(
    ("conditions", "code", "path"),
    [
        ({"ranges": (Range("no_such"),)}, "NOT_FILTERABLE", ("filter", "ranges", 0, "code")),
        ({"choices": (("seat_width", "x"),)}, "NOT_FILTERABLE", ("filter", "choices", 0, "code")),
        ({"booleans": (("seat_width", True),)}, "NOT_FILTERABLE", ("filter", "flags", 0, "code")),
        ({"choices": (("frame_material", "gold"),)}, "UNKNOWN_CHOICE", ("filter", "choices", 0, "choice")),
    ],
)
def test_conditions_nobody_can_meet_are_named(
    wheelchairs: Category, conditions: dict[str, object], code: str, path: tuple[str | int, ...]
) -> None:
    """A condition that could only find nothing is an error, not an empty page."""
    with pytest.raises(InvalidInput) as refused:
        check_conditions(wheelchairs, filter_of(**conditions))
    assert (code, path) in [(issue.code, issue.path) for issue in refused.value.issues]
