"""References to dated data, and several answers to one characteristic: checked, carried and told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.categories import Category, Choice, Names, as_answers, check_answers
from domain.categories.changes import carried, changed, read_changes
from domain.categories.conditions import Condition
from domain.categories.describing import described
from domain.errors import InvalidInput
from domain.texts import Language
from tests.domain.test_categories_changes import NAMES, category, choices

ROWS = [
    Choice.model_construct(code=code, names=Names(**NAMES), retired=code == "su")
    for code in ("KZ", "10", "su")
]
FORM = category(
    {"code": "country", "type": "reference", "reference": "countries"},
    {"code": "made_in", "type": "reference", "reference": "countries", "repeatable": True},
    {"code": "models", "type": "text", "repeatable": True, "max_length": 5},
    {"code": "widths", "type": "integer", "repeatable": True, "minimum": 1, "unit": "mm"},
    {"code": "note", "type": "text"},
).knowing({"countries": ROWS})


def faults(*answers: dict[str, Any], definition: Category = FORM) -> list[tuple[str, tuple[Any, ...]]]:
    """What is wrong with answers, and where."""
    with pytest.raises(InvalidInput) as found:
        check_answers(definition, answers, complete=True)
    return [(one.code, one.path[1:]) for one in found.value.issues]


def test_each_fault_of_several_answers_stands_at_its_place() -> None:
    """R-B2: what is wrong, given twice or has the separator of tables; too many are not looked at."""
    models = {"code": "models", "texts": ["a", "toolong", "b", " a ", "x;y", ""]}
    assert faults(models) == [
        ("CHARACTERISTIC_TOO_LONG", ("models", 1)),
        ("ANSWER_TWICE", ("models", 3)),
        ("SEPARATOR_IN_ANSWER", ("models", 4)),
    ]
    assert faults({"code": "widths", "numbers": [0, 5]}) == [("OUT_OF_RANGE", ("widths", 0))]
    assert faults({"code": "widths", "numbers": list(range(1, 22))}) == [("TOO_MANY_ANSWERS", ("widths",))]
    for wrong in ({"number": 5}, {"numbers": 5}, {"number": 5, "numbers": [5]}):
        assert faults({"code": "widths", **wrong}) == [("WRONG_TYPE", ("widths",))]
    assert check_answers(FORM, [{"code": "models", "texts": ["", " "]}], complete=True) == []


def test_a_reference_takes_codes_that_are_in_force() -> None:
    """R-B2: any code of the named type today; what is out of force or unknown is refused at its place."""
    good: Any = [{"code": "country", "choice": "KZ"}, {"code": "made_in", "choices": ["10", "KZ"]}]
    stored: Any = [{"code": "country", "value": "KZ"}, {"code": "made_in", "value": ["10", "KZ"]}]
    assert check_answers(FORM, good, complete=True) == stored
    assert as_answers(FORM, stored) == good
    assert faults({"code": "country", "choice": "su"}) == [("NOT_IN_REFERENCE", ("country",))]
    assert faults({"code": "country", "choice": 10}) == [("WRONG_TYPE", ("country",))]
    several = {"code": "made_in", "choices": ["KZ", "zz"]}
    assert faults(several) == [("NOT_IN_REFERENCE", ("made_in", 1))]
    assert faults(good[0], definition=FORM.knowing({})) == [("NOT_IN_REFERENCE", ("country",))]
    assert [sorted(each.references) for each in (FORM, category())] == [["countries"], []]


def moved(values: dict[str, Any], *changes: dict[str, Any]) -> tuple[Category, dict[str, Any]]:
    """The definition and the answers after these changes."""
    before = FORM.knowing({})
    read = read_changes(changes)
    told: Any = [{"code": code, "value": value} for code, value in values.items()]
    after = changed(before, read).knowing({"countries": ROWS})
    return after, {one["code"]: one["value"] for one in carried(before, read, told)}


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=20, unique=True))
def test_one_answer_becomes_a_list_and_back(words: list[str]) -> None:
    """R-B3: a single answer is carried into a list and out of it again; several never become one."""
    repeat: dict[str, Any] = {"kind": "repeat", "characteristic": "id-note"}
    after, values = moved({"note": words[0]}, repeat)
    assert (after.by_code["note"].repeatable, values) == (True, {"note": [words[0]]})
    assert moved({"note": words[0]}, repeat, repeat | {"repeatable": False})[1] == {"note": words[0]}
    assert moved({"models": words}, {"kind": "repeat", "characteristic": "id-models"})[1] == {"models": words}
    single = {"kind": "repeat", "characteristic": "id-models", "repeatable": False}
    after, values = moved({"models": words}, single)
    told: Any = [{"code": code, "value": value} for code, value in values.items()]
    if len(words) == 1:
        assert values == {"models": words[0]}
        assert check_answers(after, as_answers(after, told), complete=True) == told
    else:
        assert values == {"models": words}
        assert faults(*as_answers(after, told), definition=after) == [("WRONG_TYPE", ("models",))]


def test_several_answers_are_converted_one_by_one() -> None:
    """R-B3: another unit and another type reach each of them; those that become alike are one."""
    cm = {"kind": "convert", "characteristic": "id-widths", "unit": "cm", "factor": "0.1"}
    assert moved({"widths": [10, 11, 25]}, cm)[1] == {"widths": [1, 2]}
    text = {"kind": "retype", "characteristic": "id-widths", "type": "text"}
    after, values = moved({"widths": [10, 11]}, text)
    assert (after.by_code["widths"].repeatable, values) == (True, {"widths": ["10", "11"]})
    choice = {"kind": "retype", "characteristic": "id-models", "type": "choice", "choices": choices("a", "b")}
    assert moved({"models": ["a"]}, choice)[1] == {"models": "a"}
    after, values = moved({"models": ["a", "b"]}, choice)
    assert (after.by_code["models"].repeatable, values) == (False, {"models": ["a", "b"]})
    several = choice | {"type": "multi_choice"}
    assert moved({"models": ["a", "b"]}, several)[1] == {"models": ["a", "b"]}


def test_a_text_becomes_a_reference_and_back() -> None:
    """R-B3: a text that is a code stays what it is; the type of reference data comes and goes with the type."""
    to = {"kind": "retype", "characteristic": "id-note", "type": "reference", "reference": "countries"}
    after, values = moved({"note": "KZ"}, to)
    assert (after.by_code["note"].reference, values) == ("countries", {"note": "KZ"})
    back = {"kind": "retype", "characteristic": "id-country", "type": "text"}
    after, values = moved({"country": "KZ"}, back)
    assert (after.by_code["country"].reference, values) == (None, {"country": "KZ"})


def test_conditions_look_at_several_answers_and_at_codes() -> None:
    """R-B2: one of several numbers between the limits, one of several codes; of reference data any code."""
    between = Condition(characteristic="id-widths", minimum=10, maximum=20)
    assert [between.holds(each) for each in ([5, 15], [5, 25], [], 15)] == [True, False, False, True]
    of_code = Condition(characteristic="id-made_in", options=("KZ",))
    assert (of_code.holds(["10", "KZ"]), of_code.holds(["10"])) == (True, False)
    when = [{"characteristic": "id-country", "options": ["KZ"]}]
    asking = {"code": "why", "type": "text", "when": when}
    definition = category({"code": "country", "type": "reference", "reference": "countries"}, asking)
    lines = [line for line in described(definition, Language.en) if line.startswith("- **")]
    assert [line.partition("): ")[2] for line in lines] == [
        "entry of reference data; from reference data “countries”",
        "text; asked only if «A»: KZ",
    ]
    [_, told] = [line for line in described(FORM, Language.en) if "up to 20 answers" in line][:2]
    assert "`models`): text; at most 5 characters; up to 20 answers" in told
