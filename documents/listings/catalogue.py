"""Questions to the catalogue: one find on one of two indexes, whatever is asked and however it is sorted."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from types import MappingProxyType

from documents.base import Row, collection, session
from documents.cursors import Order, Page, after, page, page_size
from documents.listings.records import BY_DATE, BY_PRICE, HIDDEN
from documents.listings.serving import serving
from documents.listings.stored import Projection, projected
from documents.reads import note, of_row, of_value
from domain.search import CatalogueFilter, Number, Range, drivers

_FAR = 2.0**41
"""Beyond any stored number; greater bounds would not fit into a BSON integer."""


class CatalogueSort(StrEnum):
    """Orders of the catalogue; equal rows are told apart by their identifiers."""

    price_asc = "price_asc"
    price_desc = "price_desc"
    newest = "newest"


ORDERS = MappingProxyType(
    {
        CatalogueSort.price_asc: Order("price_asc", "price_rank", 1, int, BY_PRICE),
        CatalogueSort.price_desc: Order("price_desc", "price_rank", -1, int, BY_PRICE),
        CatalogueSort.newest: Order("newest", "date_rank", -1, int, BY_DATE),
    }
)


async def catalogue_page(
    wanted: CatalogueFilter,
    sort: CatalogueSort,
    *,
    first: int,
    after: str | None = None,
    projection: Projection | None = None,
    cursors: bool = True,
    where: Row | None = None,
) -> Page:
    """A page of published listings; InvalidInput `PAGE_SIZE` or `BAD_CURSOR`.

    Without `cursors` a projected page has none. `where` is the filter of `auth.visibility`, for whoever asks.
    """
    shown: Row = {"projection": projection, "cursors": cursors}
    question = page_question(wanted, sort, first=first, cursor=after, **shown)
    if where:
        question["filter"]["$and"].append(where)
    listed_by = of_value("listings", wanted.category) if wanted.category else "listings"
    rows = await collection("listings", listed_by).find(**question, session=session()).to_list()
    for row in rows:
        row["kind"] = "listing"
    note(of_row("listings", row["_id"]) for row in rows)
    return page(ORDERS[sort], rows, first)


async def count(wanted: CatalogueFilter, cap: int, where: Row | None = None) -> int:
    """How many listings answer the question, exactly up to `cap`; `cap` stands for as many or more."""
    question = conditions(wanted, [where] if where else [])
    return await collection("listings").count_documents(question, limit=cap, hint=BY_PRICE, session=session())


def page_question(
    wanted: CatalogueFilter,
    sort: CatalogueSort,
    *,
    first: int,
    cursor: str | None = None,
    projection: Projection | None = None,
    cursors: bool = True,
) -> Row:
    """The arguments of the one find that reads a page, and one row more to know whether others follow.

    The hint names the index but not the key: the server tries the question's drivers side by side and
    keeps no plan for the next question, whose best driver may be another.
    """
    order = ORDERS[sort]
    return {
        "filter": conditions(wanted, after(order, cursor)),
        "projection": projected(order, projection, HIDDEN, cursors=cursors),
        "sort": order.sort,
        "limit": page_size(first) + 1,
        "hint": order.index,
    }


def conditions(wanted: CatalogueFilter, more: Iterable[Row] = ()) -> Row:
    """The filter of a question: its drivers, and each condition again on the listing itself."""
    leading: list[Row] = [{"keys": {"$in": keys}} for keys in drivers(wanted)]
    return {"$and": [*leading, *more, *_exact(wanted)]}


def _exact(wanted: CatalogueFilter) -> Iterator[Row]:
    scalars = {"category": wanted.category, "direction": wanted.direction}
    yield from ({field: {"$eq": value}} for field, value in scalars.items() if value is not None)
    yield from [serving(wanted.region)] if wanted.region is not None else []
    yield from ({"words": {"$eq": word}} for word in wanted.words)
    yield from (_answer(one.code, _between(one)) for one in wanted.ranges)
    for code, option in (*wanted.choices, *wanted.booleans):
        yield _answer(code, {"$eq": option})


def _answer(code: str, condition: Row) -> Row:
    return {"characteristics": {"$elemMatch": {"code": {"$eq": code}, "value": condition}}}


def _between(one: Range) -> Row:
    return {"$gte": _storable(one.minimum, -_FAR), "$lte": _storable(one.maximum, _FAR)}


def _storable(bound: Number | None, open_side: float) -> Number:
    return open_side if bound is None else max(-_FAR, min(bound, _FAR))
