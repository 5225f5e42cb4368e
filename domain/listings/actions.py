"""What a supplier can do with a card as it stands, and why not: asked before a button is shown."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.listings.card import NEXT, ListingAction, ListingStatus
from domain.listings.reviews import NEXT_REVIEW, WAITING, ReviewAction, ReviewStatus


class CardAction(StrEnum):
    """Acts of a supplier on a card that is there."""

    edit = "edit"
    restore = "restore"
    publish = "publish"
    withdraw = "withdraw"
    schedule = "schedule"
    appeal = "appeal"


def refusals(status: ListingStatus, review: ReviewStatus | None) -> Mapping[CardAction, str | None]:
    """Each act with the code that it would be refused with, None where it would not be.

    By the statuses alone: what else keeps a card from being published stands among its obstacles.
    """
    found: dict[CardAction, str | None] = dict.fromkeys(CardAction)
    if review in WAITING:
        found[CardAction.publish] = "ALREADY_IN_REVIEW"
    if (status, ListingAction.withdraw) not in NEXT:
        found[CardAction.withdraw] = "TRANSITION_REFUSED"
    if review is None or (review, ReviewAction.appeal) not in NEXT_REVIEW:
        found[CardAction.appeal] = "NOTHING_TO_APPEAL"
    return MappingProxyType(found)
