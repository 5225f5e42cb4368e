"""One reader for each type of characteristic: from the raw answer to its stored value, or a refusal."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from domain.categories.definitions import Characteristic
from domain.categories.parts import CHOICES, MAX_ANSWERS, MAX_TEXT, NUMBERS, CharacteristicType, is_readable
from domain.errors import InvalidInput, Issue, Parameter, Path
from domain.texts import Language, text

__all__ = ["SEPARATOR", "AnswerValue", "is_readable", "issue", "key_of", "read", "refusal"]

AnswerValue = int | float | str | bool | list[Any] | dict[str, str]

KEY_OF_TYPE = {
    CharacteristicType.text: "text",
    CharacteristicType.localised_text: "localised",
    CharacteristicType.integer: "number",
    CharacteristicType.decimal: "number",
    CharacteristicType.boolean: "boolean",
    CharacteristicType.date: "date",
    CharacteristicType.choice: "choice",
    CharacteristicType.multi_choice: "choices",
    CharacteristicType.reference: "choice",
}
"""Under which key of the input an answer of each type stands."""

SEPARATOR = ";"
"""What stands between several answers in a cell of a table, and so in none of them."""

_LANGUAGES = frozenset(Language)


def _text(item: Characteristic, raw: object, path: Path) -> str | None:
    if not isinstance(raw, str):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    if not is_readable(raw):
        raise refusal("CHARACTERISTIC_NOT_TEXT", item, path)
    value = " ".join(normalize("NFC", raw).split())
    limit = item.max_length or MAX_TEXT
    if len(value) > limit:
        raise refusal("CHARACTERISTIC_TOO_LONG", item, path, maximum=limit)
    if value and item.pattern and not re.fullmatch(item.pattern, value):
        raise refusal("PATTERN_MISMATCH", item, path)
    return value or None


def _localised(item: Characteristic, raw: object, path: Path) -> dict[str, str] | None:
    if not isinstance(raw, Mapping) or not _LANGUAGES.issuperset(raw):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    versions = {
        language.value: _text(item, raw[language], (*path, language.value))
        for language in Language
        if raw.get(language) is not None
    }
    return {language: version for language, version in versions.items() if version is not None} or None


def _number(item: Characteristic, raw: object, path: Path) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite():
        raise refusal("NOT_FINITE", item, path)
    low, high = item.bounds
    if not Decimal(repr(low)) <= number <= Decimal(repr(high)):
        raise refusal("OUT_OF_RANGE", item, path, minimum=_shown(low), maximum=_shown(high))
    rounded = number.quantize(Decimal(1).scaleb(-item.decimals))
    if rounded != number:
        raise refusal("TOO_MANY_DECIMALS", item, path, decimals=item.decimals)
    return float(rounded) + 0.0 if item.decimals else int(rounded)


def _boolean(item: Characteristic, raw: object, path: Path) -> bool:
    if not isinstance(raw, bool):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    return raw


def _date(item: Characteristic, raw: object, path: Path) -> str:
    """A date object or its form YYYY-MM-DD; the ISO week and compact forms are not taken."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw.isoformat()
    if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError:
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value) from None


def _choice(item: Characteristic, raw: object, path: Path) -> str:
    if not isinstance(raw, str):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    if raw not in _open_choices(item):
        raise refusal("NOT_A_CHOICE", item, path)
    return raw


def _choices(item: Characteristic, raw: object, path: Path) -> list[str] | None:
    if not isinstance(raw, list | tuple):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    chosen = {_choice(item, each, path) for each in raw}
    return [code for code in _open_choices(item) if code in chosen] or None


def _reference(item: Characteristic, raw: object, path: Path) -> str:
    if not isinstance(raw, str):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    if raw not in _open_choices(item):
        raise refusal("NOT_IN_REFERENCE", item, path)
    return raw


READERS: dict[CharacteristicType, Callable[[Characteristic, object, Path], AnswerValue | None]] = {
    CharacteristicType.text: _text,
    CharacteristicType.localised_text: _localised,
    CharacteristicType.integer: _number,
    CharacteristicType.decimal: _number,
    CharacteristicType.boolean: _boolean,
    CharacteristicType.date: _date,
    CharacteristicType.choice: _choice,
    CharacteristicType.multi_choice: _choices,
    CharacteristicType.reference: _reference,
}


def key_of(item: Characteristic) -> str:
    """Under which key of the input its answer stands, or its several answers."""
    return f"{KEY_OF_TYPE[item.type]}s" if item.repeatable else KEY_OF_TYPE[item.type]


def read(item: Characteristic, raw: object, path: Path) -> AnswerValue | None:
    """The answer as it is stored, or the several; None where it says nothing. InvalidInput otherwise."""
    return _several(item, raw, path) if item.repeatable else READERS[item.type](item, raw, path)


def _several(item: Characteristic, raw: object, path: Path) -> AnswerValue | None:
    """In the order given; each fault stands at its place, and no answer may be given twice."""
    if not isinstance(raw, list | tuple):
        raise refusal("WRONG_TYPE", item, path, expected=item.type.value)
    if len(raw) > MAX_ANSWERS:
        raise refusal("TOO_MANY_ANSWERS", item, path, maximum=MAX_ANSWERS)
    found: list[Any] = []
    issues: list[Issue] = []
    for place, each in enumerate(raw):
        try:
            value = _one_of_several(item, each, (*path, place))
        except InvalidInput as fault:
            issues.extend(fault.issues)
            continue
        if value in found:
            issues.append(issue("ANSWER_TWICE", item, (*path, place)))
        elif value is not None:
            found.append(value)
    if issues:
        raise InvalidInput(issues)
    return found or None


def _one_of_several(item: Characteristic, raw: object, path: Path) -> AnswerValue | None:
    value = READERS[item.type](item, raw, path)
    if isinstance(value, str) and SEPARATOR in value:
        raise refusal("SEPARATOR_IN_ANSWER", item, path)
    return value


def _open_choices(item: Characteristic) -> list[str]:
    return [choice.code for choice in item.choices if not choice.retired]


def issue(code: str, item: Characteristic, path: Path, **params: Parameter) -> Issue:
    """An issue whose message can name the characteristic, its kind and its unit in every language."""
    kind, unit = f"answer_types.{item.type}", f"units.{item.unit}"
    named: dict[str, Parameter] = {"characteristic": item.code, **params}
    for language in Language:
        named[f"name_{language}"] = getattr(item.names, language)
        named[f"kind_{language}"] = text(kind, language)
        named[f"unit_{language}"] = f" {text(unit, language)}" if item.unit else ""
    if item.type in NUMBERS:
        named["unit"] = item.unit or ""
    if item.type in CHOICES:
        named["choices"] = ", ".join(_open_choices(item))[:200]
    return Issue(code, path, named)


def refusal(code: str, item: Characteristic, path: Path, **params: Parameter) -> InvalidInput:
    """`issue` as an error to raise."""
    return InvalidInput([issue(code, item, path, **params)])


def _shown(bound: float) -> Parameter:
    return bound if isinstance(bound, int) else repr(bound)
