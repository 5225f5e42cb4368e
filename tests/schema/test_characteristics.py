"""Answers to characteristics as they are told: remembered by value, and the same whatever was told before."""

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import pytest

from domain.categories import Characteristic
from domain.texts import Language
from schema.characteristics import MOST_TEXTS, Telling, _telling, choices, number, numbers

NAMES = {"kk": "А", "ru": "Б", "en": "C"}
CHOICES = [{"code": code, "names": {**NAMES, "ru": f"«{code}»"}} for code in ("one", "two")]


def telling(type_: str, **more: Any) -> Telling:
    """The table of a characteristic of this type, in Russian."""
    made = {"id": "i", "code": "c", "names": NAMES, "type": type_} | more
    item = Characteristic.model_validate(made)
    return _telling(item)(item, Language.ru)


def seen(told: Mapping[str, Any]) -> tuple[object, ...]:
    """What a reader sees of a number."""
    return told["shown"], repr(float(number(told) or 0))


@pytest.mark.parametrize("values", [*permutations([1, True, 1.0]), *permutations([0, 0.0, -0.0, False])])
def test_equal_values_read_alike_whichever_came_first(values: tuple[Any, ...]) -> None:
    """R-K: stored types may differ from the definition's; an answer never depends on what was told before."""
    told = telling("decimal", decimals=1)
    assert {seen(told[value]) for value in values} == {seen(telling("decimal", decimals=1)[values[0]])}


def test_an_answer_is_told_once_and_stays_the_same_object() -> None:
    """R-K: what the loader promises to its plans (`lasting`)."""
    told = telling("multi_choice", choices=CHOICES)
    first = told[["one", "two"]]
    assert first is told[["one", "two"]]
    assert first["shown"] == "«one», «two»"
    assert told[["two", "one"]] is not first
    assert told["ab"]["value"] == "ab"
    single = telling("choice", choices=CHOICES)
    assert single["one"] is single["one"]
    assert telling("localised_text")[{"ru": "текст"}]["shown"] == "текст"


def test_texts_do_not_fill_the_memory() -> None:
    """R-K: they hardly ever repeat."""
    told = telling("text")
    for given in range(MOST_TEXTS * 3):
        assert told[f"text {given}"]["shown"] == f"text {given}"
    assert len(told) <= MOST_TEXTS


@pytest.mark.parametrize(
    ("value", "shown"), [(1234567.0, "1234567"), (12.5, "12.5"), (0.1, "0.1"), (10**12, "1000000000000")]
)
def test_numbers_have_no_exponents(value: float, shown: str) -> None:
    """R-B2: a price list has none either."""
    assert telling("decimal", decimals=1)[value]["shown"] == shown


def test_several_answers_are_told_each_and_together() -> None:
    """R-B2: a list reads as one line and each by itself; programs get numbers, and codes of what has names."""
    told = telling("decimal", decimals=1, repeatable=True)
    several = told[[1.5, 2.0]]
    assert several is told[[1.5, 2.0]]
    assert (several["shown"], several["each"]) == ("1.5, 2", ["1.5", "2"])
    assert (number(several), numbers(several), choices(several)) == (None, [1.5, 2.0], None)
    single = telling("integer")[7]
    assert (number(single), numbers(single), single["each"]) == (7, [7], ["7"])
    codes = telling("reference", reference="region", repeatable=True)[["71", "75"]]
    assert (codes["shown"], choices(codes), numbers(codes)) == ("71, 75", ["71", "75"], None)
    assert choices(telling("reference", reference="region")["71"]) == ["71"]
