"""Changes that give answers another form: another unit, other choices, another type."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal, TypeGuard

from pydantic import Field

from domain.categories.changing import ChangingOne
from domain.categories.definitions import Characteristic
from domain.categories.parts import (
    CHOICES,
    DEFAULT_BOUND,
    NAMED,
    NUMBERS,
    REPEATED,
    TEXTS,
    WIDGETS,
    CharacteristicType,
    Choice,
    Code,
    Mapped,
)
from domain.categories.readers import AnswerValue
from domain.errors import invalid


class Convert(ChangingOne):
    """Another unit: new = old × factor + offset, limits too, rounded to `decimals` (half to even)."""

    kind: Literal["convert"] = "convert"
    unit: Code
    factor: Decimal = Field(ge=Decimal("1e-9"), le=10**9, max_digits=18)
    offset: Decimal = Field(default=Decimal(0), ge=-(10**12), le=10**12)
    decimals: int = Field(default=0, ge=0, le=6)

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules."""
        kind = CharacteristicType.decimal if self.decimals else CharacteristicType.integer
        limits = {
            name: None if (bound := getattr(item, name)) is None else self._converted(bound)
            for name in ("minimum", "maximum")
        }
        return {"unit": self.unit, "type": kind, "decimals": self.decimals, **limits}

    def answer(self, value: AnswerValue) -> AnswerValue:
        """What becomes of an answer."""
        return self._converted(value) if _is_number(value) else value

    def _converted(self, number: float) -> int | float:
        exact = Decimal(repr(number)) * self.factor + self.offset
        if abs(exact) > DEFAULT_BOUND:
            # refused however it is rounded, and a whole number might be too long to store
            return float(exact)
        rounded = exact.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_EVEN)
        return float(rounded) + 0.0 if self.decimals else int(rounded)


class Offer(ChangingOne):
    """More choices."""

    kind: Literal["offer"] = "offer"
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=200)

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules."""
        return {"choices": [each.model_dump() for each in (*item.choices, *self.choices)]}


class Close(ChangingOne):
    """A choice is taken no more: who took it has now `instead`, or has to choose anew."""

    kind: Literal["close"] = "close"
    choice: Code
    instead: Code | None = None

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules."""
        return {"choices": [each.model_dump() for each in closed(item, self.choice, self.instead, ())]}

    def answer(self, value: AnswerValue) -> AnswerValue:
        """What becomes of an answer."""
        return replaced(value, self.choice, self.instead)


class Split(ChangingOne):
    """A choice becomes several: it is retired, and who took it has now `instead`, or has to choose anew."""

    kind: Literal["split"] = "split"
    choice: Code
    into: tuple[Choice, ...] = Field(min_length=2, max_length=20)
    instead: Code | None = None

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules."""
        if self.instead is not None and self.instead not in {each.code for each in self.into}:
            raise invalid("UNKNOWN_CHOICE", "instead", characteristic=item.code)
        return {"choices": [each.model_dump() for each in closed(item, self.choice, self.instead, self.into)]}

    def answer(self, value: AnswerValue) -> AnswerValue:
        """What becomes of an answer."""
        return replaced(value, self.choice, self.instead)


def closed(
    item: Characteristic, choice: str, instead: str | None, more: Sequence[Choice]
) -> Sequence[Choice]:
    """The choices with one retired and more at the end; InvalidInput `UNKNOWN_CHOICE`."""
    open_ = {each.code for each in item.choices if not each.retired}
    if choice not in open_:
        raise invalid("UNKNOWN_CHOICE", "choice", characteristic=item.code)
    if instead is not None and instead not in (open_ - {choice}) | {each.code for each in more}:
        raise invalid("UNKNOWN_CHOICE", "instead", characteristic=item.code)
    kept = (
        each.model_copy(update={"retired": True}) if each.code == choice else each for each in item.choices
    )
    return (*kept, *more)


def replaced(value: AnswerValue, choice: str, instead: str | None) -> AnswerValue:
    """The answer with another choice instead of one; as it is without another."""
    if instead is None:
        return value
    if isinstance(value, list):
        return list(dict.fromkeys(instead if each == choice else each for each in value))
    return instead if value == choice else value


class Retype(ChangingOne):
    """Another type: what can be read in it is, by `mapping` where a text or a yes becomes a choice.

    Whole numbers become decimals and back, one choice becomes several and back, anything becomes text. Codes
    of reference data are read as choices are; several answers stay several where the new type takes them.
    """

    kind: Literal["retype"] = "retype"
    type: CharacteristicType
    decimals: int = Field(default=0, ge=0, le=6)
    choices: tuple[Choice, ...] = Field(default=(), max_length=200)
    mapping: tuple[Mapped, ...] = Field(default=(), max_length=1_000)
    reference: Code | None = None

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules; those that the new type does not have are gone."""
        widget = item.widget if item.widget in WIDGETS[self.type] else None
        kind = {"type": self.type, "decimals": self.decimals, "widget": widget, "reference": self.reference}
        kind["repeatable"] = item.repeatable and self.type in REPEATED
        return kind | self._limits(item) | self._choices(item)

    def answer(self, value: AnswerValue) -> AnswerValue:
        """What becomes of an answer; one that has no place in the new type stays, and is refused."""
        several = self.type is CharacteristicType.multi_choice
        if self.type in NAMED:
            mapping = {each.answer: each.choice for each in self.mapping}
            taken = [mapping.get(_word(each), _word(each)) for each in _each(value)]
            return taken if several else taken[0] if len(taken) == 1 else value
        if self.type is CharacteristicType.text:
            return ", ".join(map(_word, _each(value)))
        if self.type is CharacteristicType.decimal and _is_number(value):
            return float(value)
        if self.type is CharacteristicType.integer and _is_number(value) and value == int(value):
            return int(value)
        return value

    def several(self, values: Sequence[Any]) -> AnswerValue:
        """What becomes of several answers; where the new type takes but one, of the only one."""
        if self.type in REPEATED:
            return super().several(values)
        return self.answer(values[0] if len(values) == 1 else list(values))

    def _limits(self, item: Characteristic) -> dict[str, Any]:
        number = self.type in NUMBERS
        text = self.type in TEXTS
        limits = ("unit", "minimum", "maximum")
        return {name: getattr(item, name) if number else None for name in limits} | {
            name: getattr(item, name) if text else None for name in ("max_length", "pattern")
        }

    def _choices(self, item: Characteristic) -> dict[str, Any]:
        kept = item.choices if self.type in CHOICES else ()
        new = [each for each in self.choices if each.code not in {old.code for old in kept}]
        return {"choices": [each.model_dump() for each in (*kept, *new)]}


class Repeat(ChangingOne):
    """Several answers may be given, or one alone: who gave one has it in a list, and out of a list of one."""

    kind: Literal["repeat"] = "repeat"
    repeatable: bool = True

    def answer(self, value: AnswerValue) -> AnswerValue:
        """What becomes of an answer."""
        return [value] if self.repeatable else value

    def several(self, values: Sequence[Any]) -> AnswerValue:
        """What becomes of several answers: more than one can't become one, and are refused."""
        one: AnswerValue = values[0]
        return one if not self.repeatable and len(values) == 1 else list(values)


def _is_number(value: AnswerValue) -> TypeGuard[int | float]:
    """Whether it can be calculated with: a number beyond all bounds stays, and is refused."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= DEFAULT_BOUND


def _each(value: AnswerValue) -> list[Any]:
    if isinstance(value, dict):
        return [value.get("ru") or value.get("kk") or ""]
    return list(value) if isinstance(value, list) else [value]


def _word(value: object) -> str:
    """A value as a mapping names it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
