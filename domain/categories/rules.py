"""Which rules of a definition fit each other: each that doesn't has a code with texts for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import prod
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from domain.categories.parts import (
    CHOICES,
    DEFAULT_BOUND,
    NAMED,
    NUMBERS,
    REPEATED,
    TEXTS,
    WIDGETS,
    CharacteristicType,
    Widget,
)
from domain.texts import Language, text

if TYPE_CHECKING:
    from domain.categories.conditions import Condition
    from domain.categories.definitions import Category, Characteristic


def broken(code: str, of: str) -> PydanticCustomError:
    """A broken rule as pydantic takes it: `of` is the code of what breaks it."""
    said = text(f"errors.{code}", Language.en, characteristic=of)
    return PydanticCustomError(code, said, {"characteristic": of})


def of_characteristic(item: Characteristic) -> Iterator[str]:
    """Codes of the rules that a characteristic breaks by itself."""
    number, low, high = item.type in NUMBERS, *item.bounds
    codes = [option.code for option in item.choices]
    rules = {
        "LIMITS_NOT_FOR_TYPE": not number and (item.unit, item.minimum, item.maximum) != (None, None, None),
        "DECIMALS_NOT_FOR_TYPE": (item.decimals > 0) != (item.type is CharacteristicType.decimal),
        "CHOICES_NOT_FOR_TYPE": (item.type in CHOICES) != bool(item.choices),
        "REFERENCE_NOT_FOR_TYPE": (item.type is CharacteristicType.reference) != (item.reference is not None),
        "REPEATABLE_NOT_FOR_TYPE": item.repeatable and item.type not in REPEATED,
        "CHOICE_TWICE": len(codes) != len(set(codes)),
        "TEXT_RULES_NOT_FOR_TYPE": item.type not in TEXTS and (item.max_length, item.pattern) != (None, None),
        "LIMITS_TOO_FAR": max(abs(low), abs(high)) > DEFAULT_BOUND,
        "LIMITS_REVERSED": low > high,
        "PATTERN_UNREADABLE": not _compiles(item.pattern),
        "WIDGET_NOT_FOR_TYPE": item.widget is not None and item.widget not in WIDGETS[item.type],
        "SLIDER_UNBOUNDED": item.widget is Widget.slider and None in (item.minimum, item.maximum),
        "FACET_NOT_FILTERABLE": item.facetable and not item.filterable,
        "HIDDEN_BUT_SHOWN": not item.public and (item.filterable or item.highlighted),
        "RETIRED_BUT_ASKED": item.retired and (item.required or item.filterable),
    }
    return (code for code, fault in rules.items() if fault)


def of_category(category: Category) -> Iterator[tuple[str, str]]:
    """(code of a rule, code of the characteristic or group) for all that the parts break together."""
    items, groups = category.characteristics, [group.code for group in category.groups]
    yield from (("GROUP_TWICE", code) for code in _repeated(groups))
    ids, codes = (_repeated([getattr(item, name) for item in items]) for name in ("id", "code"))
    yield from (("CHARACTERISTIC_TWICE", code) for code in (*ids, *codes))
    known: dict[str, Characteristic] = {}
    for item in items:
        if item.group is not None and item.group not in groups:
            yield "UNKNOWN_GROUP", item.code
        for condition in item.when:
            of = known.get(condition.characteristic)
            yield from ((code, item.code) for code in _of_condition(item, condition, of))
        known[item.id] = item
    if category.capacity is not None:
        yield from category.capacity.faults({item.code: item for item in items})


def _of_condition(item: Characteristic, condition: Condition, of: Characteristic | None) -> list[str]:
    if of is None:
        return ["CONDITION_LOOKS_FORWARD"]
    rules = {
        "CONDITION_ON_HIDDEN": item.public and not of.public,
        "CONDITION_ON_RETIRED": of.retired and not item.retired,
    }
    return [*condition.faults(of, NUMBERS, NAMED), *(code for code, fault in rules.items() if fault)]


def holds_nothing(item: Characteristic) -> bool:
    """Whether no number of its decimals lies within its limits, such as a whole one between 0.5 and 0.6."""
    step = Decimal(1).scaleb(-item.decimals)
    low, high = (Decimal(repr(bound)) for bound in item.bounds)
    return low.quantize(step, ROUND_CEILING) > high.quantize(step, ROUND_FLOOR)


def wanders(pattern: str) -> bool:
    """Whether a pattern may take for ever: it repeats a group with a choice, or has too many ways in all.

    Two open repetitions and a few choices are not too many; to refer back always is. Escapes and
    classes of characters are taken for one character; groups are judged from the innermost out.
    """
    if _UNKNOWN.search(plain := _ATOM.sub(lambda atom: "(?P=" if atom[1] else "x", pattern)):
        return True
    rest, before, ways = _OPENING.sub("(", plain), "", 1
    while rest != before:
        if _AGAIN.search(rest):
            return True
        for group in _INNERMOST.finditer(rest):
            ways *= _ways(group[1])
        before, rest = rest, _INNERMOST.sub(lambda group: _FREE if _CHOICES.search(group[1]) else "x", rest)
    return ways * _ways(rest) > _WAYS_MAX


def _ways(part: str) -> int:
    """In how many ways a part without groups can be read, roughly; a repetition without an end in `_OPEN`."""
    least_most = (
        (int(low or 0), int(high or low or 0) if high or not comma else _OPEN)
        for low, comma, high in _COUNTED.findall(part)
    )
    counted = [max(1, min(_OPEN, most - least + 1)) for least, most in least_most]
    open_ = [_OPEN] * (part.count("*") + part.count("+"))
    return (part.count("|") + 1) * prod([*counted, *open_, *[2] * part.count("?")])


_FREE = "\x00"
_OPEN, _WAYS_MAX = 1_000, 10**7
_ATOM = re.compile(r"(\\[1-9])|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_OPENING = re.compile(r"\(\?(?:<?[=!]|[:>]|P?<\w+>|[aimsu]+(?::|(?=\))))")
_UNKNOWN = re.compile(rf"(?!{_OPENING.pattern})\(\?")
"""References back, conditions, comments, and the flag that spaces say nothing."""
_INNERMOST = re.compile(r"\(([^()]*)\)")
_CHOICES = re.compile(r"[*+?|{\x00]")
_AGAIN = re.compile(r"\x00[*+{]")
_COUNTED = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}")


def _repeated(codes: Sequence[str]) -> list[str]:
    return [code for place, code in enumerate(codes) if code in codes[:place]]


def _compiles(pattern: str | None) -> bool:
    try:
        re.compile(pattern or "")
    except re.error:
        return False
    return True
