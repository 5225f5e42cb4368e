"""How a definition says that its listings are taken by dates."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.categories import Capacity, CapacityUnit, Category
from domain.categories.changes import changed, read_changes
from domain.errors import InvalidInput
from domain.texts import Language, text

NAMES = {"kk": "А", "ru": "А", "en": "A"}


def category(capacity: Any, **rules: Any) -> Category:
    """A category whose one characteristic is a required whole number, unless told otherwise."""
    days = {"id": "d", "code": "days", "names": NAMES, "type": "integer", "required": True} | rules
    given = {"code": "c", "direction": "sanatorium", "kind": "service", "names": NAMES}
    return Category.model_validate(given | {"characteristics": [days], "capacity": capacity})


def test_a_definition_without_capacity_stays_readable() -> None:
    """R-B3: a definition stored before there was capacity reads as one without."""
    stored = category(None).model_dump(mode="json")
    del stored["capacity"]
    assert Category.model_validate(stored).capacity is None


def test_capacity_survives_storing() -> None:
    """R-B2: the rule is stored with the definition and read back the same."""
    stay = category({"unit": "nights", "length": "days"})
    assert Category.model_validate(stay.model_dump(mode="json")) == stay
    assert stay.capacity == Capacity(unit=CapacityUnit.nights, length="days")
    assert category({"unit": "hours", "a_day": "days"}).capacity is not None


@pytest.mark.parametrize(
    ("capacity", "rules", "fault"),
    [
        ({"unit": "hours", "length": "days"}, {}, "LENGTH_NOT_OF_STAY"),
        ({"unit": "places", "a_day": "days"}, {}, "DAY_LIMIT_NOT_FOR_UNIT"),
        ({"unit": "nights", "length": "weeks"}, {}, "CAPACITY_NEEDS_ANSWER"),
        ({"unit": "nights", "length": "days"}, {"required": False}, "CAPACITY_NEEDS_ANSWER"),
        ({"unit": "nights", "length": "days"}, {"type": "text"}, "CAPACITY_NEEDS_ANSWER"),
        ({"unit": "nights", "length": "days"}, {"retired": True, "required": False}, "CAPACITY_NEEDS_ANSWER"),
        ({"unit": "nights", "length": "days"}, {"public": False}, "CAPACITY_NEEDS_ANSWER"),
        ({"unit": "weeks"}, {}, "nights"),
    ],
)
def test_a_rule_that_no_listing_could_answer(capacity: Any, rules: Any, fault: str) -> None:
    """R-B2: what a stay or a day is measured by must be there in every listing."""
    with pytest.raises(ValidationError) as wrong:
        category(capacity, **rules)
    assert fault in str(wrong.value.errors())


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "require", "required": False},
        {"kind": "retire"},
        {"kind": "disclose", "public": False},
        {"kind": "retype", "type": "text"},
    ],
)
def test_a_change_that_orders_by_day_could_not_stand(change: dict[str, Any]) -> None:
    """R-B3: what a stay is measured by can't be taken from under the orders; the reason is told in words."""
    stay = category({"unit": "nights", "length": "days"})
    with pytest.raises(InvalidInput) as wrong:
        changed(stay, read_changes([{"characteristic": "d", **change}]))
    [issue] = wrong.value.issues
    assert (issue.code, issue.params) == ("CAPACITY_NEEDS_ANSWER", {"characteristic": "days"})
    assert all(text(f"errors.{issue.code}", language, **issue.params) for language in Language)
