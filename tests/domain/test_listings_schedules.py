"""What is planned for a card: instants that can be, what is due, what is left; and which acts there are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.listings import (
    NEXT,
    CardAction,
    ListingAction,
    ListingStatus,
    ReviewStatus,
    Schedule,
    check_schedule,
    refusals,
    schedule_of,
)
from domain.texts import Language, text
from domain.time import ASTANA

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
hours = st.none() | st.integers(-3, 5)


def at(hour: int | None) -> datetime | None:
    """An instant so many hours from now."""
    return None if hour is None else NOW + timedelta(hours=hour)


@given(hours, hours)
def test_instants_that_can_be(publish: int | None, withdraw: int | None) -> None:
    """R-B4: what is accepted lies ahead, a withdrawal behind its publication; everything else is refused."""
    possible = all(hour is None or hour > 0 for hour in (publish, withdraw))
    possible &= publish is None or withdraw is None or publish < withdraw
    try:
        planned = check_schedule(2, NOW, at(publish), at(withdraw))
    except InvalidInput as refusal:
        assert not possible
        for issue in refusal.issues:
            assert all(text(f"errors.{issue.code}", language, **issue.params) for language in Language)
        return
    assert possible
    assert planned == (Schedule(2, at(publish), at(withdraw)) if publish or withdraw else None)


def test_a_year_is_the_farthest() -> None:
    """R-B4: nothing is planned for more than a year ahead."""
    far = NOW + timedelta(days=367)
    with pytest.raises(InvalidInput) as refusal:
        check_schedule(1, NOW, far, far)
    assert [(issue.code, issue.path[-1]) for issue in refusal.value.issues] == [
        ("SCHEDULE_TOO_FAR", "publishAt"),
        ("SCHEDULE_TOO_FAR", "withdrawAt"),
    ]


def test_an_instant_names_its_zone() -> None:
    """R-B4: a time without a zone is no instant; another zone and fractions of a second make no difference."""
    with pytest.raises(InvalidInput, match="TIME_WITHOUT_ZONE"):
        check_schedule(1, NOW, datetime(2026, 3, 10, 10), None)  # noqa: DTZ001 - that is the fault
    there = datetime(2026, 3, 10, 15, 0, 0, 999, tzinfo=ASTANA)
    planned = check_schedule(1, NOW, there, None)
    assert planned is not None
    assert (planned.publish_at, str(planned.publish_at)) == (
        NOW + timedelta(hours=1),
        "2026-03-10 10:00:00+00:00",
    )


@given(hours, hours)
def test_what_is_due(publish: int | None, withdraw: int | None) -> None:
    """R-B4: each act is due from its instant on, until a later one overtakes it; then it is done and gone."""
    planned: Schedule | None = Schedule(1, at(publish), at(withdraw))
    assert planned is not None
    action = planned.due(NOW)
    if withdraw is not None and withdraw <= 0:
        assert action is ListingAction.withdraw
    elif publish is not None and publish <= 0:
        assert action is ListingAction.publish
    else:
        assert action is None
    for each in ListingAction:
        left = planned.without(each)
        only_withdrawal = Schedule(1, None, at(withdraw)) if withdraw is not None else None
        assert left == (only_withdrawal if each is ListingAction.publish else None)
    assert (planned.due_at is None) is (publish is None and withdraw is None)
    assert planned.due_at == min((one for one in (at(publish), at(withdraw)) if one), default=None)


def test_a_stored_schedule() -> None:
    """R-B4: a schedule is read as it was stored, and none as none."""
    row: dict[str, Any] = {"version": 3, "publish_at": NOW, "withdraw_at": None}
    assert schedule_of(row) == Schedule(3, NOW)
    assert schedule_of(None) is None


@given(st.sampled_from(ListingStatus), st.none() | st.sampled_from(ReviewStatus))
def test_which_acts_there_are(status: ListingStatus, review: ReviewStatus | None) -> None:
    """R-B4: an act that its status refuses has the code of the refusal, with its text; the others have none."""
    found = refusals(status, review)
    assert found.keys() == set(CardAction)
    assert (found[CardAction.withdraw] is None) is ((status, ListingAction.withdraw) in NEXT)
    assert (found[CardAction.publish] is None) is (review not in {"in_review", "appealed"})
    assert (found[CardAction.appeal] is None) is (review == "returned")
    for code in found.values():
        assert code is None or all(text(f"errors.{code}", language, status="x") for language in Language)
