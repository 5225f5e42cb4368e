"""Moderation: reviews as suppliers and moderators see them, the queue, and what is done with a review."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Id, Row
from domain.listings import ReviewStatus
from domain.texts import text
from execution.fields import as_type, batched, computed, record, stored, value
from resolvers import listings as acts
from resolvers.context import Context
from schema.categories import Category
from schema.changes import FieldChange, told_changes
from schema.connections import PageInfo, connection, cursor, edges, page_info
from schema.errors import answers
from schema.listings.card import ListingPreview, category_of, supplier_of
from schema.nodes import Node, local_id
from schema.roots import given, mutation, payload, query
from schema.suppliers import Supplier

Plain = Mapping[str, Any]
strawberry.enum(ReviewStatus, name="ReviewStatus", description="Where a review of a card stands.")


def status_text(record: Plain, context: Context) -> str:
    """The status in words."""
    return text(f"statuses.listing_review_{record['status']}", context.language)


async def content(context: Context, records: Sequence[Plain]) -> list[Row]:
    """The cards as they were sent."""
    return await acts.sent(context, [dict(row) for row in records])


async def changes(context: Context, records: Sequence[Plain]) -> list[list[Row]]:
    """What each card differs in from what was approved last."""
    found = await gather(*(acts.changed_since_approval(context, dict(row)) for row in records))
    return [told_changes(each) for each in found]


@value(description="What a moderator says of one field.")
class ReviewRemark:
    """The path names a field as `FieldChange.path` does."""

    path: list[str] = stored()
    text: str = stored()


@record("listing_review", description="A moderator's look at one version of a card.")
class ListingReview(Node):
    """About exactly the content that was sent: nothing else is shown by its approval."""

    status: ReviewStatus = stored()
    status_text: str = computed(status_text)
    version: int = stored(description="Grows with every step; give it back as `expectedVersion`.")
    card_version: int = stored(description="The version of the card that was sent.")
    submitted_at: datetime = stored()
    decided_at: datetime | None = stored()
    remarks: list[ReviewRemark] = stored()
    appeal: str | None = stored(description="Why the supplier asks somebody else.")
    category: Category | None = batched(category_of)
    supplier: Supplier = batched(supplier_of)
    content: ListingPreview = batched(content, description="The card as it was sent.")
    changes: list[FieldChange] = batched(
        changes,
        cost=10,
        description="Since the last approval or, before there was one, since what was shown.",
    )


@value()
class ListingReviewEdge:
    """Relay's edge."""

    cursor: str = computed(cursor)
    node: ListingReview = stored()


@value()
class ListingReviewConnection:
    """A page of the queue."""

    edges: list[ListingReviewEdge] = computed(edges)
    nodes: list[ListingReview] = stored()
    page_info: PageInfo = computed(page_info)


async def review_of(context: Context, records: Sequence[Plain]) -> list[Row | None]:
    """The review of each draft that is not settled."""
    return await acts.reviews_by_ids(context, [row.get("review") for row in records])


async def reviews_of(context: Context, records: Sequence[Plain]) -> list[list[Row]]:
    """The newest reviews of each draft."""
    return await gather(*(acts.reviews_of(context, dict(row)) for row in records))


async def moderation_queue(context: Context, *, first: int = 24, after: str | None = None) -> Row:
    """Reviews that wait for a moderator, the oldest first."""
    return connection(await acts.moderation_queue(context, first, after), after)


@strawberry.input(description="What is wrong with one field.")
class ReviewRemarkInput:
    """`path` as in `FieldChange.path`: it must name a field of the card. 5 to 1000 characters of text."""

    path: list[str]
    text: str


@given
class ListingApproveInput:
    """Names a review in the version the moderator saw."""

    idempotency_key: str
    review_id: strawberry.ID
    expected_version: int


@given
class ListingReturnInput:
    """1 to 50 remarks say what has to be changed."""

    idempotency_key: str
    review_id: strawberry.ID
    expected_version: int
    remarks: list[ReviewRemarkInput]


@given
class ListingAppealInput:
    """The reason has 5 to 1000 characters; somebody else decides."""

    idempotency_key: str
    review_id: strawberry.ID
    expected_version: int
    reason: str


@payload
class ListingReviewed:
    """The review went one step further."""

    review: ListingReview


def _review_id(identifier: str) -> Id:
    return local_id(identifier, "listing_review", "input", "reviewId")


async def listing_approve(context: Context, *, input: ListingApproveInput) -> ListingReviewed:  # noqa: A002
    """Show the card exactly as it was sent."""
    review = _review_id(input.review_id)
    row = await acts.approve(context, review, input.expected_version, input.idempotency_key)
    return ListingReviewed(review=as_type(ListingReview, row))


async def listing_return(context: Context, *, input: ListingReturnInput) -> ListingReviewed:  # noqa: A002
    """Return the card with remarks; an appeal that is returned is refused for good."""
    review, remarks = _review_id(input.review_id), [asdict(one) for one in input.remarks]
    row = await acts.give_back(context, review, input.expected_version, remarks, input.idempotency_key)
    return ListingReviewed(review=as_type(ListingReview, row))


async def listing_appeal(context: Context, *, input: ListingAppealInput) -> ListingReviewed:  # noqa: A002
    """Ask somebody else than who returned the card, once for each return."""
    review = _review_id(input.review_id)
    row = await acts.appeal(context, review, input.expected_version, input.reason, input.idempotency_key)
    return ListingReviewed(review=as_type(ListingReview, row))


@strawberry.type
class ModerationQueries:
    """What moderators read."""

    moderation_queue: ListingReviewConnection = query(moderation_queue, cost=10)


@strawberry.type
class ModerationMutations:
    """What moderators decide, and what a supplier says to it."""

    listing_approve: answers("ListingApproveResult", ListingReviewed) = mutation(listing_approve)  # type: ignore[valid-type]
    listing_return: answers("ListingReturnResult", ListingReviewed) = mutation(listing_return)  # type: ignore[valid-type]
    listing_appeal: answers("ListingAppealResult", ListingReviewed) = mutation(listing_appeal)  # type: ignore[valid-type]
