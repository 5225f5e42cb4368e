"""Listings of one category, batch by batch, and how they come to stand under another definition of it."""

from collections.abc import Collection, Mapping
from typing import Any

from documents.base import Id, Row, collection, session, with_kind
from documents.listings.records import BY_CATEGORY, Listing
from documents.listings.stored import stored
from documents.listings.versions import Mark, before, keep

_DRAFTS, _LISTINGS = "listing_drafts", "listings"


async def count_of_category(category: str) -> int:
    """How many working copies a category has."""
    wanted = {"category": {"$eq": category}}
    return await collection(_DRAFTS).count_documents(wanted, hint=BY_CATEGORY, session=session())


async def category_drafts(category: str, after: Id | None, most: int) -> list[Row]:
    """Working copies of a category by identifier, after one of them."""
    place: Row = {} if after is None else {"_id": {"$gt": after}}
    found = collection(_DRAFTS).find(
        {"category": {"$eq": category}} | place,
        sort=[("category", 1), ("_id", 1)],
        limit=most,
        session=session(),
    )
    return [dict(row, kind="listing_draft") for row in await found.to_list()]


async def whole_snapshots(drafts: Collection[Id]) -> dict[Id, Row]:
    """The published snapshots of drafts, with what they keep for the index, by identifier."""
    found = collection(_LISTINGS).find({"_id": {"$in": list(drafts)}}, session=session())
    return {row["_id"]: row async for row in found}


async def rewrite_draft(draft: Row, changes: Mapping[str, Any], mark: Mark) -> Row | None:
    """The draft with the changes, if it still is the version that was read; None else.

    Changes that make another version are kept, with the version that they are made from if it never was.
    """
    grows = "version" in changes
    if grows:
        changes = {**changes, "kept_from": draft.get("kept_from") or draft["version"]}
    seen = {"_id": draft["_id"], "version": draft["version"]}
    written = await collection(_DRAFTS).update_one(seen, {"$set": dict(changes)}, session=session())
    if not written.matched_count:
        return None
    if grows:
        await keep([*before(draft), ({**draft, **changes}, mark)])
    return with_kind("listing_draft", {**draft, **changes})


async def rewrite_snapshot(snapshot: Row, changes: Mapping[str, Any]) -> Row | None:
    """The snapshot with the changes and the index keys that follow from them; None if it was replaced."""
    seen = {"_id": snapshot["_id"], "version": snapshot["version"]}
    row = stored(Listing.model_validate({**snapshot, **changes}).prepared())
    written = await collection(_LISTINGS).replace_one(seen, row, session=session())
    return with_kind("listing", row) if written.matched_count else None
