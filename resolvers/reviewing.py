"""Steps of a review that belong to other acts on the card: sending it, and taking it back by changing it."""

from documents import listings
from documents.base import Id, Row
from documents.events import emit
from documents.reference import reference_rows
from domain.errors import Refused
from domain.feeds import supplier_topic
from domain.listings import NEXT_REVIEW, WAITING, ListingAct, ReviewAction, ReviewStatus, review_after
from domain.time import ASTANA
from resolvers.context import Context

PORTAL = "portal"
"""The code of the row about all directions that have none of their own."""
_ENDS = frozenset({ListingAct.withdrawn, ListingAct.published})
_CHANGES = frozenset({ListingAct.edited, ListingAct.restored, ListingAct.migrated})


async def moderated(ctx: Context, direction: str) -> bool:
    """Whether cards of a direction are looked at before they are shown, by today's reference data."""
    rows = await reference_rows("moderation", ctx.now.astimezone(ASTANA).date())
    by_code = {row["code"]: bool(row["value"]) for row in rows}
    return by_code.get(direction, by_code.get(PORTAL, False))


async def require_no_review(ctx: Context, draft: Row) -> None:
    """Refused(ALREADY_IN_REVIEW) while a moderator has the draft; a return counts as answered."""
    review = await listings.get_review(draft["review"]) if draft.get("review") else None
    if review is None:
        return
    if review["status"] in WAITING:
        raise Refused("ALREADY_IN_REVIEW")
    await settle(ctx, review)


async def is_awaited(draft: Row) -> bool:
    """Whether a moderator has the draft, whose content `take_back` has compared with what was sent."""
    review = await listings.get_review(draft["review"]) if draft["review"] else None
    return review is not None and review["status"] in WAITING


async def send(ctx: Context, draft: Row) -> Id:
    """Put the draft's content into the queue, as the version that is about to be written; the review."""
    review = listings.ListingReview(
        listing=draft["_id"],
        supplier=draft["supplier"],
        direction=draft["direction"],
        category=draft["category"],
        card_version=draft["version"],
        content_hash=draft["content_hash"],
        since=draft.get("approved_version") or draft["published_version"],
        submitted_at=ctx.now,
        queued_at=ctx.now,
    )
    row = await listings.submit(review)
    await tell(ctx, row, None)
    found: Id = row["_id"]
    return found


async def take_back(ctx: Context, draft: Row, act: ListingAct) -> None:
    """Settle the review of a draft that was changed or withdrawn, inside the transaction under way.

    An edit that leaves the content what it is leaves the review what it is.
    """
    review = await listings.get_review(draft["review"])
    if review is None:
        return
    if act in _ENDS or (act in _CHANGES and review["content_hash"] != draft["content_hash"]):
        await settle(ctx, review)
        await listings.settle_review(draft["_id"])
        draft["review"] = None


async def settle(ctx: Context, review: Row) -> None:
    """Let the supplier's side end a review, if there is anything to end."""
    status = ReviewStatus(review["status"])
    if (status, ReviewAction.take_back) in NEXT_REVIEW:
        await move(ctx, review, ReviewAction.take_back, {})


async def move(ctx: Context, review: Row, action: ReviewAction, changes: Row) -> Row:
    """The review one step further by the table, inside the transaction under way; its supplier is told.

    LookupError where it is not as it was seen: a transaction that has read it loses by a write conflict.
    """
    status = review_after(ReviewStatus(review["status"]), action)
    moved = await listings.move_review(review, status, changes)
    if moved is None:
        raise LookupError("a review is not as a transaction has seen it")
    await tell(ctx, moved, review["status"])
    return moved


async def tell(ctx: Context, review: Row, previous: str | None) -> None:
    """Let the supplier's feed say where the review stands."""
    await emit(
        kind="listing.reviewed",
        subject=review["listing"],
        topics=[supplier_topic(review["supplier"])],
        at=ctx.now,
        data={
            "previous": f"review_{previous}" if previous else None,
            "status": f"review_{review['status']}",
        },
        actor=ctx.viewer.key,
    )
