"""Answers against definitions, compared with a slow and plain oracle."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.categories import Category, CharacteristicType, as_answers, check_answers
from domain.errors import InvalidInput
from domain.texts import Language, text

NAMES = {"kk": "Ені", "ru": "Ширина", "en": "Width"}


def option(code: str, *, retired: bool = False) -> dict[str, object]:
    """A choice as a definition writes it."""
    return {"code": code, "names": NAMES, "retired": retired}


def item(code: str, kind: str, **rules: object) -> dict[str, object]:
    """A characteristic as a definition writes it."""
    return {"id": f"id-{code.replace('_', '-')}", "code": code, "names": NAMES, "type": kind, **rules}


def category(*items: dict[str, object]) -> Category:
    """A category with these characteristics."""
    return Category.model_validate(
        {"code": "chairs", "direction": "tsr_sale", "kind": "goods", "names": NAMES, "characteristics": items}
    )


CHAIRS = category(
    item("width", "integer", unit="mm", minimum=300, maximum=600, required=True),
    item("weight", "decimal", unit="kg", minimum=0.5, maximum=60, decimals=1),
    item("frame", "choice", choices=[option("steel"), option("alloy"), option("wood", retired=True)]),
    item("places", "multi_choice", choices=[option("home"), option("street")]),
    item("folds", "boolean"),
    item("article", "text", max_length=10, pattern=r"[A-Z]+-[0-9]+"),
    item("note", "localised_text", max_length=20, required=True),
    item("made", "date"),
    item("wheels", "integer"),
    item("colour", "text", retired=True),
)
GOOD: list[dict[str, object]] = [
    {"code": "width", "number": 430, "unit": "mm"},
    {"code": "note", "localised": {"kk": "Жеңіл", "ru": "Лёгкая"}},
]


def outcome(answers: Sequence[Mapping[str, object]], *, complete: bool = True) -> list[tuple[str, object]]:
    """Codes of problems with the last part of their path; every one has its text in every language."""
    try:
        check_answers(CHAIRS, answers, complete=complete)
    except InvalidInput as refusal:
        for issue in refusal.issues:
            assert issue.path[0] == "characteristics"
            assert all(text(f"errors.{issue.code}", language, **issue.params) for language in Language)
        return [(issue.code, issue.path[1]) for issue in refusal.issues]
    return []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"code": "a.b", "number": 1}, "UNKNOWN_CHARACTERISTIC"),
        ({"code": "$where", "text": "1"}, "UNKNOWN_CHARACTERISTIC"),
        ({"code": "__proto__", "text": "1"}, "UNKNOWN_CHARACTERISTIC"),
        ({"code": "\ud800", "text": "1"}, "UNKNOWN_CHARACTERISTIC"),
        ({"code": "x" * 100_000, "text": "1"}, "UNKNOWN_CHARACTERISTIC"),
        ({"code": {"$ne": None}, "text": "1"}, "UNKNOWN_CHARACTERISTIC"),
        ({"text": "1"}, "UNKNOWN_CHARACTERISTIC"),
        ({"code": "colour", "text": "red"}, "RETIRED_CHARACTERISTIC"),
        ({"code": "width", "text": "430"}, "WRONG_TYPE"),
        ({"code": "width", "number": "430"}, "WRONG_TYPE"),
        ({"code": "width", "number": True}, "WRONG_TYPE"),
        ({"code": "width", "number": {"$gt": 0}}, "WRONG_TYPE"),
        ({"code": "width", "number": 430, "text": "430"}, "WRONG_TYPE"),
        ({"code": "width"}, "WRONG_TYPE"),
        ({"code": "width", "number": None}, "WRONG_TYPE"),
        ({"code": "width", "number": 299}, "OUT_OF_RANGE"),
        ({"code": "width", "number": 601}, "OUT_OF_RANGE"),
        ({"code": "width", "number": 10**400}, "OUT_OF_RANGE"),
        ({"code": "width", "number": -(10**5000)}, "OUT_OF_RANGE"),
        ({"code": "width", "number": Decimal("1e999999")}, "OUT_OF_RANGE"),
        ({"code": "wheels", "number": 2**63}, "OUT_OF_RANGE"),
        ({"code": "width", "number": float("nan")}, "NOT_FINITE"),
        ({"code": "width", "number": float("-inf")}, "NOT_FINITE"),
        ({"code": "width", "number": Decimal("sNaN")}, "NOT_FINITE"),
        ({"code": "width", "number": 430.5}, "TOO_MANY_DECIMALS"),
        ({"code": "weight", "number": 12.34}, "TOO_MANY_DECIMALS"),
        ({"code": "weight", "number": Decimal("1." + "0" * 60 + "1")}, "TOO_MANY_DECIMALS"),
        ({"code": "width", "number": 430, "unit": "cm"}, "WRONG_UNIT"),
        ({"code": "width", "number": 430, "unit": {"$ne": 1}}, "WRONG_UNIT"),
        ({"code": "folds", "boolean": True, "unit": "mm"}, "WRONG_UNIT"),
        ({"code": "folds", "boolean": 1}, "WRONG_TYPE"),
        ({"code": "frame", "choice": "gold"}, "NOT_A_CHOICE"),
        ({"code": "frame", "choice": "wood"}, "NOT_A_CHOICE"),
        ({"code": "frame", "choice": ["steel"]}, "WRONG_TYPE"),
        ({"code": "places", "choices": ["home", "moon"]}, "NOT_A_CHOICE"),
        ({"code": "places", "choices": "home"}, "WRONG_TYPE"),
        ({"code": "places", "choices": [{"$in": []}]}, "WRONG_TYPE"),
        ({"code": "article", "text": "A" * 11}, "CHARACTERISTIC_TOO_LONG"),
        ({"code": "article", "text": "abc"}, "PATTERN_MISMATCH"),
        ({"code": "article", "text": "A-1\x00"}, "CHARACTERISTIC_NOT_TEXT"),
        ({"code": "article", "text": "A-1\udfff"}, "CHARACTERISTIC_NOT_TEXT"),
        ({"code": "article", "text": {"$where": "sleep(1000)"}}, "WRONG_TYPE"),
        ({"code": "note", "localised": {"ru": "Лёгкая"}}, "MISSING_TRANSLATION"),
        ({"code": "note", "localised": {"kk": "Жеңіл", "ru": " "}}, "MISSING_TRANSLATION"),
        ({"code": "note", "localised": {"kk": "Жеңіл", "ru": "Лёгкая", "$where": "1"}}, "WRONG_TYPE"),
        ({"code": "note", "localised": {"kk": "Жеңіл", "ru": "x" * 21}}, "CHARACTERISTIC_TOO_LONG"),
        ({"code": "note", "localised": "Лёгкая"}, "WRONG_TYPE"),
        ({"code": "note", "localised": {"kk": " ", "ru": ""}}, "MISSING_CHARACTERISTIC"),
        ({"code": "made", "date": "2026-02-30"}, "WRONG_TYPE"),
        ({"code": "made", "date": "20260201"}, "WRONG_TYPE"),
        ({"code": "made", "date": datetime(2026, 1, 1, tzinfo=UTC)}, "WRONG_TYPE"),
    ],
)
def test_each_wrong_answer_has_its_code(answer: dict[str, object], problem: str) -> None:
    """R-B2: a wrong answer is refused once, by a code, at the characteristic it was given to."""
    others = [each for each in GOOD if each["code"] != answer.get("code")]
    unknown = problem == "UNKNOWN_CHARACTERISTIC"
    assert outcome([*others, answer]) == [(problem, len(GOOD) if unknown else answer["code"])]


def test_message_names_the_characteristic_and_its_limits() -> None:
    """R-B2: the message says in the reader's language which characteristic is wrong, and what is allowed."""
    with pytest.raises(InvalidInput) as refusal:
        check_answers(CHAIRS, [GOOD[1], {"code": "width", "number": 601}], complete=True)
    [issue] = refusal.value.issues
    assert issue.params["characteristic"] == "width"
    assert (issue.params["minimum"], issue.params["maximum"], issue.params["unit"]) == (300, 600, "mm")
    assert text("errors.OUT_OF_RANGE", Language.ru, **issue.params) == "«Ширина»: допустимо от 300 до 600 мм."


def test_all_problems_are_told_at_once() -> None:
    """Every wrong answer and every missing one is listed, up to fifty."""
    answers: list[dict[str, object]] = [{"code": "width", "number": 1}, {"code": "folds", "text": "yes"}]
    assert outcome(answers) == [
        ("OUT_OF_RANGE", "width"),
        ("WRONG_TYPE", "folds"),
        ("MISSING_CHARACTERISTIC", "note"),
    ]
    assert len(outcome([{"code": "nothing"}] * 1000)) == 50


def test_second_answer_is_refused() -> None:
    """One characteristic takes one answer, even when the first was wrong."""
    again: dict[str, object] = dict(GOOD[0])
    assert outcome([*GOOD, again]) == [("DUPLICATE_CHARACTERISTIC", "width")]
    twice: list[dict[str, object]] = [{"code": "folds", "text": "x"}, {"code": "folds", "boolean": True}]
    assert outcome([*GOOD, *twice]) == [("WRONG_TYPE", "folds"), ("DUPLICATE_CHARACTERISTIC", "folds")]


def test_draft_may_lack_answers_but_not_give_wrong_ones() -> None:
    """R-B4: a draft keeps what there is; a wrong answer is refused in a draft as well."""
    assert outcome([], complete=False) == []
    assert outcome([{"code": "note", "localised": {"ru": "Лёгкая"}}], complete=False) == []
    assert outcome([{"code": "width", "number": 1}], complete=False) == [("OUT_OF_RANGE", "width")]


def test_answers_are_stored_typed_and_in_order() -> None:
    """Values come out in the order of the definition, as the types they are stored in."""
    answers: list[dict[str, object]] = [
        {"code": "made", "date": date(2026, 1, 31)},
        {"code": "places", "choices": ["street", "home", "street"]},
        {"code": "article", "text": "  AB-12 "},
        {"code": "weight", "number": Decimal("12.50")},
        {"code": "folds", "boolean": False},
        {"code": "note", "localised": {"ru": "Лёгкая   рама", "kk": "Жеңіл", "en": None}},
        {"code": "width", "number": 430.0},
        {"code": "wheels", "number": -0.0},
    ]
    values = check_answers(CHAIRS, answers, complete=True)
    assert [(value["code"], value["value"]) for value in values] == [
        ("width", 430),
        ("weight", 12.5),
        ("places", ["home", "street"]),
        ("folds", False),
        ("article", "AB-12"),
        ("note", {"kk": "Жеңіл", "ru": "Лёгкая рама"}),
        ("made", "2026-01-31"),
        ("wheels", 0),
    ]
    assert isinstance(values[0]["value"], int)
    assert isinstance(values[1]["value"], float)
    assert check_answers(CHAIRS, as_answers(CHAIRS, values), complete=True) == values


def test_path_leads_to_the_language_of_the_input() -> None:
    """A localised answer's fault points at its language."""
    answer = {"code": "note", "localised": {"kk": "x" * 21, "ru": "x"}}
    with pytest.raises(InvalidInput) as refusal:
        check_answers(CHAIRS, [answer], complete=False, path=("input", "characteristics"))
    assert refusal.value.path == ("input", "characteristics", "note", "kk")


# The oracle: one characteristic, one answer; plain words, fractions instead of decimals.

numbers = st.one_of(
    st.integers(-(10**15), 10**15),
    st.integers(-20, 20),
    st.floats(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.decimals(min_value=-20, max_value=20, places=3),
)
junk = st.one_of(st.none(), st.booleans(), st.text(max_size=3), st.just({"$where": "1"}), st.just([1]))


def expected_number(raw: object, low: int, high: int, decimals: int) -> str | Fraction:
    """What a number must come to: the exact value, or the code of the refusal."""
    if raw is None or isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return "WRONG_TYPE"
    if not isinstance(raw, int) and not Decimal(raw).is_finite():
        return "NOT_FINITE"
    exact = Fraction(repr(raw) if isinstance(raw, float) else raw)
    if exact < low or exact > high:
        return "OUT_OF_RANGE"
    return exact if (exact * 10**decimals).denominator == 1 else "TOO_MANY_DECIMALS"


@given(st.one_of(numbers, junk), st.integers(-15, 5), st.integers(5, 15), st.integers(0, 3))
def test_numbers_agree_with_the_oracle(raw: object, low: int, high: int, decimals: int) -> None:
    """R-B2: any number, of any Python type, is taken or refused exactly as slow arithmetic says."""
    kind = CharacteristicType.decimal if decimals else CharacteristicType.integer
    definition = category(item("n", kind, minimum=low, maximum=high, decimals=decimals))
    expected = expected_number(raw, low, high, decimals)
    answers: list[dict[str, object]] = [{"code": "n", "number": raw}]
    if isinstance(expected, str):
        with pytest.raises(InvalidInput) as refusal:
            check_answers(definition, answers, complete=True)
        assert refusal.value.code == expected
        return
    [value] = check_answers(definition, answers, complete=True)
    assert value["value"] == float(expected)
    assert isinstance(value["value"], float if decimals else int)


ANY_CODE = st.sampled_from([*CHAIRS.by_code, "none", "a.b", "$where", ""])
ANY_VALUE = st.recursive(
    st.one_of(
        junk, numbers, st.text(st.characters(), max_size=30), st.sampled_from(["steel", "home", "AB-1"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["kk", "ru", "en", "$where", "a.b"]), inner, max_size=3),
    ),
    max_leaves=5,
)
ANY_ANSWER = st.fixed_dictionaries(
    {"code": ANY_CODE},
    optional=dict.fromkeys(
        ("text", "number", "boolean", "choice", "choices", "date", "localised", "unit", "other"), ANY_VALUE
    ),
)


@given(st.lists(ANY_ANSWER, max_size=6), st.booleans())
def test_no_input_breaks_the_check(answers: list[dict[str, object]], complete: bool) -> None:
    """R-B2: whatever comes in, out comes a clean value or a typed refusal with all its texts."""
    if outcome(answers, complete=complete):
        return
    values = check_answers(CHAIRS, answers, complete=complete)
    assert check_answers(CHAIRS, as_answers(CHAIRS, values), complete=complete) == values
    order = list(CHAIRS.by_code)
    assert [order.index(value["code"]) for value in values] == sorted(
        {order.index(v["code"]) for v in values}
    )
