"""Changes that give answers another form: another unit, other choices, another type."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Literal, TypeGuard

from pydantic import Field

from domain.categories.changing import ChangingOne
from domain.categories.definitions import (
    CHOICES,
    NUMBERS,
    TEXTS,
    Characteristic,
    CharacteristicType,
    Choice,
    Code,
)
from domain.categories.readers import AnswerValue
from domain.errors import invalid


class Convert(ChangingOne):
    """Another unit: new = old × factor + offset, limits too, rounded to `decimals` (half to even)."""

    kind: Literal["convert"] = "convert"
    unit: Code
    factor: Decimal = Field(gt=0)
    offset: Decimal = Decimal(0)
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
        rounded = exact.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_EVEN)
        return float(rounded) + 0.0 if self.decimals else int(rounded)


class Offer(ChangingOne):
    """More choices."""

    kind: Literal["offer"] = "offer"
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=200)

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules."""
        return {"choices": [each.model_dump() for each in (*item.choices, *self.choices)]}


class Split(ChangingOne):
    """A choice becomes several: it is retired, and who took it has now `instead`, or has to choose anew."""

    kind: Literal["split"] = "split"
    choice: Code
    into: tuple[Choice, ...] = Field(min_length=2, max_length=20)
    instead: Code | None = None

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules."""
        if self.choice not in {each.code for each in item.choices if not each.retired}:
            raise invalid("UNKNOWN_CHOICE", "choice")
        if self.instead is not None and self.instead not in {each.code for each in self.into}:
            raise invalid("UNKNOWN_CHOICE", "instead")
        kept = [
            each.model_copy(update={"retired": True}) if each.code == self.choice else each
            for each in item.choices
        ]
        return {"choices": [each.model_dump() for each in (*kept, *self.into)]}

    def answer(self, value: AnswerValue) -> AnswerValue:
        """What becomes of an answer."""
        if self.instead is None:
            return value
        if isinstance(value, list):
            return [self.instead if each == self.choice else each for each in value]
        return self.instead if value == self.choice else value


class Retype(ChangingOne):
    """Another type: what can be read in it is, by `mapping` where a text or a yes becomes a choice.

    Whole numbers become decimals and back, one choice becomes several and back, anything becomes text.
    """

    kind: Literal["retype"] = "retype"
    type: CharacteristicType
    decimals: int = Field(default=0, ge=0, le=6)
    choices: tuple[Choice, ...] = Field(default=(), max_length=200)
    mapping: dict[str, Code] = Field(default_factory=dict, max_length=1_000)

    def rules(self, item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules; those that the new type does not have are gone."""
        return {"type": self.type, "decimals": self.decimals} | self._limits(item) | self._choices(item)

    def answer(self, value: AnswerValue) -> AnswerValue:
        """What becomes of an answer; one that has no place in the new type stays, and is refused."""
        several = self.type is CharacteristicType.multi_choice
        if self.type in CHOICES:
            taken = [self.mapping.get(_word(each), _word(each)) for each in _each(value)]
            return taken if several else taken[0] if len(taken) == 1 else value
        if self.type is CharacteristicType.text:
            return ", ".join(map(_word, _each(value)))
        if self.type is CharacteristicType.decimal and _is_number(value):
            return float(value)
        if self.type is CharacteristicType.integer and _is_number(value) and value == int(value):
            return int(value)
        return value

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


def _is_number(value: AnswerValue) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _each(value: AnswerValue) -> list[Any]:
    if isinstance(value, dict):
        return [value.get("ru") or value.get("kk") or ""]
    return list(value) if isinstance(value, list) else [value]


def _word(value: object) -> str:
    """A value as a mapping names it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
