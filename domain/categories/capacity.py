"""What a category's listings have only so much of on a day, and how an order of it takes from that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

if TYPE_CHECKING:
    from domain.categories.definitions import Characteristic

Named = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class CapacityUnit(StrEnum):
    """What is counted on each day.

    Nights are taken without a gap; hours, visits and places are spread over the days that are offered,
    places one a day.
    """

    nights = "nights"
    hours = "hours"
    visits = "visits"
    places = "places"


class Capacity(BaseModel):
    """How listings are taken by dates.

    `length` is the code of the characteristic that says how many nights one stay has; without it the
    quantity ordered is the number of nights. `a_day` is the code of the one that says how many hours or
    visits one person gets on a day at most.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: CapacityUnit
    length: Named | None = None
    a_day: Named | None = None

    def faults(self, by_code: Mapping[str, Characteristic]) -> Iterator[str]:
        """What is wrong with it in a category with these characteristics."""
        if self.length and self.unit is not CapacityUnit.nights:
            yield "only a stay has a length in nights"
        if self.a_day and self.unit not in {CapacityUnit.hours, CapacityUnit.visits}:
            yield "only hours and visits have a limit a day"
        for code in filter(None, (self.length, self.a_day)):
            item = by_code.get(code)
            if item is None or item.type != "integer" or not item.required or item.retired or item.when:
                yield f"capacity needs {code} to be an integer that every listing answers"
