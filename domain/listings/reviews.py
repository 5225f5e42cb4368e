"""Moderation: a review of one version of a card, its statuses, and remarks that name fields.

A review is about exactly the content that was sent. Whoever changes the card takes the review back, or
answers the remarks; what is approved is what was sent, and what is shown is what was approved.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypedDict

from domain.errors import InvalidInput, Issue, Path, Refused
from domain.listings.changes import Content, has_field
from domain.reasons import Bounds, checked_reason

REMARKS_MAX = 50
REMARK = Bounds(5, 1000)
"""What is wrong with a field, and why a supplier appeals."""


class ReviewStatus(StrEnum):
    """Where a review stands; `answered` and `retracted` by the supplier, who changed the card."""

    in_review = "in_review"
    returned = "returned"
    appealed = "appealed"
    upheld = "upheld"
    approved = "approved"
    answered = "answered"
    retracted = "retracted"


class ReviewAction(StrEnum):
    """What happens to a review: the first two by a moderator, the others by the supplier."""

    approve = "approve"
    give_back = "give_back"
    appeal = "appeal"
    take_back = "take_back"


_S, _A = ReviewStatus, ReviewAction
NEXT_REVIEW = MappingProxyType(
    {
        (_S.in_review, _A.approve): _S.approved,
        (_S.in_review, _A.give_back): _S.returned,
        (_S.in_review, _A.take_back): _S.retracted,
        (_S.returned, _A.appeal): _S.appealed,
        (_S.returned, _A.take_back): _S.answered,
        (_S.appealed, _A.approve): _S.approved,
        (_S.appealed, _A.give_back): _S.upheld,
        (_S.appealed, _A.take_back): _S.retracted,
        (_S.upheld, _A.take_back): _S.answered,
    }
)
"""Every allowed step: a return is appealed once, and what was upheld can only be answered."""

WAITING = frozenset({ReviewStatus.in_review, ReviewStatus.appealed})
"""Statuses in which a moderator has to do something."""


class Remark(TypedDict):
    """What is wrong, and with which field."""

    path: list[str]
    text: str


def review_after(status: ReviewStatus, action: ReviewAction) -> ReviewStatus:
    """The status after the action; Refused(TRANSITION_REFUSED) when the table has no such step."""
    following = NEXT_REVIEW.get((status, action))
    if following is None:
        raise Refused("TRANSITION_REFUSED", status=f"review_{status}")
    return following


def require_other(status: ReviewStatus, returned_by: object, decider: object) -> None:
    """Refused(SAME_MODERATOR) when an appeal would be decided by whoever returned the card."""
    if status is ReviewStatus.appealed and returned_by == decider:
        raise Refused("SAME_MODERATOR")


def check_remarks(
    remarks: Sequence[Mapping[str, Any]],
    content: Content,
    codes: Collection[str],
    path: Path = ("input", "remarks"),
) -> list[Remark]:
    """Remarks with their texts trimmed; InvalidInput with every fault and its place.

    Each names a field of the content, or a characteristic of its definition (`codes`) that was not answered.
    """
    if not 1 <= len(remarks) <= REMARKS_MAX:
        raise InvalidInput([Issue("REMARKS_NUMBER", path, {"minimum": 1, "maximum": REMARKS_MAX})])
    issues: list[Issue] = []
    checked: list[Remark] = []
    for place, remark in enumerate(remarks):
        field = list(remark["path"])
        if not _names(content, codes, field):
            issues.append(Issue("UNKNOWN_FIELD", (*path, place, "path")))
        try:
            text = checked_reason(remark["text"], *path, place, "text", bounds=REMARK)
        except InvalidInput as found:
            issues.extend(found.issues)
        else:
            checked.append(Remark(path=field, text=text))
    if issues:
        raise InvalidInput(issues)
    return checked


def _names(content: Content, codes: Collection[str], field: Sequence[str]) -> bool:
    is_answer = len(field) > 1 and field[0] == "characteristics"
    return has_field(content, field) or (is_answer and len(field[1:]) == 1 and field[1] in codes)
