"""The published snapshots: written whole by version, read by identifier or by supplier."""

from collections.abc import Collection, Sequence
from datetime import datetime

from documents import cursors as places
from documents.base import Id, Row, collection, literal, session, with_kind
from documents.cursors import Order, Page
from documents.listings.records import BY_SUPPLIER, HIDDEN, Listing
from documents.listings.stored import Projection, projected, stored, supplier_page
from documents.reads import note, of_row, of_value

_NAME = "listings"
_KIND = "listing"
_ORDER = Order("of_supplier", "published_at", -1, datetime, BY_SUPPLIER)


async def publish(snapshot: Listing) -> Row | None:
    """Show this version instead of an older one; None when the same or a newer one is shown already.

    Runs inside a transaction, so that two first publications can't both insert.
    """
    ready = snapshot.prepared()
    row = stored(ready)
    shown = await collection(_NAME).find_one({"_id": ready.id}, {"version": 1}, session=session())
    if shown is None:
        await collection(_NAME).insert_one(row, session=session())
        return {**row, "kind": _KIND}
    older = {"_id": ready.id, "version": {"$lt": ready.version}}
    written = await collection(_NAME).replace_one(older, row, session=session())
    return {**row, "kind": _KIND} if written.matched_count else None


async def withdraw(listing: Id) -> Row | None:
    """Take a listing out of the catalogue; the snapshot that was shown, if there was one."""
    row = await collection(_NAME).find_one_and_delete({"_id": {"$eq": listing}}, session=session())
    return with_kind(_KIND, row)


async def get_listing(listing: Id, projection: Projection | None = None) -> Row | None:
    """One published listing, if it is shown."""
    one = collection(_NAME, of_row(_NAME, listing))
    row = await one.find_one({"_id": {"$eq": listing}}, projection or HIDDEN, session=session())
    return with_kind(_KIND, row)


async def listings_by_ids(listings: Collection[Id], projection: Projection | None = None) -> dict[Id, Row]:
    """The published ones among these listings, by identifier."""
    these = collection(_NAME, *(of_row(_NAME, each) for each in listings))
    found = these.find({"_id": {"$in": list(listings)}}, projection or HIDDEN, session=session())
    return {row["_id"]: {**row, "kind": _KIND} async for row in found}


async def listings_of_supplier(
    supplier: Id,
    *,
    first: int,
    after: str | None = None,
    projection: Projection | None = None,
    cursors: bool = True,
    where: Row | None = None,
) -> Page:
    """A supplier's published listings, the newest first; InvalidInput `PAGE_SIZE` or `BAD_CURSOR`.

    Without `cursors` a projected page has none. `where` is the filter of `auth.visibility`, for whoever asks.
    """
    shown = projected(_ORDER, projection, HIDDEN, cursors=cursors)
    wanted = _of(supplier, where)
    return await supplier_page(_NAME, _KIND, _ORDER, wanted, first=first, cursor=after, projection=shown)


async def listings_of_suppliers(
    suppliers: Sequence[Id],
    *,
    first: int,
    after: str | None = None,
    projection: Projection | None = None,
    cursors: bool = True,
    where: Row | None = None,
) -> list[Page]:
    """As `listings_of_supplier`, for several of them by one command; in their order."""
    steps: list[Row] = [
        {"$match": {"$and": [*([where] if where else []), *places.after(_ORDER, after)]}},
        {"$sort": dict(_ORDER.sort)},
        {"$limit": places.page_size(first) + 1},
        {"$project": projected(_ORDER, projection, HIDDEN, cursors=cursors)},
    ]
    lookup: Row = {
        "from": _NAME,
        "localField": "_id",
        "foreignField": "supplier",
        "pipeline": steps if steps[0]["$match"]["$and"] else steps[1:],
        "as": "rows",
    }
    chosen: list[Row] = [
        {"$match": {"_id": {"$in": list(suppliers)}}},
        {"$project": {"_id": 1}},
        {"$lookup": lookup},
    ]
    note(of_value(_NAME, supplier) for supplier in suppliers)
    found = await collection("suppliers", *_tags(suppliers)).aggregate(chosen, session=session())
    rows = {row["_id"]: row["rows"] async for row in found}
    for each in rows.values():
        for row in each:
            row["kind"] = _KIND
        note(of_row(_NAME, row["_id"]) for row in each)
    return [places.page(_ORDER, rows.get(supplier, []), first) for supplier in suppliers]


def _tags(suppliers: Sequence[Id]) -> list[str]:
    return [of_row("suppliers", supplier) for supplier in suppliers]


async def count_of_supplier(supplier: Id, most: int, where: Row | None = None) -> int:
    """How many listings a supplier has published, counted up to `most`."""
    return await collection(_NAME).count_documents(
        _of(supplier, where), limit=most, hint=BY_SUPPLIER, session=session()
    )


def _of(supplier: Id, where: Row | None) -> Row:
    own = literal({"supplier": supplier})
    return {"$and": [own, where]} if where else own
