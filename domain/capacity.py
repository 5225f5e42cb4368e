"""Dated capacity: which days an order takes, how much of each, and that no day gives more than it has.

A night bears the date of its evening. Of a stay `until` is the day of departure and takes nothing; of
everything else it is the last day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from domain.categories.capacity import CapacityUnit
from domain.errors import InvalidInput, Issue, Path, Refused, invalid

LONGEST = 366
"""Days that one order, or one change of what is offered, may name."""

AHEAD = 730
"""Days from today that can be offered and ordered."""

SHOWN = 92
"""Days that one question about availability may span."""

MOST = 10_000
"""Units of one day; a hospital has fewer beds."""

_HOURS = 24
_BY_NATURE = {CapacityUnit.hours: _HOURS, CapacityUnit.visits: _HOURS, CapacityUnit.places: 1}
_FROM: Path = ("input", "from")
_TO: Path = ("input", "to")

Amounts = Mapping[date, int]
"""Day → units taken of it."""


class Hold(StrEnum):
    """Where what an order took stands."""

    held = "held"
    confirmed = "confirmed"
    expired = "expired"
    released = "released"


TAKEN = frozenset({Hold.held, Hold.confirmed})
"""In these the days are counted as taken."""


@dataclass(frozen=True, slots=True)
class Day:
    """What a listing offers on a day, and how much of it is taken."""

    places: int
    taken: int = 0

    @property
    def free(self) -> int:
        """What is left."""
        return self.places - self.taken


@dataclass(frozen=True, slots=True)
class Dates:
    """The days an order names."""

    since: date
    until: date

    def count(self, unit: CapacityUnit) -> int:
        """How many days it may take; less than one where they are the wrong way round."""
        return (self.until - self.since).days + (unit is not CapacityUnit.nights)

    def days(self, unit: CapacityUnit) -> list[date]:
        """The days that it may take, the first one first."""
        return [self.since + timedelta(days=number) for number in range(self.count(unit))]


@dataclass(frozen=True, slots=True)
class Terms:
    """By what an order of a listing is judged.

    `stay`: nights of one stay, where the listing says so. `a_day`: units of a day for one order at most, and
    `limit` the same by law for one person, whoever is ordered from; `others` is what the person's other
    orders took of each day already.
    """

    unit: CapacityUnit
    stay: int | None = None
    a_day: int | None = None
    limit: int | None = None
    others: Amounts = field(default_factory=dict)

    @property
    def most(self) -> int:
        """Units of a day for one order at most."""
        named = (self.a_day, self.limit, _BY_NATURE[self.unit])
        return min(each for each in named if each is not None)


def day_of(text: str, *path: str | int) -> date:
    """A day written YYYY-MM-DD; InvalidInput `NOT_A_DAY` for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise invalid("NOT_A_DAY", *path) from error
    if found.isoformat() != text:
        raise invalid("NOT_A_DAY", *path)
    return found


def check_dates(unit: CapacityUnit, dates: Dates, today: date) -> None:
    """InvalidInput for days that nobody can order."""
    last = today + timedelta(days=AHEAD)
    if dates.count(unit) < 1:
        raise invalid("DAYS_REVERSED", *_TO)
    if dates.since < today or dates.until > last:
        raise invalid("DAYS_OUT_OF_REACH", *_FROM, first=str(today), last=str(last))
    if dates.count(unit) > LONGEST:
        raise invalid("DAYS_TOO_MANY", *_TO, maximum=LONGEST)


def planned(terms: Terms, dates: Dates, quantity: int, offered: Mapping[date, Day]) -> dict[date, int]:
    """What an order of so many units takes of each day; Refused with the first objection.

    `STAY_LENGTH`, `DAY_NOT_OFFERED`, `DAYS_TOO_FEW`, `CAPACITY_EXHAUSTED`, `DAY_LIMIT_EXCEEDED`.
    """
    spread = terms.unit is not CapacityUnit.nights
    amounts = _spread(terms, dates, quantity, offered) if spread else _stay(terms, dates, quantity)
    check_left(amounts, offered)
    if terms.limit is not None:
        _check_person(amounts, terms.others, terms.limit)
    return amounts


def _check_person(amounts: Amounts, others: Amounts, limit: int) -> None:
    for day, amount in amounts.items():
        taken = others.get(day, 0)
        if taken + amount > limit:
            raise Refused("DAY_LIMIT_EXCEEDED", _FROM, day=str(day), maximum=limit, taken=taken)


def check_left(amounts: Amounts, offered: Mapping[date, Day]) -> None:
    """Refused `DAY_NOT_OFFERED` or `CAPACITY_EXHAUSTED` for the first day that has not enough."""
    for day, amount in amounts.items():
        found = offered.get(day, Day(0))
        if not found.places:
            raise Refused("DAY_NOT_OFFERED", _FROM, day=str(day))
        if found.free < amount:
            raise Refused("CAPACITY_EXHAUSTED", _FROM, day=str(day), left=found.free)


def _stay(terms: Terms, dates: Dates, quantity: int) -> dict[date, int]:
    """Every night of the stay, for each person; or the nights ordered, for one."""
    nights, persons = (quantity, 1) if terms.stay is None else (terms.stay, quantity)
    days = dates.days(terms.unit)
    if len(days) != nights:
        raise Refused("STAY_LENGTH", _TO, expected=nights)
    return dict.fromkeys(days, persons)


def _spread(terms: Terms, dates: Dates, quantity: int, offered: Mapping[date, Day]) -> dict[date, int]:
    """As evenly as whole units go, over the days on which anything is offered."""
    days = [day for day in dates.days(terms.unit) if offered.get(day, Day(0)).places]
    if not days:
        raise Refused("DAY_NOT_OFFERED", _FROM, day=str(dates.since))
    if quantity > len(days) * terms.most:
        raise Refused("DAYS_TOO_FEW", _TO, days=len(days), maximum=len(days) * terms.most)
    count = len(days)
    shares = {day: (n + 1) * quantity // count - n * quantity // count for n, day in enumerate(days)}
    return {day: share for day, share in shares.items() if share}


@dataclass(frozen=True, slots=True)
class Offer:
    """So many units on each day from the first to the last, both included."""

    since: date
    until: date
    places: int


def offered_days(offers: Sequence[Offer], today: date) -> dict[date, int]:
    """Units by day; InvalidInput with every fault of the offers."""
    issues = list(_faults(offers, today))
    if issues:
        raise InvalidInput(issues)
    found: dict[date, int] = {}
    for place, offer in enumerate(offers):
        for day in Dates(offer.since, offer.until).days(CapacityUnit.places):
            if day in found:
                raise invalid("DAYS_OVERLAP", "input", "days", place, "from", day=str(day))
            found[day] = offer.places
    return found


def _faults(offers: Sequence[Offer], today: date) -> Iterator[Issue]:
    last = today + timedelta(days=AHEAD)
    total = sum(max(0, (offer.until - offer.since).days + 1) for offer in offers)
    if not offers or total > LONGEST:
        yield Issue("DAYS_TOO_MANY", ("input", "days"), {"maximum": LONGEST})
    for place, offer in enumerate(offers):
        at: Path = ("input", "days", place)
        if offer.until < offer.since:
            yield Issue("DAYS_REVERSED", (*at, "to"))
        if offer.since < today or offer.until > last:
            yield Issue("DAYS_OUT_OF_REACH", (*at, "from"), {"first": str(today), "last": str(last)})
        if not 0 <= offer.places <= MOST:
            yield Issue("PLACES_OUT_OF_RANGE", (*at, "places"), {"maximum": MOST})
