"""The supplier's working copies: every write is a compare-and-set on the version."""

from collections.abc import Mapping
from datetime import datetime

from documents.base import Id, Row, collection, insert, session, with_kind
from documents.cursors import Order, Page
from documents.listings.records import BY_SUPPLIER, ListingDraft
from documents.listings.stored import Projection, projected, stored, supplier_page

_NAME = "listing_drafts"
_KIND = "listing_draft"
_ORDER = Order("drafts", "created_at", -1, datetime, BY_SUPPLIER)


async def create_draft(draft: ListingDraft) -> Row:
    """Insert a new working copy; the stored record comes back."""
    return {**await insert(draft), "kind": _KIND}


async def get_draft(draft: Id, projection: Projection | None = None) -> Row | None:
    """One working copy, if there is one."""
    row = await collection(_NAME).find_one({"_id": {"$eq": draft}}, projection, session=session())
    return with_kind(_KIND, row)


async def save_draft(draft: Id, expected: int, changes: Mapping[str, object]) -> Row | None:
    """Write the changes and the next version over version `expected`; None when it is no longer there.

    `changes` are fields of `ListingDraft` and are validated together with the rest.
    """
    seen = {"_id": {"$eq": draft}, "version": {"$eq": expected}}
    current = await collection(_NAME).find_one(seen, session=session())
    if current is None:
        return None
    row = stored(ListingDraft.model_validate({**current, **changes, "_id": draft, "version": expected + 1}))
    written = await collection(_NAME).replace_one(seen, row, session=session())
    return {**row, "kind": _KIND} if written.matched_count else None


async def listed_drafts(
    where: Row, *, first: int, after: str | None = None, projection: Projection | None = None
) -> Page:
    """The working copies that a filter of `auth.visibility` leaves, the newest first."""
    shown = projected(_ORDER, projection, {})
    return await supplier_page(_NAME, _KIND, _ORDER, where, first=first, cursor=after, projection=shown)
