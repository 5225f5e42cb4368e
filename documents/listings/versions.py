"""Every version of a draft, kept as it stood: written with the change, read newest first or one by one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from documents import cursors as places
from documents.base import Id, Row, collection, new_id, session, with_kind
from documents.cursors import Order, Page
from documents.listings.people import moved
from documents.listings.records import BY_VERSION, ListingVersion
from documents.listings.stored import stored
from domain.listings import ListingAct, fingerprint

_NAME = "listing_versions"
KIND = "listing_version"
_ORDER = Order("history", "version", -1, int, BY_VERSION)
_CARD = (
    "supplier", "direction", "category", "definition_version", "title", "description", "price", "regions",
    "characteristics", "documents", "version",
)  # fmt: skip
STEPS_MAX = 50
"""So many steps of a lost race are told."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Who changes a draft, by what act, and when."""

    act: ListingAct
    by: str
    at: datetime


async def keep(drafts: Sequence[tuple[Row, Mark]]) -> None:
    """Insert versions of drafts as they stand, inside the transaction under way."""
    rows = [await _version(draft, mark) for draft, mark in drafts]
    await collection(_NAME).insert_many(rows, session=session())


def before(current: Row) -> list[tuple[Row, Mark]]:
    """A version that stands and was never kept, with as much as is known of who made it."""
    if current.get("kept_from"):
        return []
    return [(current, Mark(ListingAct.created, f"supplier:{current['supplier']}", current["updated_at"]))]


async def _version(draft: Row, mark: Mark) -> Row:
    row = new_id()
    card = {name: draft[name] for name in _CARD if name in draft} | {"content_hash": fingerprint(draft)}
    people = await moved({**draft, "kind": "listing_draft"}, KIND, row)
    made = ListingVersion(
        _id=row, listing=draft["_id"], act=mark.act, by=mark.by, at=mark.at, people=people, **card
    )
    return stored(made)


async def kept_versions(listing: Id, wanted: Collection[int]) -> dict[int, Row]:
    """Those of a draft's versions that were kept, by number."""
    query = {"listing": {"$eq": listing}, "version": {"$in": list(wanted)}}
    found = collection(_NAME).find(query, session=session())
    return {row["version"]: {**row, "kind": KIND} async for row in found}


async def kept_of(pairs: Collection[tuple[Id, int]]) -> dict[tuple[Id, int], Row]:
    """Versions of several drafts by draft and number, with one query."""
    if not pairs:
        return {}
    query = {"$or": [{"listing": listing, "version": number} for listing, number in set(pairs)]}
    found = collection(_NAME).find(query, session=session())
    return {(row["listing"], row["version"]): {**row, "kind": KIND} async for row in found}


async def steps(listing: Id, after: int, until: int) -> list[Row]:
    """Who made the versions after one until another, in their order, at most `STEPS_MAX`."""
    query = {"listing": {"$eq": listing}, "version": {"$gt": after, "$lte": until}}
    shown = dict.fromkeys(("version", "act", "at", "by"), 1)
    found = collection(_NAME).find(
        query, shown, sort=[("version", 1)], limit=STEPS_MAX, hint=BY_VERSION, session=session()
    )
    return await found.to_list()


def history_question(listing: Id, *, first: int, after: str | None) -> Row:
    """The arguments of the one find that reads a page of a history, and one row more.

    A draft has a version once, so that the number alone is a total order.
    """
    return {
        "filter": {"$and": [{"listing": {"$eq": listing}}, *places.after(_ORDER, after)]},
        "sort": [("version", -1)],
        "limit": places.page_size(first) + 1,
        "hint": BY_VERSION,
    }


async def history(listing: Id, *, first: int, after: str | None = None) -> Page:
    """A draft's versions, the newest first; InvalidInput `PAGE_SIZE` or `BAD_CURSOR`."""
    question = history_question(listing, first=first, after=after)
    rows = await collection(_NAME).find(**question, session=session()).to_list()
    return places.page(_ORDER, [with_kind(KIND, row) or row for row in rows], first)
