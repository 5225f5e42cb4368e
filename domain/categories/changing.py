"""What every change of a definition is: new rules for characteristics, and what becomes of their answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from domain.categories.answers import CharacteristicValue
from domain.categories.definitions import Category, Characteristic
from domain.categories.parts import Frozen, Identifier
from domain.categories.readers import AnswerValue
from domain.errors import invalid


class Changing(Frozen, ABC):
    """One change; calling it with the characteristics gives those after it."""

    def category(self) -> dict[str, Any]:
        """What becomes of the category itself."""
        return {}

    @abstractmethod
    def __call__(self, items: list[Characteristic]) -> list[Characteristic]:
        """The characteristics after the change."""

    def answers(self, _before: Category, given: Sequence[CharacteristicValue]) -> list[CharacteristicValue]:
        """The answers after the change; those it has nothing to do with as they are."""
        return list(given)


class ChangingOne(Changing):
    """A change of one characteristic, named by its identifier."""

    characteristic: Identifier

    def rules(self, _item: Characteristic) -> dict[str, Any]:
        """What becomes of its rules: the fields of the change, unless it knows better."""
        return self.model_dump(exclude={"kind", "characteristic"})

    def answer(self, value: AnswerValue) -> AnswerValue:
        """What becomes of an answer."""
        return value

    def __call__(self, items: list[Characteristic]) -> list[Characteristic]:
        """The characteristics after the change."""
        place = place_of(items, self.characteristic)
        item = items[place]
        made = Characteristic.model_validate(item.model_dump() | self.rules(item))
        return [*items[:place], made, *items[place + 1 :]]

    def answers(self, before: Category, given: Sequence[CharacteristicValue]) -> list[CharacteristicValue]:
        """The answers after the change."""
        item = before.characteristics[place_of(before.characteristics, self.characteristic)]
        return [
            {"code": item.code, "value": self._after(item, each["value"])}
            if each["code"] == item.code
            else each
            for each in given
        ]

    def several(self, values: Sequence[Any]) -> AnswerValue:
        """What becomes of several answers: of each what becomes of one, none of them twice."""
        made: list[Any] = [self.answer(each) for each in values]
        return list(dict.fromkeys(made))

    def _after(self, item: Characteristic, value: AnswerValue) -> AnswerValue:
        return self.several(value) if item.repeatable and isinstance(value, list) else self.answer(value)


def place_of(items: Sequence[Characteristic], identifier: str, field: str = "characteristic") -> int:
    """Where a characteristic stands; InvalidInput `UNKNOWN_CHARACTERISTIC`."""
    for place, item in enumerate(items):
        if item.id == identifier:
            return place
    raise invalid("UNKNOWN_CHARACTERISTIC", field, characteristic=identifier)
