"""What a category's listings have only so much of on a day, and how an order of it takes from that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.categories.parts import CharacteristicType, Code, Frozen

if TYPE_CHECKING:
    from domain.categories.definitions import Characteristic


class CapacityUnit(StrEnum):
    """What is counted on each day.

    Nights are taken without a gap; hours, visits and places are spread over the days that are offered,
    places one a day.
    """

    nights = "nights"
    hours = "hours"
    visits = "visits"
    places = "places"


class Capacity(Frozen):
    """How listings are taken by dates.

    `length` is the code of the characteristic that says how many nights one stay has; without it the
    quantity ordered is the number of nights. `a_day` is the code of the one that says how many hours or
    visits one person gets on a day at most.
    """

    unit: CapacityUnit
    length: Code | None = None
    a_day: Code | None = None

    def faults(self, by_code: Mapping[str, Characteristic]) -> Iterator[tuple[str, str]]:
        """(code of a rule, code of the characteristic) for what it breaks in a category with these."""
        if self.length and self.unit is not CapacityUnit.nights:
            yield "LENGTH_NOT_OF_STAY", self.length
        if self.a_day and self.unit not in {CapacityUnit.hours, CapacityUnit.visits}:
            yield "DAY_LIMIT_NOT_FOR_UNIT", self.a_day
        for code in filter(None, (self.length, self.a_day)):
            if not _is_answered(by_code.get(code)):
                yield "CAPACITY_NEEDS_ANSWER", code


def _is_answered(item: Characteristic | None) -> bool:
    """Whether every listing says a whole number there: orders read it of what the catalogue shows."""
    if item is None or item.type is not CharacteristicType.integer:
        return False
    return item.required and item.public and not item.retired and not item.when
