"""The supplier's working copies: every write is a compare-and-set on the version, and kept."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from documents.base import Id, Row, collection, session, with_kind
from documents.cursors import Order, Page
from documents.listings.records import BY_DUE, BY_SUPPLIER, ListingDraft
from documents.listings.stored import Projection, projected, stored, supplier_page
from documents.listings.versions import Mark, before, keep
from domain.listings import ListingAction, Schedule, fingerprint, schedule_of

_NAME = "listing_drafts"
_KIND = "listing_draft"
_ORDER = Order("drafts", "created_at", -1, datetime, BY_SUPPLIER)


def ready(draft: ListingDraft, current: Row | None = None) -> Row:
    """The draft as it goes into the database, with its fingerprint.

    Over a `current` one of other content it has no planned publication.
    """
    row = stored(draft)
    row["content_hash"] = fingerprint(row)
    schedule = schedule_of(row["schedule"])
    if current and schedule and row["content_hash"] != fingerprint(current):
        row |= planned(schedule.without(ListingAction.publish))
    return row


async def create_draft(draft: ListingDraft, mark: Mark) -> Row:
    """Insert a new working copy and its first version; the stored record comes back."""
    whole = draft.model_copy(update={"kept_from": draft.version})
    row = ready(whole)
    await collection(_NAME).insert_one(row, session=session())
    await keep([(row, mark)])
    return {**row, "kind": _KIND}


async def get_draft(draft: Id, projection: Projection | None = None) -> Row | None:
    """One working copy, if there is one."""
    row = await collection(_NAME).find_one({"_id": {"$eq": draft}}, projection, session=session())
    return with_kind(_KIND, row)


async def save_draft(draft: Id, expected: int, changes: Mapping[str, object], mark: Mark) -> Row | None:
    """Write the changes and the next version over version `expected`; None when it is no longer there.

    `changes` are fields of `ListingDraft` and are validated together with the rest; the fingerprint is made
    here, from all of them. Other content drops a planned publication. Every version is kept: of a draft that
    was stored without a history, the one that is written over as well.
    """
    seen = {"_id": {"$eq": draft}, "version": {"$eq": expected}}
    current = await collection(_NAME).find_one(seen, session=session())
    if current is None:
        return None
    following = {"version": expected + 1, "kept_from": current.get("kept_from") or expected}
    row = ready(ListingDraft.model_validate({**current, **changes, "_id": draft, **following}), current)
    written = await collection(_NAME).replace_one(seen, row, session=session())
    if not written.matched_count:
        return None
    await keep([*before(current), (row, mark)])
    return {**row, "kind": _KIND}


def planned(schedule: Schedule | None) -> Row:
    """A schedule as a draft holds it."""
    return {
        "schedule": asdict(schedule) if schedule else None,
        "due_at": schedule.due_at if schedule else None,
    }


async def due_drafts(now: datetime, limit: int) -> list[Row]:
    """Identifier, version and supplier of drafts with something due, the longest waiting first."""
    found = collection(_NAME).find(
        {"due_at": {"$type": "date", "$lte": now}},
        {"version": 1, "supplier": 1},
        sort=[("due_at", 1)],
        limit=limit,
        hint=BY_DUE,
        session=session(),
    )
    return await found.to_list()


async def settle_review(draft: Id) -> None:
    """Forget the review of a draft that is settled, inside the transaction under way."""
    await collection(_NAME).update_one({"_id": draft}, {"$set": {"review": None}}, session=session())


async def listed_drafts(
    where: Row, *, first: int, after: str | None = None, projection: Projection | None = None
) -> Page:
    """The working copies that a filter of `auth.visibility` leaves, the newest first."""
    shown = projected(_ORDER, projection, {})
    return await supplier_page(_NAME, _KIND, _ORDER, where, first=first, cursor=after, projection=shown)
