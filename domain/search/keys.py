"""Index keys of the catalogue: what a listing is stored under, and which keys can lead a question.

A question's conditions meet in one key wherever that is affordable: scope × region × word of a title,
word × word, range × region, range × word. What no key holds whole is led by several candidates; the database
tries them side by side and goes on with the one that yields most. Descriptions have more words than titles:
those that stand there only are keys by themselves, × region and × octave of a number within their category,
never × word; they join whatever leads to words of titles. Keys are hashes: they lead, never decide — every
condition is checked again on the listing itself. Where many descriptions have the word, a narrow category or
region leads better than the word does.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, product

from domain.search.cells import DESCRIBED_LEVELS, LEVELS, WORD_LEVELS, cells, cover
from domain.search.places import asked_places, listed_places
from domain.search.questions import CatalogueFilter, Range

ANYWHERE = ""
CANDIDATES_MAX = 8
"""More ways into the index than this are not worth trying for one question."""

JOINED_MAX = 16
"""Pairs of words of one question that are looked up as pairs: misspelt words may mean many."""

MERGED_MAX = 200
"""Keys of a range and words that are looked up together: of more the server makes no order, but sorts
(`internalQueryMaxScansToExplode`)."""

Key = tuple[str | int, ...]
Term = tuple[str, ...]


class Part(StrEnum):
    """Which answers to a question: all, those with all its words in their titles, or the rest."""

    whole = "whole"
    titled = "titled"
    described = "described"


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a listing the keys are made from; the answers are those to filterable characteristics.

    `described` are words of the description that are not among the `words` of the titles.
    """

    category: str
    direction: str
    regions: Sequence[str]
    words: Sequence[str]
    answers: Sequence[tuple[str, object]]
    described: Sequence[str] = ()


def hashed(key: Key) -> int:
    """The key as a signed 64-bit number: short in the index whatever its words."""
    content = "\0".join(f"{type(part).__name__[0]}{part}" for part in key).encode()
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big", signed=True)


def listing_keys(facts: Facts) -> list[int]:
    """Every key of a listing, ascending and distinct."""
    return sorted({hashed(key) for key in _listing_keys(facts)})


@lru_cache(maxsize=2_000)
def drivers(wanted: CatalogueFilter, part: Part = Part.whole) -> list[list[int]]:
    """The ways into the index for a question: each a list of keys that together hold every answer.

    The same question is asked again and again; nobody changes what it is answered with.
    """
    found = [_distinct(map(hashed, keys)) for keys in _drivers(wanted, part)]
    return found[:CANDIDATES_MAX]


def _listing_keys(facts: Facts) -> Iterator[Key]:
    places = (ANYWHERE, *listed_places(facts.regions))
    for place in places:
        yield ("d", facts.direction, place)
        for scope in ("", facts.category):
            yield ("s", scope, place)
            yield from (("w", scope, place, word) for word in facts.words)
    yield from (_pair(*two) for two in combinations(facts.words, 2))
    yield from (_described("", ANYWHERE, word) for word in facts.described)
    yield from (_described(facts.category, *two) for two in product(places, facts.described))
    for code, value in facts.answers:
        yield from _answer_keys(facts, places, code, value)


def _answer_keys(facts: Facts, places: Sequence[str], code: str, value: object) -> Iterator[Key]:
    for one in value if isinstance(value, list) else [value]:
        yield from _one_answer_keys(facts, places, code, one)


def _one_answer_keys(facts: Facts, places: Sequence[str], code: str, value: object) -> Iterator[Key]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        for level, cell in cells(value, LEVELS):
            yield from (("n", facts.category, code, level, cell, place) for place in places)
        for level, cell in cells(value, WORD_LEVELS):
            yield from (("nw", facts.category, code, level, cell, word) for word in facts.words)
        for level, cell in cells(value, DESCRIBED_LEVELS):
            yield from (("nx", facts.category, code, level, cell, word) for word in facts.described)
        return
    yield from (_choice(facts.category, code, value, place) for place in places)


def _drivers(wanted: CatalogueFilter, part: Part) -> Iterator[Sequence[Key]]:
    """From the narrowest ways to the widest: those beyond `CANDIDATES_MAX` are dropped."""
    scope, terms = wanted.category or "", wanted.terms
    places = (ANYWHERE,) if wanted.region is None else asked_places(wanted.region)
    if part is Part.described:
        yield _beside(scope, places, terms, part)
    for term in terms if wanted.ranges else ():
        yield from (_range_term(scope, one, term, part) for one in wanted.ranges)
    for one, other in combinations(terms, 2):
        if len(one) * len(other) <= JOINED_MAX and not {*one} & {*other}:
            yield [*(_pair(*two) for two in product(one, other)), *_beside(scope, places, [one, other], part)]
    yield from (_range_place(scope, one, places) for one in wanted.ranges)
    for term in terms:
        titled = [("w", scope, place, word) for place in places for word in term]
        yield [*titled, *_beside(scope, places, [term], part)]
    yield from _wide_drivers(wanted, scope, places, part)


def _wide_drivers(
    wanted: CatalogueFilter, scope: str, places: Sequence[str], part: Part
) -> Iterator[Sequence[Key]]:
    narrowed = wanted.category, wanted.region
    for code, options in wanted.options.items():
        yield [_choice(scope, code, option, place) for option in options for place in places]
    if wanted.direction is not None and wanted.category is None:
        yield [("d", wanted.direction, place) for place in places]
    elif not (wanted.terms or wanted.codes) or (wanted.terms and part is not Part.titled and any(narrowed)):
        yield [("s", scope, place) for place in places]


def _beside(scope: str, places: Sequence[str], terms: Iterable[Term], part: Part) -> list[Key]:
    """What leads to listings that have one of the terms in their description only."""
    if part is Part.titled:
        return []
    below = places if scope else (ANYWHERE,)
    return [_described(scope, place, word) for term in terms for word in term for place in below]


def _range_place(scope: str, one: Range, places: Sequence[str]) -> list[Key]:
    covered = cover(one.minimum, one.maximum, LEVELS)
    return [("n", scope, one.code, level, cell, place) for level, cell in covered for place in places]


def _range_term(scope: str, one: Range, term: Term, part: Part) -> list[Key]:
    """Words of titles within the range; those of descriptions too, or anywhere where these were too many."""
    titled = _in_range("nw", scope, one, WORD_LEVELS, term)
    if part is Part.titled:
        return titled
    described = _in_range("nx", scope, one, DESCRIBED_LEVELS, term)
    fits = len(titled) + len(described) <= MERGED_MAX
    return titled + (described if fits else _beside(scope, [ANYWHERE], [term], part))


def _in_range(kind: str, scope: str, one: Range, levels: Sequence[int], term: Term) -> list[Key]:
    covered = cover(one.minimum, one.maximum, levels)
    return [(kind, scope, one.code, level, cell, word) for level, cell in covered for word in term]


def _pair(one: str, other: str) -> Key:
    return ("ww", *sorted((one, other)))


def _described(scope: str, place: str, word: str) -> Key:
    return ("x", scope, place, word)


def _choice(scope: str, code: str, option: object, place: str) -> Key:
    return ("c", scope, code, str(option), place)


def _distinct(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))
