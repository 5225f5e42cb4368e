"""Answers of a listing checked against its category's definition.

How a checked answer is stored: a number is an int when the definition allows no digits after the point,
otherwise a float rounded to its `decimals`; a date is its ISO text; a choice is its code; several choices
are their codes in the definition's order; a localised text is {kk, ru, en}; a code of reference data is the
code. Several answers to a repeatable characteristic are a list of such values in the order given.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from domain.categories.conditions import asked
from domain.categories.definitions import Category, Characteristic
from domain.categories.readers import AnswerValue, is_readable, issue, key_of, read, refusal
from domain.errors import InvalidInput, Issue, Parameter, Path
from domain.texts import Language


class CharacteristicValue(TypedDict):
    """A checked answer as it is stored and read."""

    code: str
    value: AnswerValue


MAX_ISSUES = 50
"""More problems than this are not listed: the answers are hopeless, and the reply stays small."""

_REQUIRED_LANGUAGES = frozenset({Language.kk, Language.ru})


def check_answers(
    definition: Category,
    answers: Sequence[Mapping[str, object]],
    *,
    complete: bool,
    path: Path = ("characteristics",),
) -> list[CharacteristicValue]:
    """Checked values in the order of the definition.

    In: answers {code, one of text | localised | number | boolean | date | choice | choices, unit?}, or of
    texts | numbers | dates | choices where several are taken; a key that is None counts as absent; without
    `unit` a number is in the unit of the definition. A blank text is no answer. A characteristic whose
    conditions don't hold takes no answer (`NOT_ASKED`). `complete` asks for what publishing needs: required
    answers and both translations. Codes of reference data are taken out of those that `definition` was told,
    see `Category.knowing`.
    Raises InvalidInput with every problem found (at most 50); each carries the characteristic's code and
    names in its parameters. Source: Order 73, p. 8 and 13 ("characteristics").
    """
    found, issues = _read_each(definition, answers, path, complete=complete)
    faulty = {str(fault.params["characteristic"]) for fault in issues}
    needed = asked(definition.characteristics, lambda item: found.get(item.code), unknown=faulty)
    issues.extend(
        issue("NOT_ASKED", definition.by_code[code], (*path, code))
        for code, value in found.items()
        if value is not None and needed[code] is False
    )
    if complete:
        answered = {code for code, value in found.items() if value is not None} | faulty
        issues.extend(_missing(item, path) for item in _lacking(definition, answered, needed))
    if issues:
        raise InvalidInput(issues[:MAX_ISSUES])
    return [
        {"code": item.code, "value": value}
        for item in definition.characteristics
        if (value := found.get(item.code)) is not None
    ]


def as_answers(definition: Category, values: Iterable[CharacteristicValue]) -> list[dict[str, object]]:
    """The input that `check_answers` turns into these values; a number names its unit.

    Answers to what is retired are left out: nobody gives them any more. What the definition does not have
    comes without a value, and is refused.
    """
    items = ((definition.by_code.get(value["code"]), value) for value in values)
    return [_as_answer(item, value) for item, value in items if item is None or not item.retired]


def _as_answer(item: Characteristic | None, value: CharacteristicValue) -> dict[str, object]:
    if item is None:
        return {"code": value["code"]}
    answer: dict[str, object] = {"code": item.code, key_of(item): value["value"]}
    return answer if item.unit is None else answer | {"unit": item.unit}


def _read_each(
    definition: Category, answers: Sequence[Mapping[str, object]], path: Path, *, complete: bool
) -> tuple[dict[str, AnswerValue | None], list[Issue]]:
    """What is answered by code, None where it can't be read, and what is wrong with it."""
    found: dict[str, AnswerValue | None] = {}
    issues: list[Issue] = []
    for position, answer in enumerate(answers):
        try:
            item = _known(definition, answer, found, path, position)
            found[item.code] = None
            found[item.code] = _read(item, answer, (*path, item.code), complete=complete)
        except InvalidInput as problem:
            issues.extend(problem.issues)
        if len(issues) >= MAX_ISSUES:
            break
    return found, issues


def _known(
    definition: Category, answer: Mapping[str, object], found: Mapping[str, object], path: Path, position: int
) -> Characteristic:
    code = answer.get("code")
    item = definition.by_code.get(code) if isinstance(code, str) else None
    if item is None:
        shown = code[:40] if isinstance(code, str) and is_readable(code) else ""
        params: dict[str, Parameter] = {"characteristic": shown}
        raise InvalidInput([Issue("UNKNOWN_CHARACTERISTIC", (*path, position), params)])
    if item.code in found:
        raise refusal("DUPLICATE_CHARACTERISTIC", item, (*path, item.code))
    if item.retired:
        raise refusal("RETIRED_CHARACTERISTIC", item, (*path, item.code))
    return item


def _lacking(
    definition: Category, answered: set[str], needed: Mapping[str, bool | None]
) -> Iterable[Characteristic]:
    """What is asked for and required but was not answered, well or badly: a wrong answer is told once."""
    return (
        item
        for item in definition.characteristics
        if item.required and not item.retired and needed[item.code] and item.code not in answered
    )


def _read(
    item: Characteristic, answer: Mapping[str, object], path: Path, *, complete: bool
) -> AnswerValue | None:
    given = {key: value for key, value in answer.items() if value is not None and key not in ("code", "unit")}
    key = key_of(item)
    if set(given) != {key}:
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    if answer.get("unit") not in (None, item.unit):
        raise refusal("WRONG_UNIT", item, path, expected=item.unit or "")
    value = read(item, given[key], path)
    if complete and isinstance(value, dict) and not _REQUIRED_LANGUAGES.issubset(value):
        raise refusal("MISSING_TRANSLATION", item, path)
    return value


def _missing(item: Characteristic, path: Path) -> Issue:
    return issue("MISSING_CHARACTERISTIC", item, (*path, item.code))
