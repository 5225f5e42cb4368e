"""Pages of the catalogue, and how many listings answer a question."""

from documents.base import Row, collection, session
from documents.cursors import Page, Window, page_of
from documents.listings.questions import ORDERS, CatalogueSort, conditions, stretches
from documents.listings.records import BY_PRICE
from documents.listings.stored import Projection
from documents.reads import note, of_row, of_value
from domain.search import CatalogueFilter

_RELEVANCE = ORDERS[CatalogueSort.relevance].field


async def catalogue_page(
    wanted: CatalogueFilter,
    sort: CatalogueSort,
    asked: Window,
    *,
    projection: Projection | None = None,
    cursors: bool = True,
    where: Row | None = None,
) -> Page:
    """A page of published listings; InvalidInput `BAD_CURSOR`.

    Without `cursors` a projected page has none. `where` is the filter of `auth.visibility`, for whoever asks.
    """
    listed_by = of_value("listings", wanted.category) if wanted.category else "listings"
    rows: list[Row] = []
    for one in stretches(wanted, sort, asked, projection=projection, cursors=cursors):
        question = one.question | {"limit": asked.size + 1 - len(rows)}
        if where:
            question["filter"]["$and"].append(where)
        found = await collection("listings", listed_by).find(**question, session=session()).to_list()
        for row in found:
            row["kind"] = "listing"
            if sort is CatalogueSort.relevance and "date_rank" in row:
                row[_RELEVANCE] = row["date_rank"] + one.above
        rows += found
        if len(rows) > asked.size:
            break
    note(of_row("listings", row["_id"]) for row in rows)
    return page_of(ORDERS[sort], rows, asked)


async def count(wanted: CatalogueFilter, cap: int, where: Row | None = None) -> int:
    """How many listings answer the question, exactly up to `cap`; `cap` stands for as many or more."""
    question = conditions(wanted, [where] if where else [])
    return await collection("listings").count_documents(question, limit=cap, hint=BY_PRICE, session=session())
