"""What the catalogue shows of a draft, and that it shows it no longer."""

from documents import listings
from documents.base import Id, Row
from documents.events import emit
from documents.listings import Listing
from domain.categories import Category
from domain.categories.carrying import shown as everybodys
from domain.feeds import supplier_topic
from domain.listings import ListingAct, ListingAction, ListingStatus, advance, fingerprint, schedule_of
from resolvers.acts import once
from resolvers.categories.following import hashed, up_to_date
from resolvers.context import Context
from resolvers.listings.content import card_of, checked_content, definition_of
from resolvers.listings.drafting import entitled, own_draft, standing, store
from resolvers.reviewing import moderated, require_no_review, send

_COPIED = (
    "supplier", "direction", "category", "definition_version", "title", "description", "price", "regions",
    "characteristics", "documents", "version", "content_hash",
)  # fmt: skip


async def publish(ctx: Context, listing: Id, expected: int, key: str) -> Row:
    """Show the draft in the catalogue: complete, valid, and of the version the client saw.

    Where cards are moderated it is sent to a moderator instead, unless this very content was approved before.
    """
    await own_draft(ctx, "Mutation.listingPublish", listing)

    async def work() -> Row:
        return await publish_standing(ctx, await standing(listing, expected))

    return await once(ctx, "listingPublish", key, _version(listing, expected), work)


async def publish_standing(ctx: Context, draft: Row) -> Row:
    """Publish a draft as it stands, with all checks, inside the transaction under way."""
    draft = await up_to_date(ctx, draft)
    definition = await definition_of(draft)
    await entitled(ctx, definition)
    await checked_content(ctx, definition, await card_of(definition, draft), complete=True)
    approved = draft.get("approved_hash") == draft["content_hash"]
    if approved or not await moderated(ctx, draft["direction"]):
        done = _done(draft, ListingAction.publish)
        return await show(ctx, definition, draft, ListingAct.published, done)
    await require_no_review(ctx, draft)
    sent = {**draft, "content_hash": fingerprint(draft), "version": draft["version"] + 1}
    changes = {"review": await send(ctx, sent), **_carried(draft), **_done(draft, ListingAction.publish)}
    return await store(ctx, draft["_id"], draft["version"], changes, ListingAct.submitted)


async def show(ctx: Context, definition: Category, draft: Row, act: ListingAct, changes: Row) -> Row:
    """Write the draft's content as a snapshot, inside the transaction under way."""
    status = _advanced(draft, ListingAction.publish)
    shown = {"status": status, "published_version": draft["version"] + 1, **_carried(draft), **changes}
    saved = await store(ctx, draft["_id"], draft["version"], shown, act)
    await listings.publish(await snapshot(ctx, definition, saved))
    return await _told(ctx, draft, saved)


async def withdraw(ctx: Context, listing: Id, expected: int, key: str) -> Row:
    """Take the card off the catalogue, and back from a moderator; the draft stays."""
    await own_draft(ctx, "Mutation.listingWithdraw", listing)

    async def work() -> Row:
        return await withdraw_standing(ctx, await standing(listing, expected))

    return await once(ctx, "listingWithdraw", key, _version(listing, expected), work)


async def withdraw_standing(ctx: Context, draft: Row) -> Row:
    """Withdraw a card as it stands, with everything that was planned, inside the transaction under way."""
    hidden = {"status": _advanced(draft, ListingAction.withdraw), **listings.planned(None)}
    saved = await store(ctx, draft["_id"], draft["version"], hidden, ListingAct.withdrawn)
    await listings.withdraw(draft["_id"])
    return await _told(ctx, draft, saved)


def _carried(draft: Row) -> Row:
    """What a draft that was brought up to date may have otherwise than it is stored."""
    return {name: draft[name] for name in ("definition_version", "characteristics")}


def _done(draft: Row, action: ListingAction) -> Row:
    """What is still planned once one of the two is done."""
    schedule = schedule_of(draft.get("schedule"))
    return listings.planned(schedule.without(action)) if schedule else {}


async def snapshot(ctx: Context, definition: Category, draft: Row) -> Listing:
    """What the catalogue is to show of a draft; its fingerprint tells nothing of what is hidden."""
    answers = everybodys(definition, draft["characteristics"])
    fields = {name: draft[name] for name in _COPIED} | hashed(draft, {"characteristics": answers})
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
