"""Moderation of cards: the table of steps, who decides an appeal, remarks that name fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput, Refused
from domain.listings import (
    NEXT_REVIEW,
    WAITING,
    ReviewAction,
    ReviewStatus,
    check_remarks,
    require_other,
    review_after,
)
from domain.texts import Language, text

CARD = {"title": {"ru": "Коляска"}, "regions": ["71"], "characteristics": [{"code": "width", "value": 1}]}
GOOD = {"path": ["title", "ru"], "text": "Назовите модель"}


@given(st.sampled_from(ReviewStatus), st.sampled_from(ReviewAction))
def test_only_the_table_moves_a_review(status: ReviewStatus, action: ReviewAction) -> None:
    """R-B5: a step outside the table is refused with the status it was tried from, in every language."""
    if (status, action) in NEXT_REVIEW:
        assert review_after(status, action) is NEXT_REVIEW[status, action]
        return
    with pytest.raises(Refused) as refusal:
        review_after(status, action)
    assert (refusal.value.code, refusal.value.params) == (
        "TRANSITION_REFUSED",
        {"status": f"review_{status}"},
    )
    assert all(text(f"statuses.listing_review_{status}", language) for language in Language)


@given(st.lists(st.sampled_from(ReviewAction), max_size=12))
def test_a_review_ends(actions: list[ReviewAction]) -> None:
    """R-B5: whatever is tried, a return is appealed at most once, and what is approved is never undone."""
    status, appeals, walked = ReviewStatus.in_review, 0, [ReviewStatus.in_review]
    for action in actions:
        following = NEXT_REVIEW.get((status, action))
        if following is None:
            continue
        appeals += action is ReviewAction.appeal
        status = following
        walked.append(status)
    assert appeals <= 1
    assert len(set(walked)) == len(walked)
    assert ReviewStatus.approved not in walked[:-1]


def test_a_moderator_is_waited_for_where_one_can_decide() -> None:
    """R-B5: the queue holds exactly those reviews that a moderator can approve or return."""
    deciding = {ReviewAction.approve, ReviewAction.give_back}
    assert {status for status, action in NEXT_REVIEW if action in deciding} == WAITING


@pytest.mark.parametrize("status", ReviewStatus)
def test_somebody_else_decides_an_appeal(status: ReviewStatus) -> None:
    """R-B5: who returned a card decides everything but the appeal against that."""
    require_other(status, "one", "another")
    if status is not ReviewStatus.appealed:
        require_other(status, "one", "one")
        return
    with pytest.raises(Refused, match="SAME_MODERATOR"):
        require_other(status, "one", "one")


def faults(*remarks: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...]]]:
    """Codes and paths behind the argument, each with its text in every language."""
    try:
        check_remarks(remarks, CARD, {"width", "height"})
    except InvalidInput as refusal:
        for issue in refusal.issues:
            assert issue.path[:2] == ("input", "remarks")
            assert all(text(f"errors.{issue.code}", language, **issue.params) for language in Language)
        return [(issue.code, issue.path[2:]) for issue in refusal.issues]
    return []


@pytest.mark.parametrize(
    "path", [["title", "ru"], ["title"], ["title", "kk"], ["price"], ["regions", "71"], ["people"],
             ["characteristics", "width"], ["characteristics", "height"]],
)  # fmt: skip
def test_a_remark_names_a_field(path: list[str]) -> None:
    """R-B5: what stands on the card can be remarked on, and what should stand there."""
    assert faults(GOOD | {"path": path}) == []


@pytest.mark.parametrize(
    "path", [[], ["status"], ["title", "de"], ["regions", "75"], ["characteristics", "depth"],
             ["characteristics", "height", "x"], ["people", "7"], ["$where"]],
)  # fmt: skip
def test_a_remark_on_nothing_is_refused(path: list[str]) -> None:
    """R-B5: a remark that names no field is refused, with its place."""
    assert faults(GOOD, GOOD | {"path": path}) == [("UNKNOWN_FIELD", (1, "path"))]


def test_remarks_have_their_limits() -> None:
    """R-B5: one to fifty remarks of five to a thousand characters; every fault is told at once."""
    assert faults() == faults(*[GOOD] * 51) == [("REMARKS_NUMBER", ())]
    assert faults(*[GOOD] * 50) == []
    short, long = GOOD | {"text": " ... а "}, GOOD | {"text": "а" * 1001, "path": ["x"]}
    assert faults(short, long) == [
        ("TOO_SHORT", (0, "text")),
        ("UNKNOWN_FIELD", (1, "path")),
        ("TOO_LONG", (1, "text")),
    ]
    assert check_remarks([GOOD | {"text": "  Назовите модель "}], CARD, ())[0]["text"] == "Назовите модель"
