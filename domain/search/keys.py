"""Index keys of the catalogue: what a listing is stored under, and which keys can lead a question.

A question's conditions meet in one key wherever that is affordable: scope × region × word, scope ×
word × word, range × region, range × word. What no key holds whole is led by several
candidates; the database tries them side by side and goes on with the one that yields most. Keys are hashes:
they lead, never decide — every condition is checked again on the listing itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from math import isfinite

from domain.categories import is_readable
from domain.errors import invalid
from domain.search.cells import LEVELS, WORD_LEVELS, Number, cells, cover
from domain.search.places import asked_places, listed_places

ANYWHERE = ""
CANDIDATES_MAX = 8
"""More ways into the index than this are not worth trying for one question."""

CONDITIONS_MAX = 50
"""Conditions on characteristics at most: more than a category has; the database takes long over thousands."""

Key = tuple[str | int, ...]


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
    """What a visitor of the catalogue asks for; every condition must hold.

    `words` are stems from `query_tokens`; `ranges`, `choices` and `booleans` are conditions on filterable
    characteristics of the category. InvalidInput `CATEGORY_REQUIRED` when they come without one, `NOT_TEXT`
    for text that no listing can hold, `TOO_MANY_CONDITIONS` beyond `CONDITIONS_MAX`.
    """

    category: str | None = None
    direction: str | None = None
    region: str | None = None
    ranges: tuple[Range, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    booleans: tuple[tuple[str, bool], ...] = ()
    words: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a listing the keys are made from; the answers are those to filterable characteristics."""

    category: str
    direction: str
    regions: Sequence[str]
    words: Sequence[str]
    answers: Sequence[tuple[str, object]]


def hashed(key: Key) -> int:
    """The key as a signed 64-bit number: short in the index whatever its words."""
    content = "\0".join(f"{type(part).__name__[0]}{part}" for part in key).encode()
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big", signed=True)


def listing_keys(facts: Facts) -> list[int]:
    """Every key of a listing, ascending and distinct."""
    return sorted({hashed(key) for key in _listing_keys(facts)})


@lru_cache(maxsize=2_000)
def drivers(wanted: CatalogueFilter) -> list[list[int]]:
    """The ways into the index for a question: each a list of keys that together hold every answer.

    The same question is asked again and again; nobody changes what it is answered with.
    """
    found = [_distinct(map(hashed, keys)) for keys in _drivers(wanted)]
    return found[:CANDIDATES_MAX]


def _listing_keys(facts: Facts) -> Iterator[Key]:
    places = (ANYWHERE, *listed_places(facts.regions))
    for place in places:
        yield ("d", facts.direction, place)
        for scope in ("", facts.category):
            yield ("s", scope, place)
            yield from (("w", scope, place, word) for word in facts.words)
    for scope in ("", facts.category):
        yield from (_pair(scope, *two) for two in combinations(facts.words, 2))
    for code, value in facts.answers:
        yield from _answer_keys(facts, places, code, value)


def _answer_keys(facts: Facts, places: Sequence[str], code: str, value: object) -> Iterator[Key]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        for level, cell in cells(value, LEVELS):
            yield from (("n", facts.category, code, level, cell, place) for place in places)
        for level, cell in cells(value, WORD_LEVELS):
            yield from (("nw", facts.category, code, level, cell, word) for word in facts.words)
        return
    for option in value if isinstance(value, list) else [value]:
        yield from (_choice(facts.category, code, option, place) for place in places)


def _drivers(wanted: CatalogueFilter) -> Iterator[Sequence[Key]]:
    """From the narrowest ways to the widest: those beyond `CANDIDATES_MAX` are dropped."""
    scope, words = wanted.category or "", wanted.words
    places = (ANYWHERE,) if wanted.region is None else asked_places(wanted.region)
    for word in words if wanted.ranges else ():
        yield from (_range_word(scope, one, word) for one in wanted.ranges)
    yield from ([_pair(scope, *two)] for two in combinations(words, 2))
    yield from (_range_place(scope, one, places) for one in wanted.ranges)
    yield from ([("w", scope, place, word) for place in places] for word in words)
    for code, option in (*wanted.choices, *wanted.booleans):
        yield [_choice(scope, code, option, place) for place in places]
    if wanted.direction is not None and wanted.category is None:
        yield [("d", wanted.direction, place) for place in places]
    elif not (words or wanted.ranges or wanted.choices or wanted.booleans):
        yield [("s", scope, place) for place in places]


def _range_place(scope: str, one: Range, places: Sequence[str]) -> list[Key]:
    covered = cover(one.minimum, one.maximum, LEVELS)
    return [("n", scope, one.code, level, cell, place) for level, cell in covered for place in places]


def _range_word(scope: str, one: Range, word: str) -> list[Key]:
    covered = cover(one.minimum, one.maximum, WORD_LEVELS)
    return [("nw", scope, one.code, level, cell, word) for level, cell in covered]


def _pair(scope: str, one: str, other: str) -> Key:
    return ("ww", scope, *sorted((one, other)))


def _choice(scope: str, code: str, option: object, place: str) -> Key:
    return ("c", scope, code, str(option), place)


def _distinct(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))
