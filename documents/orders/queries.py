"""Lists of orders: a person's, a supplier's, a region's; and how many units were ordered in a term."""

from datetime import datetime

from documents.base import Id, Row, collection, literal, session
from documents.cursors import Order, Page, after, page, page_size
from documents.orders.records import BY_PARTICIPANT, BY_REGION, BY_SUPPLIER, KIND, NAME


async def of_participant(participant: Id, *, first: int, cursor: str | None) -> Page:
    """A person's orders, the newest first; InvalidInput `PAGE_SIZE` or `BAD_CURSOR`, as all lists."""
    return await _page(BY_PARTICIPANT, participant, first, cursor)


async def of_supplier(supplier: Id, *, first: int, cursor: str | None) -> Page:
    """The orders placed with a supplier, the newest first."""
    return await _page(BY_SUPPLIER, supplier, first, cursor)


async def of_region(region: str, *, first: int, cursor: str | None) -> Page:
    """The orders of a region, the newest first."""
    return await _page(BY_REGION, region, first, cursor)


async def ordered_units(participant: Id, category: str, since: datetime) -> int:
    """Units of a category in the person's orders placed since; those that came to nothing don't count."""
    query = literal({"participant": participant, "category": category, "active": True})
    counted = [
        {"$match": query | {"placed_at": {"$gte": since}}},
        {"$group": {"_id": None, "units": {"$sum": "$quantity"}}},
    ]
    rows = await (await collection(NAME).aggregate(counted, session=session())).to_list()
    return int(rows[0]["units"]) if rows else 0


async def _page(field: str, value: Id | str, first: int, cursor: str | None) -> Page:
    """The index of each list bears the name of its field."""
    size = page_size(first)
    order = Order("orders", "placed_at", -1, datetime, field)
    query: Row = {"$and": [literal({field: value}), *after(order, cursor)]}
    found = collection(NAME).find(query, sort=order.sort, limit=size + 1, hint=field, session=session())
    return page(order, [dict(row, kind=KIND) for row in await found.to_list()], size)
