"""Typed changes of a definition: the new rules, and what becomes of the answers written before."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.categories import Category, as_answers, check_answers
from domain.categories.changes import carried, changed, read_changes
from domain.errors import InvalidInput

NAMES = {"kk": "А", "ru": "А", "en": "A"}


def choices(*codes: str) -> list[dict[str, Any]]:
    """Choices of these codes."""
    return [{"code": code, "names": NAMES} for code in codes]


def category(*items: dict[str, Any]) -> Category:
    """A category of these characteristics."""
    made = [{"id": f"id-{each['code']}", "names": NAMES} | each for each in items]
    head = {"code": "c", "direction": "tsr_sale", "kind": "goods", "names": NAMES}
    return Category.model_validate({**head, "characteristics": made})


CHAIR = category(
    {"code": "width", "type": "integer", "unit": "mm", "minimum": 300, "maximum": 700},
    {"code": "weight", "type": "decimal", "unit": "kg", "decimals": 1},
    {"code": "drive", "type": "choice", "choices": choices("manual", "electric")},
    {"code": "extras", "type": "multi_choice", "choices": choices("belt", "pillow", "manual")},
    {"code": "folding", "type": "boolean"},
    {"code": "note", "type": "text", "max_length": 40, "pattern": "[a-z ]*"},
    {"code": "story", "type": "localised_text"},
)
VALUES = {
    "width": 450,
    "weight": 12.5,
    "drive": "manual",
    "extras": ["belt", "pillow"],
    "folding": True,
    "note": "soft seat",
    "story": {"kk": "к", "ru": "р"},
}
ANSWERS: Any = [{"code": code, "value": value} for code, value in VALUES.items()]


def after(*changes: dict[str, Any], before: Category = CHAIR, answers: Any = ANSWERS) -> tuple[Category, Any]:
    """The definition and the answers after these changes."""
    read = read_changes([{"characteristic": "id-width", **each} for each in changes])
    return changed(before, read), {each["code"]: each["value"] for each in carried(before, read, answers)}


def refused(definition: Category, values: dict[str, Any]) -> set[tuple[str, str]]:
    """What the new definition says of answers: (code, characteristic)."""
    told: Any = [{"code": code, "value": value} for code, value in values.items()]
    try:
        check_answers(definition, as_answers(definition, told), complete=True)
    except InvalidInput as wrong:
        return {(each.code, str(each.params["characteristic"])) for each in wrong.issues}
    return set()


def test_a_name_a_limit_and_a_filter_leave_answers_alone() -> None:
    """R-B3: another name, other limits, found by: identifier and code stay, the version grows by one."""
    definition, values = after(
        {"kind": "rename", "names": {**NAMES, "en": "Seat"}},
        {"kind": "limit", "minimum": 200, "maximum": 900},
        {"kind": "filter"},
        {"kind": "rename", "characteristic": "id-note", "names": {**NAMES, "en": "Remark"}},
    )
    item = definition.by_code["width"]
    assert (item.id, item.names.en, item.bounds, item.filterable) == ("id-width", "Seat", (200, 900), True)
    assert (definition.version, values) == (2, VALUES)
    assert not refused(definition, values)


def test_what_does_not_fit_narrower_limits_is_named() -> None:
    """R-B3: the answer stays, and the new definition says what is wrong with it."""
    definition, values = after(
        {"kind": "limit", "maximum": 400}, {"kind": "limit", "characteristic": "id-note", "max_length": 4}
    )
    assert values == VALUES
    assert refused(definition, values) == {("OUT_OF_RANGE", "width"), ("CHARACTERISTIC_TOO_LONG", "note")}


def test_a_new_required_characteristic_is_missing_in_old_answers() -> None:
    """R-B3: added at its place, required or not; what becomes required as well."""
    colour = {"id": "id-colour", "code": "colour", "names": NAMES, "type": "text"}
    definition, values = after(
        {"kind": "add", "characteristic": {**colour, "required": True}, "before": "id-drive"}
    )
    assert [each.code for each in definition.characteristics][2] == "colour"
    assert refused(definition, values) == {("MISSING_CHARACTERISTIC", "colour")}
    definition, _ = after({"kind": "add", "characteristic": colour})
    assert definition.characteristics[-1].code == "colour"
    definition, _ = after({"kind": "require", "characteristic": "id-note"})
    assert refused(definition, {"width": 450}) == {("MISSING_CHARACTERISTIC", "note")}
    definition, _ = after(
        {"kind": "require", "required": False}, {"kind": "retire", "characteristic": "id-note"}
    )
    assert not refused(definition, VALUES)
    with pytest.raises(InvalidInput, match="RETIRED_CHARACTERISTIC"):
        check_answers(definition, [{"code": "note", "text": "soft"}], complete=False)


def test_another_unit_converts_answers_and_limits() -> None:
    """R-B3: exactly, in decimal arithmetic, half to even."""
    definition, values = after(
        {"kind": "convert", "unit": "cm", "factor": "0.1", "decimals": 1},
        {"kind": "convert", "characteristic": "id-weight", "unit": "g", "factor": 1000},
    )
    assert (values["width"], values["weight"]) == (45.0, 12500)
    assert definition.by_code["width"].bounds == (30.0, 70.0)
    assert not refused(definition, values)


@given(st.integers(-(10**6), 10**6), st.decimals("0.001", 1000, places=3), st.integers(0, 6))
def test_conversion_is_exact(number: int, factor: Decimal, decimals: int) -> None:
    """R-B3: as the same sum in fractions, whatever the factor."""
    plain = category({"code": "n", "type": "integer", "unit": "mm"})
    change = {
        "kind": "convert",
        "characteristic": "id-n",
        "unit": "cm",
        "factor": factor,
        "decimals": decimals,
    }
    _, values = after(change, before=plain, answers=[{"code": "n", "value": number}])
    assert abs(Decimal(repr(values["n"])) - number * factor) <= Decimal(5).scaleb(-decimals - 1)


@pytest.mark.parametrize("decimals", [0, 6])
@pytest.mark.parametrize("times", [1, 2, 40])
def test_a_number_that_grows_beyond_all_bounds(times: int, decimals: int) -> None:
    """R-B3: however often it is converted, it is refused as out of range, can be stored, and becomes no other type."""
    grown = {"kind": "convert", "characteristic": "id-n", "unit": "mm", "factor": 10**9, "decimals": decimals}
    plain = category({"code": "n", "type": "integer", "unit": "kg"})
    told: Any = [{"code": "n", "value": 999_999_999_999}]
    definition, values = after(*[grown] * times, before=plain, answers=told)
    assert refused(definition, values) == {("OUT_OF_RANGE", "n")}
    whole = {"kind": "retype", "characteristic": "id-n", "type": "integer"}
    _, again = after(*[grown] * times, whole, before=plain, answers=told)
    assert again == values
    assert isinstance(again["n"], float)


def test_a_choice_becomes_several() -> None:
    """R-B3: who took it takes what stands instead, or has to choose anew; nobody else notices."""
    into = choices("one_hand", "two_hands")
    split = {"kind": "split", "characteristic": "id-drive", "choice": "manual", "into": into}
    definition, values = after(split)
    assert refused(definition, values) == {("NOT_A_CHOICE", "drive")}
    definition, values = after({**split, "instead": "two_hands"})
    assert values["drive"] == "two_hands"
    assert not refused(definition, values)
    several = {**split, "characteristic": "id-extras", "choice": "belt", "instead": "one_hand"}
    definition, values = after(several)
    assert values["extras"] == ["one_hand", "pillow"]
    assert not refused(definition, values)
    definition, _ = after({"kind": "offer", "characteristic": "id-drive", "choices": choices("hybrid")})
    assert not refused(definition, {"drive": "hybrid"})


RETYPED: list[tuple[str, dict[str, Any], Any, bool]] = [
    ("width", {"type": "decimal", "decimals": 2}, 450.0, True),
    ("width", {"type": "text"}, "450", True),
    ("weight", {"type": "integer"}, 12.5, False),
    ("drive", {"type": "multi_choice"}, ["manual"], True),
    ("extras", {"type": "choice"}, ["belt", "pillow"], False),
    ("extras", {"type": "text"}, "belt, pillow", True),
    ("story", {"type": "text"}, "р", True),
    ("folding", {"type": "choice", "choices": choices("yes", "no")}, "yes", True),
    (
        "note",
        {
            "type": "choice",
            "choices": choices("soft", "hard"),
            "mapping": [{"answer": "soft seat", "choice": "soft"}],
        },
        "soft",
        True,
    ),
    ("note", {"type": "choice", "choices": choices("soft", "hard")}, "soft seat", False),
    ("note", {"type": "integer"}, "soft seat", False),
]


@pytest.mark.parametrize(("code", "change", "value", "fits"), RETYPED)
def test_another_type_reads_what_can_be_read(
    code: str, change: dict[str, Any], value: Any, *, fits: bool
) -> None:
    """R-B3: what has no place in the new type stays as it was, and is refused."""
    definition, values = after({"kind": "retype", "characteristic": f"id-{code}", **change})
    assert values[code] == value
    assert (refused(definition, {code: value}) == set()) is fits


def test_a_whole_decimal_becomes_an_integer() -> None:
    """R-B3: 12.0 is 12."""
    answers: Any = [{"code": "weight", "value": 12.0}]
    definition, values = after(
        {"kind": "retype", "characteristic": "id-weight", "type": "integer"}, answers=answers
    )
    assert (values, type(values["weight"])) == ({"weight": 12}, int)
    assert not refused(definition, values)


def test_changes_are_carried_out_one_after_the_other() -> None:
    """R-B3: each sees what the one before has made."""
    definition, values = after(
        {"kind": "convert", "unit": "cm", "factor": "0.1", "decimals": 1},
        {"kind": "retype", "type": "text"},
    )
    assert (values["width"], definition.by_code["width"].unit) == ("45", None)


def test_a_choice_that_is_closed() -> None:
    """R-B3: who took it takes another from now on, or has to choose anew; it stays readable."""
    close = {"kind": "close", "characteristic": "id-drive", "choice": "manual"}
    definition, values = after(close)
    assert refused(definition, values) == {("NOT_A_CHOICE", "drive")}
    definition, values = after({**close, "instead": "electric"})
    assert (values["drive"], refused(definition, values)) == ("electric", set())
    assert [each.retired for each in definition.by_code["drive"].choices] == [True, False]
    several = {**close, "characteristic": "id-extras", "choice": "belt", "instead": "pillow"}
    assert after(several)[1]["extras"] == ["pillow"]
