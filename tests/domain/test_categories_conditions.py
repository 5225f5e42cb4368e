"""Characteristics that are asked for only after certain answers, held against a slow reading of the rules."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.categories import Category, as_answers, check_answers
from domain.categories.conditions import Condition
from domain.errors import InvalidInput

NAMES = {"kk": "А", "ru": "А", "en": "A"}
OPTIONS = ("one", "two", "three")


def item(code: str, type_: str = "boolean", **more: Any) -> dict[str, Any]:
    """A characteristic; choices have three options."""
    found: dict[str, Any] = {"id": f"id-{code}", "code": code, "names": NAMES, "type": type_} | more
    if type_ in {"choice", "multi_choice"}:
        found["choices"] = [{"code": each, "names": NAMES} for each in OPTIONS]
    return found


def category(*items: dict[str, Any]) -> Category:
    """A category of these."""
    return Category.model_validate(
        {"code": "c", "direction": "tsr_sale", "kind": "goods", "names": NAMES, "characteristics": items}
    )


def when(code: str, **how: Any) -> dict[str, Any]:
    """A condition on another characteristic."""
    return {"characteristic": f"id-{code}", **how}


DRIVE = category(
    item("electric", required=True),
    item("charger", "choice", when=[when("electric", flag=True)], required=True),
    item("voltage", "integer", when=[when("charger", options=["one", "two"])], required=True),
    item("fuse", when=[when("voltage", minimum=24), when("electric")], required=True),
)


def codes(definition: Category, answers: Mapping[str, Any], *, complete: bool = True) -> set[tuple[str, str]]:
    """What is wrong with answers: (code of the error, characteristic)."""
    key = {"boolean": "boolean", "integer": "number", "choice": "choice", "multi_choice": "choices"}
    told = [{"code": code, key[definition.by_code[code].type]: value} for code, value in answers.items()]
    try:
        check_answers(definition, told, complete=complete)
    except InvalidInput as refused:
        return {(each.code, str(each.params["characteristic"])) for each in refused.issues}
    return set()


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"electric": False}, set()),
        ({"electric": True}, {("MISSING_CHARACTERISTIC", "charger")}),
        ({"electric": False, "charger": "one"}, {("NOT_ASKED", "charger")}),
        ({"electric": True, "charger": "three"}, set()),
        ({"electric": True, "charger": "two"}, {("MISSING_CHARACTERISTIC", "voltage")}),
        ({"electric": True, "charger": "two", "voltage": 12}, set()),
        ({"electric": True, "charger": "two", "voltage": 24}, {("MISSING_CHARACTERISTIC", "fuse")}),
        ({"electric": True, "charger": "two", "voltage": 24, "fuse": False}, set()),
        ({"charger": "one"}, {("MISSING_CHARACTERISTIC", "electric"), ("NOT_ASKED", "charger")}),
    ],
)
def test_what_hangs_on_other_answers(answers: dict[str, Any], wrong: set[tuple[str, str]]) -> None:
    """R-B2: asked for, and required, only if every condition holds, along the whole chain."""
    assert codes(DRIVE, answers) == wrong


def test_drafts_may_lack_answers_but_hold_none_too_many() -> None:
    """R-B2: an answer that nobody asked for is refused in a draft already."""
    assert codes(DRIVE, {"electric": True}, complete=False) == set()
    assert codes(DRIVE, {"charger": "one"}, complete=False) == {("NOT_ASKED", "charger")}


def test_a_wrong_answer_is_told_once() -> None:
    """R-B2: what hangs on an answer that is wrong is neither missing nor too much."""
    assert codes(DRIVE, {"electric": True, "charger": "none", "voltage": 24}) == {("NOT_A_CHOICE", "charger")}


@pytest.mark.parametrize(
    "items",
    [
        (item("a", when=[when("a")]),),
        (item("a", when=[when("b")]), item("b")),
        (item("a", when=[when("ghost")]),),
        (item("a"), item("b", when=[when("a", options=["one"])])),
        (item("a", "choice"), item("b", when=[when("a", options=["four"])])),
        (item("a", "choice"), item("b", when=[when("a", flag=True)])),
        (item("a", "choice"), item("b", when=[when("a", minimum=1)])),
        (item("a", "integer"), item("b", when=[when("a", minimum=2, maximum=1)])),
    ],
)
def test_conditions_that_can_not_be_meant_are_refused(items: tuple[dict[str, Any], ...]) -> None:
    """R-B2: they look back, at what is there, and fit its type: no circles."""
    with pytest.raises(ValidationError):
        category(*items)


def test_limits_hold_for_numbers_alone() -> None:
    """R-B2: yes is no number one, whatever the language of the computer says."""
    one = Condition(characteristic="id-a", minimum=1)
    assert [one.holds(each) for each in (1, 1.5, 0, True, "2")] == [True, True, False, False, False]


TYPES = ("boolean", "integer", "choice", "multi_choice")
VALUES: dict[str, Any] = {
    "boolean": st.booleans(),
    "integer": st.integers(0, 4),
    "choice": st.sampled_from(OPTIONS),
    "multi_choice": st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True),
}


@st.composite
def conditions(draw: Any, before: list[dict[str, Any]]) -> dict[str, Any]:
    """A condition on one of the characteristics before."""
    of = draw(st.sampled_from(before))
    how: dict[str, Any] = {}
    if of["type"] == "boolean" and draw(st.booleans()):
        how["flag"] = draw(st.booleans())
    elif of["type"] == "integer" and draw(st.booleans()):
        low, high = sorted(draw(st.tuples(st.integers(0, 4), st.integers(0, 4))))
        how = {"minimum": low} if draw(st.booleans()) else {"minimum": low, "maximum": high}
    elif "choices" in of and draw(st.booleans()):
        how["options"] = draw(st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True))
    return when(of["code"], **how)


@st.composite
def asked_and_answered(draw: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A definition, and answers of the right types to some of it."""
    items: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 6))):
        made = item(f"c{number}", draw(st.sampled_from(TYPES)), required=draw(st.booleans()))
        if items:
            made["when"] = draw(st.lists(conditions(items), max_size=2))
        items.append(made)
    answers = {each["code"]: draw(VALUES[each["type"]]) for each in items if draw(st.booleans())}
    return items, answers


def wrong_slowly(items: list[dict[str, Any]], answers: dict[str, Any]) -> set[tuple[str, str]]:
    """The same as the rules say it, again and again from the top."""

    def is_asked(each: dict[str, Any]) -> bool:
        return all(holds(one) for one in each.get("when", ()))

    def holds(one: dict[str, Any]) -> bool:
        of = next(each for each in items if each["id"] == one["characteristic"])
        if not is_asked(of) or of["code"] not in answers:
            return False
        given = answers[of["code"]]
        if "options" in one:
            return bool(set(one["options"]) & set(given if isinstance(given, list) else [given]))
        if "flag" in one:
            return bool(given == one["flag"])
        return bool("minimum" not in one or one["minimum"] <= given <= one.get("maximum", given))

    wrong = {("NOT_ASKED", each["code"]) for each in items if each["code"] in answers and not is_asked(each)}
    return wrong | {
        ("MISSING_CHARACTERISTIC", each["code"])
        for each in items
        if each["required"] and is_asked(each) and each["code"] not in answers
    }


@given(asked_and_answered())
def test_exactly_what_the_definition_says_is_accepted(
    made: tuple[list[dict[str, Any]], dict[str, Any]],
) -> None:
    """R-B2: whatever the conditions and the answers."""
    items, answers = made
    definition = category(*items)
    wrong = wrong_slowly(items, answers)
    assert codes(definition, answers) == wrong
    if not wrong:
        key = {"boolean": "boolean", "integer": "number", "choice": "choice", "multi_choice": "choices"}
        told = [{"code": code, key[definition.by_code[code].type]: each} for code, each in answers.items()]
        stored = check_answers(definition, told, complete=True)
        assert check_answers(definition, as_answers(definition, stored), complete=True) == stored
