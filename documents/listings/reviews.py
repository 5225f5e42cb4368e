"""Reviews of cards by moderators: one row each time that a card was sent, every step a compare-and-set."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, Field
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, insert, session, with_kind
from documents.cursors import Order, Page, after, page, page_size
from documents.nodes import readable
from domain.listings import WAITING, ReviewStatus

_NAME = "listing_reviews"
KIND = "listing_review"
QUEUED = "queued"
BY_LISTING = "listing"
_OLDEST_FIRST = Order("moderation", "queued_at", 1, datetime, QUEUED)
LATEST = 20
"""So many reviews of a card are shown."""


class ReviewRemark(BaseModel):
    """What a moderator says of one field."""

    model_config = Record.model_config

    path: list[str]
    text: str


class ListingReview(Record):
    """What was sent (`card_version` and the hash of its content), since which approval, and how it stands.

    `queued_at` is there while a moderator has to do something; `returned_by` is the employee who returned it.
    """

    listing: Id
    supplier: Id
    direction: str
    category: str
    card_version: int
    content_hash: str
    since: int | None
    status: ReviewStatus = ReviewStatus.in_review
    version: int = 1
    submitted_at: datetime
    queued_at: datetime | None
    decided_at: datetime | None = None
    returned_by: Id | None = None
    remarks: list[ReviewRemark] = Field(default_factory=list)
    appeal: str | None = None

    class Settings(Record.Settings):
        """The queue, the oldest first; and the reviews of a card."""

        name = _NAME
        indexes: ClassVar = [
            IndexModel(
                [("queued_at", 1), ("_id", 1)],
                name=QUEUED,
                partialFilterExpression={"queued_at": {"$type": "date"}},
            ),
            IndexModel([("listing", 1), ("_id", -1)], name=BY_LISTING),
        ]


async def submit(review: ListingReview) -> Row:
    """Insert a review inside the transaction under way."""
    return dict(await insert(review), kind=KIND)


async def get_review(review: Id) -> Row | None:
    """The review as a record of kind "listing_review"."""
    return with_kind(KIND, await collection(_NAME).find_one({"_id": {"$eq": review}}, session=session()))


async def move_review(review: Row, status: ReviewStatus, changes: Mapping[str, object]) -> Row | None:
    """The review in another status, if it is still as it was seen; None else."""
    queued = {} if status in WAITING else {"queued_at": None}
    row = await collection(_NAME).find_one_and_update(
        {"_id": review["_id"], "version": review["version"], "status": review["status"]},
        {"$set": {**queued, **changes, "status": status.value}, "$inc": {"version": 1}},
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return with_kind(KIND, row)


async def reviews_by_ids(reviews: Collection[Id]) -> dict[Id, Row]:
    """Reviews by identifier."""
    found = collection(_NAME).find({"_id": {"$in": list(reviews)}}, session=session())
    return {row["_id"]: {**row, "kind": KIND} async for row in found}


async def reviews_of(listing: Id) -> list[Row]:
    """The newest reviews of a card, at most `LATEST`."""
    found = collection(_NAME).find(
        {"listing": {"$eq": listing}}, sort=[("_id", -1)], limit=LATEST, hint=BY_LISTING, session=session()
    )
    return [dict(row, kind=KIND) for row in await found.to_list()]


def queue_question(where: Row, *, first: int, cursor: str | None) -> Row:
    """The arguments of the one find that reads a page of the queue, and one row more."""
    return {
        "filter": {"$and": [where, {"queued_at": {"$type": "date"}}, *after(_OLDEST_FIRST, cursor)]},
        "sort": _OLDEST_FIRST.sort,
        "limit": page_size(first) + 1,
        "hint": QUEUED,
    }


async def queue(where: Row, *, first: int, cursor: str | None) -> Page:
    """What waits for a moderator, the oldest first, as far as a filter of `auth.visibility` leaves it."""
    question = queue_question(where, first=first, cursor=cursor)
    rows = await collection(_NAME).find(**question, session=session()).to_list()
    return page(_OLDEST_FIRST, [dict(row, kind=KIND) for row in rows], first)


readable(KIND, get_review)
