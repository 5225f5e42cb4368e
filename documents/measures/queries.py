"""Lists of measures: a person's, a region's, and those whose choice is over by the clock."""

from collections.abc import Sequence
from datetime import datetime

from documents.base import Id, Row, collection, session
from documents.cursors import Order, Page, after, page, page_size
from documents.measures.records import BY_PARTICIPANT, BY_REGION, BY_REGION_AND_STATUS, KIND, NAME
from domain.measures import MeasureStatus


def _newest(index: str) -> Order:
    return Order("measures", "transferred_at", -1, datetime, index)


async def by_ids(measures: Sequence[Id]) -> list[Row | None]:
    """Measures in the order asked for; None where there is none."""
    rows = await collection(NAME).find({"_id": {"$in": list(measures)}}, session=session()).to_list()
    found = {row["_id"]: dict(row, kind=KIND) for row in rows}
    return [found.get(measure) for measure in measures]


async def of_participant(
    participant: Id, status: MeasureStatus | None = None, *, first: int, cursor: str | None
) -> Page:
    """A person's measures, the newest first, of one status or all."""
    where: Row = {"participant": participant} | ({} if status is None else {"status": status.value})
    return await _page(_newest(BY_PARTICIPANT), where, first, cursor)


async def of_region(
    region: str | None, status: MeasureStatus | None, *, first: int, cursor: str | None
) -> Page:
    """A region's measures, the newest first; region None = those that still have to be assigned by hand."""
    where: Row = {"region": region}
    if status is None:
        return await _page(_newest(BY_REGION), where, first, cursor)
    return await _page(_newest(BY_REGION_AND_STATUS), where | {"status": status.value}, first, cursor)


async def due(now: datetime, limit: int) -> list[Id]:
    """Open choices whose window or whose measure's term is over."""
    over = {"$gt": datetime.min.replace(tzinfo=now.tzinfo), "$lte": now}
    query = {
        "status": MeasureStatus.choice_open.value,
        "$or": [{"window_ends_at": over}, {"term_ends_at": over}],
    }
    rows = await collection(NAME).find(query, {"_id": 1}, limit=limit, session=session()).to_list()
    return [row["_id"] for row in rows]


async def _page(order: Order, where: Row, first: int, cursor: str | None) -> Page:
    size = page_size(first)
    query = {"$and": [where, *after(order, cursor)]}
    found = collection(NAME).find(query, sort=order.sort, limit=size + 1, hint=order.index, session=session())
    rows = [dict(row, kind=KIND) for row in await found.to_list()]
    return page(order, rows, size)
