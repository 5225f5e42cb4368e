"""What a visitor of the catalogue asks for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite

from domain.categories import is_readable
from domain.errors import invalid
from domain.search.cells import Number

CONDITIONS_MAX = 50
"""Conditions on characteristics at most: more than a category has; the database takes long over thousands."""


@dataclass(frozen=True, slots=True)
class Range:
    """A numeric characteristic between two values, both inclusive; None leaves a side open."""

    code: str
    minimum: Number | None = None
    maximum: Number | None = None

    def __post_init__(self) -> None:
        if not all(isfinite(bound) for bound in (self.minimum, self.maximum) if bound is not None):
            raise invalid("RANGE_NOT_FINITE", "filter", "ranges")


@dataclass(frozen=True, slots=True)
class CatalogueFilter:
    """What a visitor asks for; every condition must hold, and of several options of one characteristic any.

    `words` are stems from `query_tokens`; `meant` are words that no listing has, each as those it may have
    been meant for; `ranges`, `choices` and `booleans` are conditions on filterable characteristics of the
    category. InvalidInput `CATEGORY_REQUIRED` when they come without one, `NOT_TEXT` for text that no listing
    can hold, `TOO_MANY_CONDITIONS` beyond `CONDITIONS_MAX`.
    """

    category: str | None = None
    direction: str | None = None
    region: str | None = None
    ranges: tuple[Range, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    booleans: tuple[tuple[str, bool], ...] = ()
    words: tuple[str, ...] = ()
    meant: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.category is None and (self.ranges or self.choices or self.booleans):
            raise invalid("CATEGORY_REQUIRED", "filter", "category")
        if len(self.ranges) + len(self.choices) + len(self.booleans) > CONDITIONS_MAX:
            raise invalid("TOO_MANY_CONDITIONS", "filter", maximum=CONDITIONS_MAX)
        for field in ("category", "direction", "region"):
            if not is_readable(getattr(self, field) or ""):
                raise invalid("NOT_TEXT", "filter", field)
        answers = [one.code for one in self.ranges] + [part for pair in self.choices for part in pair]
        if not all(map(is_readable, answers)):
            raise invalid("NOT_TEXT", "filter")

    @property
    def terms(self) -> tuple[tuple[str, ...], ...]:
        """Each word as the words of which one must be there."""
        return (*((word,) for word in self.words), *self.meant)

    @property
    def options(self) -> dict[str, tuple[str | bool, ...]]:
        """By the code of a characteristic, the answers of which one must be given."""
        given: list[tuple[str, str | bool]] = [*self.choices, *self.booleans]
        found: dict[str, tuple[str | bool, ...]] = {}
        for code, option in given:
            found[code] = (*found.get(code, ()), option)
        return found

    @property
    def codes(self) -> frozenset[str]:
        """The characteristics that conditions are on."""
        return frozenset(one.code for one in self.ranges) | self.options.keys()

    def without(self, codes: Iterable[str]) -> "CatalogueFilter":
        """The same question without the conditions on these characteristics."""
        left = frozenset(codes)
        if left.isdisjoint(self.codes):
            return self
        return replace(
            self,
            ranges=tuple(one for one in self.ranges if one.code not in left),
            choices=tuple(one for one in self.choices if one[0] not in left),
            booleans=tuple(one for one in self.booleans if one[0] not in left),
        )
