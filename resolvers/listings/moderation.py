"""Moderation: the queue, and what moderators and suppliers do with a review (requirement B5).

What is shown is what was approved: a review names the hash of the content that was sent, and nothing else can
be published by it. Meanwhile the catalogue shows what it showed before.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.policy import require, require_visible
from auth.visibility import sees, visible
from documents import listings
from documents.base import Id, Row
from documents.cursors import Page
from domain.errors import NotFound, Refused, VersionConflict
from domain.listings import (
    Difference,
    ListingAct,
    ReviewAction,
    ReviewStatus,
    check_remarks,
    fingerprint,
    require_other,
)
from domain.reasons import Bounds, checked_reason
from resolvers.acts import once
from resolvers.categories.following import up_to_date
from resolvers.context import Context
from resolvers.listings.content import definition_of
from resolvers.listings.differences import difference
from resolvers.listings.drafting import entitled
from resolvers.listings.publishing import show
from resolvers.reviewing import move

READ = "ListingReview.read"
APPEAL = Bounds(5, 1000)


async def moderation_queue(ctx: Context, first: int, after: str | None) -> Page:
    """The reviews that wait for a moderator, the oldest first."""
    require(ctx.viewer, "Query.moderationQueue")
    return await listings.queue(visible(ctx.viewer, READ), first=first, cursor=after)


async def approve(ctx: Context, review: Id, expected: int, key: str) -> Row:
    """Show exactly the content that was sent; the direction and the supplier are looked at once more.

    Refused TRANSITION_REFUSED, SAME_MODERATOR, or REVIEW_OUTDATED for other content than was sent.
    """
    await _asked(ctx, "Mutation.listingApprove", review)

    async def work() -> Row:
        row = await _deciding(ctx, review, expected)
        draft = await _draft(row)
        draft = await up_to_date(ctx, draft)  # other answers have another hash
        if draft["content_hash"] != row["content_hash"]:
            raise Refused("REVIEW_OUTDATED")
        definition = await definition_of(draft)
        await entitled(ctx, definition, draft["supplier"])
        moved = await move(ctx, row, ReviewAction.approve, {"decided_at": ctx.now})
        approved = {"approved_version": draft["version"] + 1, "approved_hash": fingerprint(draft)}
        await show(ctx, definition, draft, ListingAct.approved, approved | {"review": None})
        return moved

    return await once(ctx, "listingApprove", key, _request(review, expected), work)


async def give_back(
    ctx: Context, review: Id, expected: int, remarks: Sequence[Mapping[str, Any]], key: str
) -> Row:
    """Return a card with remarks on its fields; an appeal that is returned is refused for good."""
    seen = await _asked(ctx, "Mutation.listingReturn", review)
    version = await _sent(seen)
    codes = (await definition_of(version)).by_code
    checked = check_remarks(remarks, version, codes)

    async def work() -> Row:
        row = await _deciding(ctx, review, expected)
        changes = {"remarks": checked, "decided_at": ctx.now, "returned_by": ctx.viewer.subject}
        return await move(ctx, row, ReviewAction.give_back, changes)

    request = _request(review, expected) | {"remarks": checked}
    return await once(ctx, "listingReturn", key, request, work)


async def appeal(ctx: Context, review: Id, expected: int, reason: str, key: str) -> Row:
    """Ask somebody else than who returned the card, once for each return; the card stays as it is."""
    await _asked(ctx, "Mutation.listingAppeal", review)
    said = checked_reason(reason, "input", "reason", bounds=APPEAL)

    async def work() -> Row:
        row = await _standing(review, expected)
        return await move(ctx, row, ReviewAction.appeal, {"appeal": said, "queued_at": ctx.now})

    return await once(ctx, "listingAppeal", key, _request(review, expected) | {"reason": said}, work)


async def reviews_by_ids(ctx: Context, reviews: Sequence[Id | None]) -> list[Row | None]:
    """Reviews that the viewer may see, in the order asked for."""
    wanted = [each for each in reviews if each is not None]
    found = await listings.reviews_by_ids(wanted) if wanted else {}
    rows = [found.get(each) if each else None for each in reviews]
    return [row if sees(ctx.viewer, READ, row) else None for row in rows]


async def reviews_of(ctx: Context, draft: Row) -> list[Row]:
    """The newest reviews of a card that the viewer may see."""
    return [row for row in await listings.reviews_of(draft["_id"]) if sees(ctx.viewer, READ, row)]


async def sent(ctx: Context, reviews: Sequence[Row]) -> list[Row]:
    """The cards as they were sent, for whoever may see the reviews."""
    for row in reviews:
        require_visible(ctx.viewer, READ, row)
    found = await listings.kept_of([(row["listing"], row["card_version"]) for row in reviews])
    return [found[row["listing"], row["card_version"]] for row in reviews]


async def changed_since_approval(ctx: Context, review: Row) -> Difference:
    """What differs between what was approved (or shown) last and what was sent; all of it the first time."""
    require_visible(ctx.viewer, READ, review)
    numbers = [number for number in (review["since"], review["card_version"]) if number]
    kept = await listings.kept_versions(review["listing"], numbers)
    return await difference(kept.get(review["since"]), kept[review["card_version"]])


async def _asked(ctx: Context, act: str, review: Id) -> Row:
    """The review if the act is allowed on it; NotFound else."""
    require(ctx.viewer, act)
    return dict(require_visible(ctx.viewer, act, await listings.get_review(review), "input", "reviewId"))


async def _standing(review: Id, expected: int) -> Row:
    row = await listings.get_review(review)
    if row is None:
        raise NotFound(("input", "reviewId"))
    if row["version"] != expected:
        raise VersionConflict(expected, row["version"], ("input", "expectedVersion"))
    return row


async def _deciding(ctx: Context, review: Id, expected: int) -> Row:
    row = await _standing(review, expected)
    require_other(ReviewStatus(row["status"]), row["returned_by"], ctx.viewer.subject)
    return row


async def _draft(review: Row) -> Row:
    draft = await listings.get_draft(review["listing"])
    if draft is None:
        raise NotFound(("input", "reviewId"))
    return draft


async def _sent(review: Row) -> Row:
    version, place = review["card_version"], (review["listing"], review["card_version"])
    return (await listings.kept_versions(place[0], [version]))[version]


def _request(review: Id, expected: int) -> Row:
    return {"review": str(review), "expectedVersion": expected}
