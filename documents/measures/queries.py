"""Lists of measures: a person's, a region's, and those whose choice is over by the clock."""

from collections.abc import Sequence
from datetime import datetime

from documents.base import Id, Row, collection, literal, session
from documents.counts import counted
from documents.cursors import Order, Page, after, page, page_size
from documents.measures.records import BY_PARTICIPANT, BY_REGION, BY_REGION_AND_STATUS, KIND, NAME
from domain.measures import MeasureStatus


async def by_ids(measures: Sequence[Id]) -> list[Row | None]:
    """Measures in the order asked for; None where there is none."""
    rows = await collection(NAME).find({"_id": {"$in": list(measures)}}, session=session()).to_list()
    found = {row["_id"]: dict(row, kind=KIND) for row in rows}
    return [found.get(measure) for measure in measures]


async def listed(where: Row, status: MeasureStatus | None = None, *, first: int, cursor: str | None) -> Page:
    """The measures that a filter of `auth.visibility` leaves, the newest first, of one status or all.

    The filter `{"region": None}` finds those that still have to be assigned by hand.
    """
    size = page_size(first)
    index = _index(where, status)
    order = Order("measures", "transferred_at", -1, datetime, index or "")
    asked: Row = {} if status is None else {"status": status.value}
    query = {"$and": [where, asked, *after(order, cursor)]}
    found = collection(NAME).find(query, sort=order.sort, limit=size + 1, hint=index, session=session())
    return page(order, [dict(row, kind=KIND) for row in await found.to_list()], size)


def _index(where: Row, status: MeasureStatus | None) -> str | None:
    """The index that keeps the list in order; none is needed where nothing is found."""
    if "participant" in where:
        return BY_PARTICIPANT
    if "region" in where:
        return BY_REGION if status is None else BY_REGION_AND_STATUS
    return None


async def count_by_status(participant: Id) -> dict[str, int]:
    """How many measures of a person stand where."""
    return await counted(NAME, literal({"participant": participant}), "status")


async def due(now: datetime, limit: int) -> list[Id]:
    """Open choices whose window or whose measure's term is over."""
    over = {"$gt": datetime.min.replace(tzinfo=now.tzinfo), "$lte": now}
    query = {
        "status": MeasureStatus.choice_open.value,
        "$or": [{"window_ends_at": over}, {"term_ends_at": over}],
    }
    rows = await collection(NAME).find(query, {"_id": 1}, limit=limit, session=session()).to_list()
    return [row["_id"] for row in rows]
