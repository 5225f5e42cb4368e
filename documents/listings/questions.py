"""Questions to the catalogue: finds on one of two indexes, whatever is asked and however it is sorted."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from documents.base import Row
from documents.cursors import Order, Window, behind, decoded, seen
from documents.listings.records import BY_DATE, BY_PRICE, HIDDEN
from documents.listings.serving import serving
from documents.listings.stored import Projection, projected
from domain.search import CatalogueFilter, Number, Part, Range, drivers

_FAR = 2.0**41
"""Beyond any stored number; greater bounds would not fit into a BSON integer."""

TITLED = 1 << 62
"""Above any rank by date: what stands in the title comes before all that stands in the description."""


class CatalogueSort(StrEnum):
    """Orders of the catalogue; equal rows are told apart by their identifiers.

    By relevance: first what has all words of the question in its title, the newest first within each part.
    """

    price_asc = "price_asc"
    price_desc = "price_desc"
    newest = "newest"
    relevance = "relevance"


_NEWEST = Order("newest", "date_rank", -1, int, BY_DATE)
ORDERS = MappingProxyType(
    {
        CatalogueSort.price_asc: Order("price_asc", "price_rank", 1, int, BY_PRICE),
        CatalogueSort.price_desc: Order("price_desc", "price_rank", -1, int, BY_PRICE),
        CatalogueSort.newest: _NEWEST,
        CatalogueSort.relevance: Order("relevance", "relevance", -1, int, BY_DATE),
    }
)
_ABOVE = MappingProxyType({Part.titled: TITLED, Part.described: 0})


class Stretch(NamedTuple):
    """Consecutive rows that one find reads; `above` is what their relevance has above their date."""

    part: Part
    above: int
    question: Row


def page_question(
    wanted: CatalogueFilter,
    sort: CatalogueSort,
    *,
    first: int,
    cursor: str | None = None,
    projection: Projection | None = None,
    cursors: bool = True,
) -> Row:
    """The first of the finds that read a page; see `stretches`."""
    asked = Window(first, cursor)
    return next(stretches(wanted, sort, asked, projection=projection, cursors=cursors)).question


def stretches(
    wanted: CatalogueFilter,
    sort: CatalogueSort,
    window: Window,
    *,
    projection: Projection | None = None,
    cursors: bool = True,
) -> Iterator[Stretch]:
    """The arguments of the finds that read a page, and one row more to know whether others follow.

    One, or two by relevance: the second is asked where the first has not filled the page. The hint names the
    index but not the key: the server tries the question's drivers side by side and keeps no plan for the next
    question, whose best driver may be another.
    """
    kept = _NEWEST if sort is CatalogueSort.relevance else ORDERS[sort]
    for part, above, places in _parts(wanted, sort, window):
        yield Stretch(
            part,
            above,
            {
                "filter": conditions(wanted, places, part),
                "projection": projected(kept, projection, HIDDEN, cursors=cursors),
                "sort": window.seen_in(kept).sort,
                "limit": window.size + 1,
                "hint": kept.index,
            },
        )


def _parts(
    wanted: CatalogueFilter, sort: CatalogueSort, window: Window
) -> Iterator[tuple[Part, int, list[Row]]]:
    """The parts of the list that lie in the window, as they are read, and where the first of them begins."""
    if sort is not CatalogueSort.relevance:
        yield Part.whole, 0, seen(ORDERS[sort], window)
        return
    parts = [Part.titled, Part.described] if wanted.terms else [Part.titled]
    in_turn = reversed(parts) if window.backward else parts
    if window.cursor is None:
        yield from ((part, _ABOVE[part], []) for part in in_turn)
        return
    argument = "before" if window.backward else "after"
    value, row = decoded(ORDERS[sort], window.cursor, argument)
    began = TITLED if value >= TITLED else 0
    place = behind(window.seen_in(_NEWEST), value - began, row)
    for part in in_turn:
        above = _ABOVE[part]
        if above == began or (above > began) is window.backward:
            yield part, above, place if above == began else []


def conditions(wanted: CatalogueFilter, more: Iterable[Row] = (), part: Part = Part.whole) -> Row:
    """The filter of a question: its drivers, and each condition again on the listing itself."""
    leading: list[Row] = [{"keys": {"$in": keys}} for keys in drivers(wanted, part)]
    return {"$and": [*leading, *more, *exact(wanted, part)]}


def exact(wanted: CatalogueFilter, part: Part = Part.whole) -> Iterator[Row]:
    """Each condition of a question on the listing itself."""
    scalars = {"category": wanted.category, "direction": wanted.direction}
    yield from ({field: {"$eq": value}} for field, value in scalars.items() if value is not None)
    yield from [serving(wanted.region)] if wanted.region is not None else []
    yield from _spoken(wanted, part)
    yield from (_answer(one.code, _between(one)) for one in wanted.ranges)
    yield from (_answer(code, {"value": {"$in": list(options)}}) for code, options in wanted.options.items())


def _spoken(wanted: CatalogueFilter, part: Part) -> Iterator[Row]:
    titled: list[Row] = [{"words": {"$in": list(term)}} for term in wanted.terms]
    if part is Part.titled:
        yield from titled
        return
    for condition, term in zip(titled, wanted.terms, strict=True):
        yield {"$or": [condition, {"described": {"$in": list(term)}}]}
    if part is Part.described:
        yield {"$nor": [{"$and": titled}]}


def _answer(code: str, condition: Row) -> Row:
    """An answer that the listing is found by: one that stayed behind a change may have others as well."""
    answered = {"$elemMatch": {"code": {"$eq": code}, **condition}}
    return {"filterable": {"$eq": code}, "characteristics": answered}


def _between(one: Range) -> Row:
    """Of several numbers one has to lie between both bounds: a plain condition takes one number for each."""
    bounds = {"$gte": _storable(one.minimum, -_FAR), "$lte": _storable(one.maximum, _FAR)}
    single = {"value": {**bounds, "$not": {"$type": "array"}}}
    return {"$or": [single, {"value": {"$elemMatch": bounds}}]}


def _storable(bound: Number | None, open_side: float) -> Number:
    return open_side if bound is None else max(-_FAR, min(bound, _FAR))
