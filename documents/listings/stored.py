"""What drafts and snapshots share: their stored form, and a supplier's own list of them."""

from collections.abc import Mapping

from beanie.odm.utils.dump import get_dict

from documents.base import Record, Row, collection, session, with_kind
from documents.cursors import Order, Page, after, page, page_size

Projection = Mapping[str, int]


def stored(document: Record) -> Row:
    """The validated document as it goes into the database."""
    row: Row = get_dict(document, to_db=True)
    return row


async def supplier_page(
    name: str,
    kind: str,
    order: Order,
    where: Row,
    *,
    first: int,
    cursor: str | None,
    projection: Projection,
) -> Page:
    """A page of what one supplier has in one collection, in this order."""
    wanted = {"$and": [where, *after(order, cursor)]}
    found = collection(name).find(
        wanted, projection, sort=order.sort, limit=page_size(first) + 1, session=session()
    )
    rows = await found.to_list()
    for row in rows:
        with_kind(kind, row)
    return page(order, rows, first)


def projected(
    order: Order, projection: Projection | None, hidden: Projection, *, cursors: bool = True
) -> Projection:
    """The projection, with what cursors are made of; everything but the hidden fields without one."""
    if projection is None:
        return hidden
    return {"_id": 1, **projection} | ({order.field: 1} if cursors else {})
