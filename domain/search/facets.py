"""Facets: by what a question to the catalogue may be narrowed, and which conditions each leaves out."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from domain.categories import NAMED, NUMBERS, Category, Characteristic, CharacteristicType
from domain.errors import invalid
from domain.regions import TOP, is_code
from domain.search.questions import CatalogueFilter

CATEGORY, DIRECTION, REGION = "CATEGORY", "DIRECTION", "REGION"
FIXED = (CATEGORY, DIRECTION, REGION)
"""Facets of every question, in capitals: codes of characteristics have none."""

OPTIONAL = NAMED | {CharacteristicType.boolean}
QUESTIONS_MAX = 10
"""Facets with a condition of their own are counted by a question each: more are refused."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What is counted among the answers to one question: fixed facets, options, and ranges of numbers.

    REGION counts whole regions, and beside them the narrower `place` that was asked for, if any.
    """

    fixed: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    place: str | None = None


def is_facet(item: Characteristic) -> bool:
    """Whether a category's listings are counted by their answers to a characteristic."""
    return item.facetable and not item.retired and item.type in OPTIONAL | NUMBERS


def facets_of(definition: Category | None, codes: Collection[str] | None) -> Facets:
    """The facets of a question about a category, or about none; with `codes` those only.

    InvalidInput `UNKNOWN_FACET` for a code that is none.
    """
    items = [item for item in definition.characteristics if is_facet(item)] if definition else []
    known = {*FIXED, *(item.code for item in items)}
    if unknown := [place for place, code in enumerate(codes or ()) if code not in known]:
        raise invalid("UNKNOWN_FACET", "codes", unknown[0])
    asked = known if codes is None else {*codes}
    return Facets(
        fixed=tuple(code for code in FIXED if code in asked),
        options=tuple(item.code for item in items if item.type in OPTIONAL and item.code in asked),
        numbers=tuple(item.code for item in items if item.type in NUMBERS and item.code in asked),
    )


@lru_cache(maxsize=2_000)
def facet_questions(wanted: CatalogueFilter, facets: Facets) -> Mapping[CatalogueFilter, Facets]:
    """The questions whose answers are counted, each with what is counted among them.

    A facet leaves its own condition out, so that the others of its options can be seen; leaving out a
    category leaves out the conditions on its characteristics, and a direction the category as well.
    InvalidInput `TOO_MANY_FACETS` beyond `QUESTIONS_MAX` questions.
    """
    found: dict[CatalogueFilter, Facets] = {}
    for question, one in _each(wanted, facets):
        known = found.get(question, Facets())
        found[question] = Facets(
            known.fixed + one.fixed,
            known.options + one.options,
            known.numbers + one.numbers,
            known.place or one.place,
        )
    if len(found) > QUESTIONS_MAX:
        raise invalid("TOO_MANY_FACETS", "filter", maximum=QUESTIONS_MAX)
    return found


def _each(wanted: CatalogueFilter, facets: Facets) -> Iterator[tuple[CatalogueFilter, Facets]]:
    for code in facets.fixed:
        place = _narrow(wanted.region) if code == REGION else None
        yield _left_out(wanted, code), Facets(fixed=(code,), place=place)
    yield from ((wanted.without([code]), Facets(options=(code,))) for code in facets.options)
    yield from ((wanted.without([code]), Facets(numbers=(code,))) for code in facets.numbers)


def _left_out(wanted: CatalogueFilter, code: str) -> CatalogueFilter:
    """The question without the condition of a fixed facet, and without those that make no sense then."""
    if code == REGION:
        return replace(wanted, region=None)
    uncategorised = replace(wanted.without(wanted.codes), category=None)
    return replace(uncategorised, direction=None) if code == DIRECTION else uncategorised


def _narrow(region: str | None) -> str | None:
    return region if region is not None and len(region) > TOP and is_code(region) else None
