"""Whole definitions against whole answers: what is accepted, held against a slow and plain reading."""

import re
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from domain.categories import Category, Choice, Names, as_answers, check_answers
from domain.errors import InvalidInput

NAMES = {"kk": "А", "ru": "А", "en": "A"}
KEYS = {
    "text": "text",
    "localised_text": "localised",
    "integer": "number",
    "decimal": "number",
    "boolean": "boolean",
    "date": "date",
    "choice": "choice",
    "multi_choice": "choices",
    "reference": "choice",
}
OPTIONS = ("one", "two", "gone")
"""The last one is retired."""
ROWS = ("10", "KZ", "gone")
"""Codes of reference data; the last one is out of force."""
KNOWN = [Choice.model_construct(code=one, names=Names(**NAMES), retired=one == "gone") for one in ROWS]
SEVERAL = ("date", "decimal", "integer", "reference", "text")
"""Types that may take several answers."""
DAYS = st.sampled_from(["2024-02-29", "2023-02-29", "2024-2-9", "", "2024-12-31"])
WORDS = st.sampled_from(["", " ", "a", "ab", "abc d", "a  b", "x" * 6, "x" * 7, "a\x00", "Ж"])
RIGHT: dict[str, st.SearchStrategy[Any]] = {
    "text": WORDS,
    "localised_text": st.dictionaries(st.sampled_from(["kk", "ru", "en", "de"]), WORDS, max_size=3),
    "integer": st.integers(-3, 8),
    "decimal": st.sampled_from([-3.0, 0.5, 0.25, 2, 5.5, 8.0]),
    "boolean": st.booleans(),
    "date": DAYS,
    "choice": st.sampled_from([*OPTIONS, "none"]),
    "multi_choice": st.lists(st.sampled_from([*OPTIONS, "none"]), max_size=3),
    "reference": st.sampled_from([*ROWS, "none"]),
}
RULES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "text": {"max_length": st.integers(1, 6), "pattern": st.sampled_from(["[a-z ]*", "a.*"])},
    "localised_text": {"max_length": st.integers(1, 6)},
    "integer": {"minimum": st.integers(-2, 2), "maximum": st.integers(2, 6), "unit": st.just("mm")},
    "decimal": {"minimum": st.integers(-2, 2), "maximum": st.integers(2, 6)},
}


@st.composite
def items(draw: Any) -> list[dict[str, Any]]:
    """Characteristics of a category, some of which hang on one before."""
    made: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 5))):
        type_ = draw(st.sampled_from(sorted(KEYS)))
        item = {"id": f"id-{number}", "code": f"c{number}", "names": NAMES, "type": type_}
        rules = RULES.get(type_, {})
        item |= {name: draw(value) for name, value in rules.items() if draw(st.booleans())}
        if type_ == "decimal":
            item["decimals"] = 1
        if type_ == "reference":
            item["reference"] = "places"
        if type_ in SEVERAL:
            item["repeatable"] = draw(st.booleans())
        if "choice" in type_:
            item["choices"] = [{"code": one, "names": NAMES, "retired": one == "gone"} for one in OPTIONS]
        item["retired"] = draw(st.integers(0, 9)) == 0
        item["required"] = not item["retired"] and draw(st.booleans())
        open_ = [each["id"] for each in made if not each["retired"]]
        if open_ and draw(st.booleans()):
            item["when"] = [{"characteristic": draw(st.sampled_from(open_))}]
        made.append(item)
    return made


GOOD: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["a", "a  b", " "]),
    "localised_text": st.sampled_from(
        [{"kk": "a", "ru": "a"}, {"ru": "a"}, {"kk": "a", "ru": "a", "en": " "}]
    ),
    "integer": st.just(2),
    "decimal": st.just(2.0),
    "boolean": st.booleans(),
    "date": st.just("2024-02-29"),
    "choice": st.sampled_from(OPTIONS[:2]),
    "multi_choice": st.sampled_from([["one"], ["two", "one"], []]),
    "reference": st.sampled_from(ROWS[:2]),
}
"""What most definitions take."""


@st.composite
def answered(draw: Any, made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers to most of them: now and then of another type, twice or in another unit."""
    answers = []
    asked = [
        item for item in made if draw(st.integers(0, 3)) and (not item["retired"] or draw(st.booleans()))
    ]
    twice = asked[:1] if draw(st.integers(0, 14)) == 14 else []
    for item in (*asked, *twice):
        type_ = item["type"] if draw(st.integers(0, 19)) < 19 else draw(st.sampled_from(sorted(KEYS)))
        right = GOOD[type_] if draw(st.integers(0, 4)) < 4 else RIGHT[type_]
        several = item.get("repeatable", False) is (draw(st.integers(0, 19)) < 19) and type_ in SEVERAL
        answer = {"code": item["code"], KEYS[type_]: draw(right)}
        if several:
            most = draw(st.sampled_from([2, 2, 2, 2, 21]))
            given_ = draw(st.lists(right, max_size=most))
            answer = {"code": item["code"], f"{KEYS[type_]}s": given_}
        if draw(st.integers(0, 9)) == 9:
            answer["unit"] = draw(
                st.sampled_from(["mm", "cm", *([item["unit"]] * 4 if "unit" in item else [])])
            )
        answers.append(answer)
    return answers


def clean(text: str) -> str:
    """Words with one space between them."""
    return re.sub(r"\s+", " ", text).strip()


def text_is_wrong(item: dict[str, Any], text: Any) -> bool:
    """Whether a text breaks a rule of its characteristic."""
    if not isinstance(text, str) or "\x00" in text:
        return True
    words = clean(text)
    too_long = len(words) > item.get("max_length", 500)
    return too_long or bool(words and "pattern" in item and not re.fullmatch(item["pattern"], words))


def reading(item: dict[str, Any], answer: dict[str, Any], *, complete: bool) -> tuple[bool, bool]:
    """(wrong, given): whether an answer is refused, and whether it says anything."""
    several = item.get("repeatable", False)
    key = KEYS[item["type"]] + ("s" if several else "")
    if set(answer) - {"code", "unit"} != {key}:
        return True, True
    if "unit" in answer and answer["unit"] != item.get("unit"):
        return True, True
    judge = JUDGES[item["type"]]
    if not several:
        judged: tuple[bool, bool] = judge(item, answer[key], complete)
        return judged
    each = [judge(item, raw, complete) for raw in answer[key]]
    says = [clean(raw) if isinstance(raw, str) else raw for raw in answer[key]]
    told = [raw for raw, (_, given_) in zip(says, each, strict=True) if given_]
    twice = len(told) != len(set(told))
    return any(wrong for wrong, _ in each) or twice or len(each) > 20, bool(told)


def text(item: dict[str, Any], raw: Any, _complete: Any) -> tuple[bool, bool]:
    """A blank text says nothing."""
    return text_is_wrong(item, raw), bool(isinstance(raw, str) and clean(raw))


def localised(item: dict[str, Any], raw: Any, complete: Any) -> tuple[bool, bool]:
    """Languages of the portal; published in Kazakh and Russian."""
    said = {language for language, words in raw.items() if clean(words)}
    wrong = not set(raw) <= {"kk", "ru", "en"} or any(text_is_wrong(item, words) for words in raw.values())
    return wrong or bool(complete and said and not {"kk", "ru"} <= said), bool(said)


def number(item: dict[str, Any], raw: Any, _complete: Any) -> tuple[bool, bool]:
    """Between its limits, with no more digits than it may have."""
    least, most = item.get("minimum", -(10**12)), item.get("maximum", 10**12)
    finest = 10 if item["type"] == "decimal" else 1
    return isinstance(raw, bool) or not least <= raw <= most or raw * finest % 1 != 0, True


def day(_item: dict[str, Any], raw: Any, _complete: Any) -> tuple[bool, bool]:
    """A day of the calendar."""
    return raw not in {"2024-02-29", "2024-12-31"}, True


def choice(_item: dict[str, Any], raw: Any, _complete: Any) -> tuple[bool, bool]:
    """One that is open."""
    return raw not in {"one", "two"}, True


def row(_item: dict[str, Any], raw: Any, _complete: Any) -> tuple[bool, bool]:
    """A code in force."""
    return raw not in {"10", "KZ"}, True


def choices(_item: dict[str, Any], raw: Any, _complete: Any) -> tuple[bool, bool]:
    """Open ones; none of them says nothing."""
    return not set(raw) <= {"one", "two"}, bool(raw)


def flag(_item: dict[str, Any], raw: Any, _complete: Any) -> tuple[bool, bool]:
    """Yes or no."""
    return not isinstance(raw, bool), True


JUDGES: dict[str, Any] = {
    "text": text, "localised_text": localised, "integer": number, "decimal": number,
    "boolean": flag, "date": day, "choice": choice, "multi_choice": choices,
    "reference": row,
}  # fmt: skip


def accepted_slowly(made: list[dict[str, Any]], answers: list[dict[str, Any]], *, complete: bool) -> bool:
    """What the definition says, one rule after the other."""
    by_code = {item["code"]: item for item in made}
    codes = [answer["code"] for answer in answers]
    if len(codes) != len(set(codes)) or any(by_code[code]["retired"] for code in codes):
        return False
    judged = {one["code"]: reading(by_code[one["code"]], one, complete=complete) for one in answers}
    if any(wrong for wrong, _ in judged.values()):
        return False
    given_codes = {code for code, (_, says) in judged.items() if says}
    wanted: set[str] = set()
    for item in made:
        on = [
            next(each for each in made if each["id"] == one["characteristic"]) for one in item.get("when", [])
        ]
        if all(each["code"] in wanted and each["code"] in given_codes for each in on):
            wanted.add(item["code"])
    needed = {item["code"] for item in made if item["required"] and complete} & wanted
    return given_codes <= wanted and needed <= given_codes


@settings(max_examples=300)
@given(st.data(), items(), st.booleans())
def test_what_is_accepted_is_what_the_definition_says(
    data: st.DataObject, made: list[dict[str, Any]], complete: bool
) -> None:
    """R-B2: for any definition and any answers, in drafts and when published; and what is stored reads back."""
    head = {"code": "c", "direction": "tsr_sale", "kind": "goods", "names": NAMES}
    definition = Category.model_validate({**head, "characteristics": made}).knowing({"places": KNOWN})
    answers = data.draw(answered(made))
    expected = accepted_slowly(made, answers, complete=complete)
    event(f"accepted: {expected}, answers: {len(answers)}")
    if not expected:
        with pytest.raises(InvalidInput):
            check_answers(definition, answers, complete=complete)
        return
    stored = check_answers(definition, answers, complete=complete)
    assert check_answers(definition, as_answers(definition, stored), complete=complete) == stored
