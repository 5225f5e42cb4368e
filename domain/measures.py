"""Measures of an individual programme: statuses, moves between them, and how long a supplier may be chosen.

Sources: Order 73, paragraphs 7 and 9 to 11 (requirements C1 to C6).
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from domain.errors import Refused, invalid
from domain.time import ASTANA


class MeasureStatus(StrEnum):
    """Where a measure stands; `ended` means that Е-Собес withdrew it."""

    choice_open = "choice_open"
    ordered = "ordered"
    fulfilled = "fulfilled"
    choice_blocked = "choice_blocked"
    activation_requested = "activation_requested"
    ended = "ended"


class Programme(StrEnum):
    """What recommends the measure: the individual programme (p. 9), or services for the elderly (p. 7)."""

    individual_programme = "individual_programme"
    elderly_services = "elderly_services"


class CountedFrom(StrEnum):
    """Instant the choice is counted from: notice (p. 10, first sentence) or transfer (second sentence)."""

    notice = "notice"
    transfer = "transfer"


class BlockReason(StrEnum):
    """Why a choice was blocked: its window ended, or the measure's own term did."""

    window = "window"
    term = "term"


_S = MeasureStatus
NEXT: Mapping[MeasureStatus, frozenset[MeasureStatus]] = {
    _S.choice_open: frozenset({_S.ordered, _S.choice_blocked, _S.ended}),
    _S.ordered: frozenset({_S.fulfilled, _S.choice_open, _S.choice_blocked, _S.ended}),
    _S.choice_blocked: frozenset({_S.activation_requested, _S.choice_open, _S.ended}),
    _S.activation_requested: frozenset({_S.choice_open, _S.ended}),
    _S.ended: frozenset({_S.choice_open}),
    _S.fulfilled: frozenset(),
}
"""Allowed moves. Only a message of Е-Собес leads out of `activation_requested` and `ended`."""


_TAKEN = {
    _S.ordered: "MEASURE_ALREADY_ORDERED",
    _S.fulfilled: "MEASURE_FULFILLED",
    _S.ended: "MEASURE_ENDED",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What decides about a choice: its status and its two ends (exclusive instants; None = no such end)."""

    status: MeasureStatus
    window_ends_at: datetime | None = None
    term_ends_at: datetime | None = None
    withdrawn: bool = False


def check_move(current: MeasureStatus, target: MeasureStatus) -> None:
    """Refuse a move that the table doesn't have: `TRANSITION_REFUSED`."""
    if target not in NEXT[current]:
        raise Refused("TRANSITION_REFUSED", status=str(current))


def end_of_day(day: date) -> datetime:
    """The instant a day of Astana is over (exclusive), in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ASTANA).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day some calendar months later; a day the month doesn't have becomes its last."""
    years, index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, index + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def choice_window_end(notified_on: datetime, months: int, measure_term: date | None) -> datetime:
    """When the choice ends (exclusive, UTC): calendar months after the day of notice, or the term's last day.

    `notified_on` is an aware instant, days are those of Astana; Order 73, p. 10, and requirement C4.
    """
    last = add_months(notified_on.astimezone(ASTANA).date(), months)
    return end_of_day(min(last, measure_term) if measure_term else last)


def has_notice(programme: Programme) -> bool:
    """Whether notice and the two months apply: p. 9 and 10 speak of persons with disabilities only."""
    return programme is Programme.individual_programme


def block_reason(choice: Choice, now: datetime) -> BlockReason | None:
    """Why the choice is over by the clock; None while it lasts."""
    if choice.term_ends_at is not None and choice.term_ends_at <= now:
        return BlockReason.term
    if choice.window_ends_at is not None and choice.window_ends_at <= now:
        return BlockReason.window
    return None


def check_orderable(choice: Choice, now: datetime) -> None:
    """Refuse an order that the choice doesn't allow, whether or not the clock has blocked it already."""
    if choice.status in {_S.choice_blocked, _S.activation_requested}:
        raise Refused("CHOICE_BLOCKED", ("input", "measureId"))
    if choice.status in _TAKEN:
        raise Refused(_TAKEN[choice.status], ("input", "measureId"))
    if choice.withdrawn:
        raise Refused("MEASURE_ENDED", ("input", "measureId"))
    if block_reason(choice, now) is not None:
        raise Refused("CHOICE_WINDOW_CLOSED", ("input", "measureId"))


def after_order(choice: Choice, now: datetime) -> MeasureStatus:
    """Where a measure goes whose order came to nothing (requirement D3): open while the choice lasts."""
    if choice.withdrawn:
        return _S.ended
    return _S.choice_open if block_reason(choice, now) is None else _S.choice_blocked


class NoticeKind(StrEnum):
    """What the executive body has to tell a person."""

    choice_open = "choice_open"
    choice_blocked = "choice_blocked"


class NoticeMethod(StrEnum):
    """Ways of notice other than SMS (p. 9 refers to article 66(2) of the administrative code)."""

    letter = "letter"
    telephone = "telephone"
    in_person = "in_person"
    electronic = "electronic"


class NoticeResult(StrEnum):
    """Whether the person was reached; if not, the task stays open."""

    notified = "notified"
    not_reached = "not_reached"


NOTE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class NoticeOutcome:
    """What the executive body records about its attempt; the note may name people and is kept sealed."""

    result: NoticeResult
    method: NoticeMethod
    note: str | None = None

    def check(self) -> None:
        """InvalidInput when the note is too long."""
        if self.note is not None and len(self.note) > NOTE_LENGTH:
            raise invalid("TOO_LONG", "input", "note", maximum=NOTE_LENGTH)
