"""Lists of orders: a person's, a supplier's, a region's; and how many units were ordered in a term."""

from datetime import datetime

from documents.base import Id, Row, collection, literal, session
from documents.counts import counted
from documents.cursors import Order, Page, after, page, page_size
from documents.orders.records import BY_PARTICIPANT, BY_REGION, BY_SUPPLIER, KIND, NAME


async def listed(where: Row, *, first: int, cursor: str | None) -> Page:
    """The orders that a filter of `auth.visibility` leaves, the newest first.

    InvalidInput `PAGE_SIZE` or `BAD_CURSOR`, as all lists. The index of each list bears its field's name.
    """
    size = page_size(first)
    index = next((field for field in (BY_PARTICIPANT, BY_SUPPLIER, BY_REGION) if field in where), None)
    order = Order("orders", "placed_at", -1, datetime, index or "")
    query: Row = {"$and": [where, *after(order, cursor)]}
    found = collection(NAME).find(query, sort=order.sort, limit=size + 1, hint=index, session=session())
    return page(order, [dict(row, kind=KIND) for row in await found.to_list()], size)


async def count_by_status(participant: Id) -> dict[str, int]:
    """How many orders of a person stand where."""
    return await counted(NAME, literal({"participant": participant}), "status")


async def ordered_units(participant: Id, category: str, since: datetime) -> int:
    """Units of a category in the person's orders placed since; those that came to nothing don't count."""
    query = literal({"participant": participant, "category": category, "active": True})
    steps = [
        {"$match": query | {"placed_at": {"$gte": since}}},
        {"$group": {"_id": None, "units": {"$sum": "$quantity"}}},
    ]
    rows = await (await collection(NAME).aggregate(steps, session=session())).to_list()
    return int(rows[0]["units"]) if rows else 0
