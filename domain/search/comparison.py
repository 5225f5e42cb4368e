"""Listings side by side: the same characteristics of each, and where their answers differ."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.categories import Category, Characteristic
from domain.errors import invalid

LEAST, MOST = 2, 6
"""Listings that are compared at once."""

Card = tuple[Category, Mapping[str, Any]]
"""A listing's definition, and its answers by the code of the characteristic."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One characteristic of several listings: as each defines it, and its answer; None where it has none."""

    items: Sequence[Characteristic | None]
    values: Sequence[Any]

    @property
    def differs(self) -> bool:
        """Whether any two listings answer otherwise; the order of several choices does not matter."""
        first, *others = [sorted(one) if isinstance(one, list) else one for one in self.values]
        return any(one != first for one in others)

    @property
    def item(self) -> Characteristic:
        """The characteristic as the first listing that knows it defines it."""
        return next(item for item in self.items if item is not None)


def compared(cards: Sequence[Card]) -> list[Compared]:
    """What listings of one category answer, or what those of several have in common, where any has an answer.

    Versions of a category share identifiers, categories only codes: there code, type and unit must agree.
    InvalidInput `NOTHING_IN_COMMON`.
    """
    alike = len({definition.code for definition, _ in cards}) == 1
    known = [{_key(item, alike=alike): item for item in one.characteristics} for one, _ in cards]
    keys = dict.fromkeys(key for items in known for key in items)
    shared = [key for key in keys if alike or all(key in items for items in known)]
    if not shared:
        raise invalid("NOTHING_IN_COMMON", "ids")
    rows = [_row(cards, [items.get(key) for items in known]) for key in shared]
    return [row for row in rows if any(value is not None for value in row.values)]


def _key(item: Characteristic, *, alike: bool) -> Hashable:
    return item.id if alike else (item.code, item.type, item.unit, item.reference, item.repeatable)


def _row(cards: Sequence[Card], items: Sequence[Characteristic | None]) -> Compared:
    values = [
        answers.get(item.code) if item is not None else None
        for (_, answers), item in zip(cards, items, strict=True)
    ]
    return Compared(items, values)
