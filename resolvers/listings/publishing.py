"""What the catalogue shows of a draft, and that it shows it no longer."""

from documents import listings
from documents.base import Id, Row
from documents.events import emit
from documents.listings import Listing
from domain.categories import Category
from domain.feeds import supplier_topic
from domain.listings import ListingAct, ListingAction, ListingStatus, advance
from resolvers.acts import once
from resolvers.context import Context
from resolvers.listings.content import card_of, checked_content, definition_of
from resolvers.listings.drafting import entitled, own_draft, standing, store

_COPIED = (
    "supplier", "direction", "category", "definition_version", "title", "description", "price", "regions",
    "characteristics", "documents", "version", "content_hash",
)  # fmt: skip


async def publish(ctx: Context, listing: Id, expected: int, key: str) -> Row:
    """Show the draft in the catalogue: complete, valid, and of the version the client saw."""
    await own_draft(ctx, "Mutation.listingPublish", listing)

    async def work() -> Row:
        draft = await standing(listing, expected)
        definition = await definition_of(draft)
        await entitled(ctx, definition)
        await checked_content(ctx, definition, await card_of(definition, draft), complete=True)
        shown = {"status": _advanced(draft, ListingAction.publish), "published_version": expected + 1}
        saved = await store(ctx, listing, expected, shown, ListingAct.published)
        await listings.publish(await _snapshot(ctx, definition, saved))
        return await _told(ctx, draft, saved)

    return await once(ctx, "listingPublish", key, _version(listing, expected), work)


async def withdraw(ctx: Context, listing: Id, expected: int, key: str) -> Row:
    """Take the card off the catalogue; the draft stays."""
    await own_draft(ctx, "Mutation.listingWithdraw", listing)

    async def work() -> Row:
        draft = await standing(listing, expected)
        hidden = {"status": _advanced(draft, ListingAction.withdraw)}
        saved = await store(ctx, listing, expected, hidden, ListingAct.withdrawn)
        await listings.withdraw(listing)
        return await _told(ctx, draft, saved)

    return await once(ctx, "listingWithdraw", key, _version(listing, expected), work)


async def _snapshot(ctx: Context, definition: Category, draft: Row) -> Listing:
    fields = {name: draft[name] for name in _COPIED}
    fields["people"] = await listings.moved(draft, "listing", draft["_id"])
    filterable = [item.code for item in definition.characteristics if item.filterable]
    return Listing(_id=draft["_id"], published_at=ctx.now, filterable=filterable, **fields)


def _advanced(draft: Row, action: ListingAction) -> ListingStatus:
    return advance(ListingStatus(draft["status"]), action)


async def _told(ctx: Context, before: Row, after: Row) -> Row:
    """The draft, after its followers were told of the new status."""
    await emit(
        kind="listing.changed",
        subject=after["_id"],
        topics=[supplier_topic(after["supplier"])],
        at=ctx.now,
        data={"previous": before["status"], "status": after["status"]},
        actor=ctx.viewer.key,
    )
    return after


def _version(listing: Id, expected: int) -> Row:
    return {"listing": str(listing), "expectedVersion": expected}
