from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.errors import InvalidInput, Refused
from domain.measures import (
    NEXT,
    BlockReason,
    Choice,
    MeasureStatus,
    NoticeMethod,
    NoticeOutcome,
    NoticeResult,
    Programme,
    add_months,
    after_order,
    block_reason,
    check_move,
    check_orderable,
    choice_window_end,
    has_notice,
)
from domain.texts import Language, catalogue, text
from domain.time import ASTANA

_S = MeasureStatus
HOUR = timedelta(hours=1)
NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
instants = some.datetimes(datetime(2022, 6, 1), datetime(2040, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001 - bounds are naive
ends = some.none() | some.datetimes(datetime(2026, 1, 1), datetime(2026, 9, 1), timezones=some.just(UTC))  # noqa: DTZ001
choices = some.builds(Choice, some.sampled_from(_S), ends, ends, some.booleans())


def _slow_month_later(day: date, months: int) -> date:
    """Walks day by day: to the same day of the month so many months on, else to the month's last."""
    walked, found = day, day
    for _ in range(months):
        month = walked.month
        walked = next(day for day in _days_after(walked) if day.month != month)
    for candidate in (walked, *_days_after(walked)):
        if candidate.month != walked.month or candidate.day > day.day:
            break
        found = candidate
    return found


def _days_after(day: date) -> list[date]:
    return [day + timedelta(days=number) for number in range(1, 32)]


def _slow_end(last: date, start: datetime) -> datetime:
    """Walks hour by hour until the clock of Astana shows a later day."""
    instant = start.replace(minute=0, second=0, microsecond=0)
    while instant.astimezone(ASTANA).date() > last:
        instant -= HOUR
    while instant.astimezone(ASTANA).date() <= last:
        instant += HOUR
    return instant


@given(instants, some.integers(1, 6), some.none() | some.integers(-20, 200))
def test_the_window_is_what_a_calendar_says(notified: datetime, months: int, term_in: int | None) -> None:
    """R-C4: whole calendar months, a missing day becomes the last, to the end of the day; or the term before."""
    day = notified.astimezone(ASTANA).date()
    term = None if term_in is None else day + timedelta(days=term_in)
    last = min(_slow_month_later(day, months), term) if term else _slow_month_later(day, months)
    assert choice_window_end(notified, months, term) == _slow_end(last, notified)


@pytest.mark.parametrize(
    ("notified", "end"),
    [
        # 31 December: February has no 31st, in a leap year and in another; UTC+6 before 2024-03-01, UTC+5 since.
        (datetime(2023, 12, 31, 6, 0, tzinfo=UTC), datetime(2024, 2, 29, 19, 0, tzinfo=UTC)),
        (datetime(2022, 12, 31, 6, 0, tzinfo=UTC), datetime(2023, 2, 28, 18, 0, tzinfo=UTC)),
        # 31 January: March has one again.
        (datetime(2024, 1, 31, 6, 0, tzinfo=UTC), datetime(2024, 3, 31, 19, 0, tzinfo=UTC)),
        # An evening in UTC is the next day in Astana: by UTC+6 from 18:00, by UTC+5 from 19:00.
        (datetime(2024, 1, 10, 18, 0, tzinfo=UTC), datetime(2024, 3, 11, 19, 0, tzinfo=UTC)),
        (datetime(2026, 1, 10, 18, 59, tzinfo=UTC), datetime(2026, 3, 10, 19, 0, tzinfo=UTC)),
        (datetime(2026, 1, 10, 19, 0, tzinfo=UTC), datetime(2026, 3, 11, 19, 0, tzinfo=UTC)),
    ],
)
def test_known_ends(notified: datetime, end: datetime) -> None:
    """R-C4: month ends, leap years, the change of the zone on 2024-03-01, and days of Astana."""
    assert choice_window_end(notified, 2, None) == end


@given(some.dates(date(2020, 1, 1), date(2040, 1, 1)), some.integers(0, 30))
def test_months_never_overrun(day: date, months: int) -> None:
    """Some months later is in exactly that month, and on the same day unless the month lacks it."""
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(some.sampled_from(_S), some.sampled_from(_S))
def test_the_table_decides_about_every_move(source: MeasureStatus, target: MeasureStatus) -> None:
    """R-C4: a move is allowed if and only if the table has it."""
    if target in NEXT[source]:
        check_move(source, target)
        return
    with pytest.raises(Refused, match="TRANSITION_REFUSED"):
        check_move(source, target)


def test_blocked_is_left_only_through_esobes_or_its_own_request() -> None:
    """R-C5: no move leads from a blocked choice to an order."""
    assert _S.ordered not in NEXT[_S.choice_blocked] | NEXT[_S.activation_requested]
    assert not NEXT[_S.fulfilled]
    assert {source for source, targets in NEXT.items() if _S.ordered in targets} == {_S.choice_open}


@given(choices)
def test_an_order_needs_an_open_choice_that_lasts(choice: Choice) -> None:
    """R-C5: orders are refused in every other status, and as soon as either end is reached."""
    over = any(end is not None and end <= NOW for end in (choice.window_ends_at, choice.term_ends_at))
    allowed = choice.status is _S.choice_open and not choice.withdrawn and not over
    if allowed:
        check_orderable(choice, NOW)
        return
    with pytest.raises(Refused) as refusal:
        check_orderable(choice, NOW)
    assert f"errors.{refusal.value.code}" in catalogue()


@given(choices)
def test_a_failed_order_gives_back_what_is_left(choice: Choice) -> None:
    """R-D3: withdrawn ends, over is blocked, else the choice is open; each is a move the table has."""
    target = after_order(choice, NOW)
    assert target in NEXT[_S.ordered]
    assert (target is _S.ended) == choice.withdrawn
    if not choice.withdrawn:
        assert (target is _S.choice_blocked) == (block_reason(choice, NOW) is not None)


def test_the_reason_of_blocking_is_told() -> None:
    """R-C4: the term outranks the window; without ends nothing is over."""
    past = NOW - HOUR
    assert block_reason(Choice(_S.choice_open), NOW) is None
    assert block_reason(Choice(_S.choice_open, window_ends_at=past), NOW) is BlockReason.window
    assert block_reason(Choice(_S.choice_open, past, past), NOW) is BlockReason.term


def test_notice_is_for_the_individual_programme() -> None:
    """R-C1: p. 9 and 10 know no notice and no two months for services to the elderly."""
    assert has_notice(Programme.individual_programme)
    assert not has_notice(Programme.elderly_services)


def test_an_outcome_has_a_short_note() -> None:
    """A note of the executive body has a limit."""
    NoticeOutcome(NoticeResult.notified, NoticeMethod.letter, "a" * 1000).check()
    NoticeOutcome(NoticeResult.notified, NoticeMethod.letter).check()
    with pytest.raises(InvalidInput, match="TOO_LONG"):
        NoticeOutcome(NoticeResult.notified, NoticeMethod.letter, "a" * 1001).check()


@pytest.mark.parametrize("language", list(Language))
def test_every_status_and_method_has_a_text(language: Language) -> None:
    """R-C1: statuses, ways of notice and reasons of blocking are told in plain words in three languages."""
    keys = [f"statuses.measure_{status}" for status in _S]
    keys += [f"notice_methods.{method}" for method in NoticeMethod]
    keys += [f"measure_steps.{reason}_ended" for reason in BlockReason]
    assert all(text(key, language) for key in keys)
