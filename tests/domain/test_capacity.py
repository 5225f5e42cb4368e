"""Dated capacity, held against a slow oracle that walks day by day and unit by unit."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain.capacity import (
    AHEAD,
    LONGEST,
    MOST,
    Dates,
    Day,
    Offer,
    Terms,
    check_dates,
    check_left,
    day_of,
    offered_days,
    planned,
)
from domain.categories import CapacityUnit
from domain.errors import InvalidInput, Refused

TODAY = date(2026, 3, 10)
NIGHTS, HOURS, PLACES = CapacityUnit.nights, CapacityUnit.hours, CapacityUnit.places


def after(days: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=days)


def refusal(terms: Terms, dates: Dates, quantity: int, offered: Mapping[date, Day]) -> tuple[str, object]:
    """Why an order is refused: the code, and the day or number it names."""
    with pytest.raises(Refused) as found:
        planned(terms, dates, quantity, offered)
    params = found.value.params
    return found.value.code, params.get("day", params.get("expected", params.get("maximum")))


def two_weeks(places: int = 5, taken: int = 0) -> dict[date, Day]:
    """Fourteen days from today."""
    return {after(number): Day(places, taken) for number in range(14)}


def test_a_stay_takes_every_night_but_that_of_departure() -> None:
    """R-B4: fourteen nights from the day of arrival, the day of departure stays free; two persons take two."""
    stay = Terms(NIGHTS, stay=14)
    found = planned(stay, Dates(TODAY, after(14)), 2, two_weeks())
    assert found == {after(number): 2 for number in range(14)}


def test_a_stay_has_the_length_that_the_listing_says() -> None:
    """R-B4: another length is refused with the right one; without one in the listing the quantity is it."""
    assert refusal(Terms(NIGHTS, stay=14), Dates(TODAY, after(13)), 1, two_weeks()) == ("STAY_LENGTH", 14)
    assert refusal(Terms(NIGHTS), Dates(TODAY, after(3)), 2, two_weeks()) == ("STAY_LENGTH", 2)
    assert planned(Terms(NIGHTS), Dates(TODAY, after(2)), 2, two_weeks()) == {TODAY: 1, after(1): 1}


def test_the_first_day_that_lacks_is_named() -> None:
    """R-B4: a full night and a night that is not offered refuse the whole stay, by their day."""
    full = two_weeks() | {after(3): Day(5, 5), after(5): Day(5, 5)}
    gap = {day: found for day, found in two_weeks().items() if day != after(2)}
    stay, dates = Terms(NIGHTS, stay=7), Dates(TODAY, after(7))
    assert refusal(stay, dates, 1, full) == ("CAPACITY_EXHAUSTED", str(after(3)))
    assert refusal(stay, dates, 1, gap) == ("DAY_NOT_OFFERED", str(after(2)))
    assert refusal(stay, dates, 1, two_weeks(places=0)) == ("DAY_NOT_OFFERED", str(TODAY))


def test_hours_are_spread_over_the_days_that_are_offered() -> None:
    """R-B4: 20 hours on five working days are four a day, and the week-end has none."""
    week = {after(number): Day(24) for number in (0, 1, 2, 3, 6)}
    found = planned(Terms(HOURS, a_day=8, limit=8), Dates(TODAY, after(6)), 20, week)
    assert found == dict.fromkeys(week, 4)


def test_no_more_than_eight_hours_a_day() -> None:
    """R-B4: the law's limit holds for the order, and for the person over all orders of a day."""
    terms = Terms(HOURS, a_day=12, limit=8)
    five = {day: Day(24) for day in list(two_weeks())[:5]}
    assert sum(planned(terms, Dates(TODAY, after(4)), 40, five).values()) == 40
    assert refusal(terms, Dates(TODAY, after(4)), 41, five) == ("DAYS_TOO_FEW", 40)
    other = Terms(HOURS, limit=8, others={after(1): 5})
    assert refusal(other, Dates(TODAY, after(4)), 20, five) == ("DAY_LIMIT_EXCEEDED", str(after(1)))
    assert planned(other, Dates(TODAY, after(4)), 15, five)[after(1)] == 3


def test_a_place_is_one_a_day() -> None:
    """R-B4: days of a day centre are counted one by one; nothing offered at all names the first day."""
    assert refusal(Terms(PLACES), Dates(TODAY, after(4)), 6, two_weeks()) == ("DAYS_TOO_FEW", 5)
    assert refusal(Terms(PLACES), Dates(TODAY, after(4)), 1, {}) == ("DAY_NOT_OFFERED", str(TODAY))
    found = planned(Terms(PLACES), Dates(TODAY, after(5)), 2, two_weeks())
    assert sorted(found.values()) == [1, 1]


amounts = some.integers(0, 12)
calendars = some.dictionaries(
    some.integers(0, 20).map(after),
    some.builds(lambda free, taken: Day(free + taken, taken), amounts, amounts),
)
units = some.sampled_from(CapacityUnit)
limits = some.none() | some.integers(1, 8)
taken = some.dictionaries(some.integers(0, 20).map(after), some.integers(0, 8))


def slow_stay(terms: Terms, dates: Dates, quantity: int) -> dict[date, int] | None:
    """Walks from arrival to the eve of departure."""
    found, day = {}, dates.since
    while day < dates.until:
        found[day] = quantity if terms.stay is not None else 1
        day += timedelta(days=1)
    return found if len(found) == (terms.stay if terms.stay is not None else quantity) else None


def fits(terms: Terms, found: Mapping[date, int], offered: Mapping[date, Day]) -> bool:
    """Whether nobody gets more than there is, nor more than the person may have."""
    return all(
        amount <= offered.get(day, Day(0)).free
        and (terms.limit is None or amount + terms.others.get(day, 0) <= terms.limit)
        for day, amount in found.items()
    )


@given(
    some.builds(Terms, units, some.none() | some.integers(1, 14), limits, limits, taken),
    some.builds(lambda start, length: Dates(after(start), after(start + length)), amounts, amounts),
    some.integers(1, 60),
    calendars,
)
def test_whatever_is_planned_is_there(
    terms: Terms, dates: Dates, quantity: int, offered: Mapping[date, Day]
) -> None:
    """R-B4: what is planned fits each day and adds up; what is refused could not have been given."""
    try:
        found = planned(terms, dates, quantity, offered)
    except Refused as refused:
        if terms.unit is NIGHTS:
            stay = slow_stay(terms, dates, quantity)
            assert stay is None or not fits(terms, stay, offered)
        elif refused.code == "DAYS_TOO_FEW":
            open_days = [day for day in dates.days(terms.unit) if offered.get(day, Day(0)).places]
            assert quantity > len(open_days) * terms.most
        return
    assert fits(terms, found, offered)
    assert found == dict(sorted(found.items()))
    if terms.unit is NIGHTS:
        assert found == slow_stay(terms, dates, quantity)
        return
    assert sum(found.values()) == quantity
    assert 1 <= min(found.values()) <= max(found.values()) <= terms.most
    assert max(found.values()) - min(found.values()) <= 1
    assert all(dates.since <= day <= dates.until and offered[day].places for day in found)


def code_of(unit: CapacityUnit, dates: Dates) -> str:
    """Why days can't be ordered."""
    with pytest.raises(InvalidInput) as found:
        check_dates(unit, dates, TODAY)
    return found.value.code


def test_days_that_nobody_can_order() -> None:
    """R-B4: not backwards, not in the past, not beyond two years, not more than a year at once."""
    check_dates(NIGHTS, Dates(TODAY, after(1)), TODAY)
    check_dates(HOURS, Dates(TODAY, TODAY), TODAY)
    check_dates(NIGHTS, Dates(after(AHEAD - LONGEST), after(AHEAD)), TODAY)
    assert code_of(NIGHTS, Dates(TODAY, TODAY)) == "DAYS_REVERSED"
    assert code_of(HOURS, Dates(after(1), TODAY)) == "DAYS_REVERSED"
    assert code_of(HOURS, Dates(after(-1), TODAY)) == "DAYS_OUT_OF_REACH"
    assert code_of(HOURS, Dates(TODAY, after(AHEAD + 1))) == "DAYS_OUT_OF_REACH"
    assert code_of(HOURS, Dates(TODAY, date.max)) == "DAYS_OUT_OF_REACH"
    assert code_of(HOURS, Dates(TODAY, after(LONGEST))) == "DAYS_TOO_MANY"


def test_a_day_has_one_spelling() -> None:
    """R-K: a day is YYYY-MM-DD and nothing else."""
    assert day_of("2026-05-01") == date(2026, 5, 1)
    for wrong in ("2026-5-1", "20260501", "2026-W18-5", "01.05.2026", "2026-02-30", "", "x" * 1000):
        with pytest.raises(InvalidInput) as found:
            day_of(wrong, "input", "from")
        assert (found.value.code, found.value.path) == ("NOT_A_DAY", ("input", "from"))


def test_what_is_offered_is_told_by_ranges() -> None:
    """R-B4: both ends of a range are in it."""
    found = offered_days([Offer(TODAY, after(2), 4), Offer(after(5), after(5), 0)], TODAY)
    assert found == {TODAY: 4, after(1): 4, after(2): 4, after(5): 0}


@pytest.mark.parametrize(
    ("offers", "codes"),
    [
        ([], ["DAYS_TOO_MANY"]),
        ([Offer(TODAY, after(LONGEST), 1)], ["DAYS_TOO_MANY"]),
        ([Offer(after(2), after(1), 1)], ["DAYS_REVERSED"]),
        ([Offer(after(-1), after(1), MOST + 1)], ["DAYS_OUT_OF_REACH", "PLACES_OUT_OF_RANGE"]),
        ([Offer(TODAY, TODAY, -1)], ["PLACES_OUT_OF_RANGE"]),
        ([Offer(after(AHEAD), after(AHEAD + 1), 1)], ["DAYS_OUT_OF_REACH"]),
        ([Offer(TODAY, after(3), 1), Offer(after(3), after(4), 2)], ["DAYS_OVERLAP"]),
    ],
)
def test_offers_that_can_not_be(offers: list[Offer], codes: list[str]) -> None:
    """R-B4: every fault of an offer is named, and a day named twice is one."""
    with pytest.raises(InvalidInput) as found:
        offered_days(offers, TODAY)
    assert [issue.code for issue in found.value.issues] == codes


def test_what_is_left_is_told() -> None:
    """R-B4: a refusal says how much of the day is left."""
    with pytest.raises(Refused) as found:
        check_left({TODAY: 2}, {TODAY: Day(5, 4)})
    assert found.value.params == {"day": str(TODAY), "left": 1}
