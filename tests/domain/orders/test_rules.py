from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.categories import Direction
from domain.errors import DomainError
from domain.measures import Choice, MeasureStatus
from domain.orders.rules import Quota, Wish, check, local_day, period_start
from domain.texts import catalogue

NOW = datetime(2025, 5, 20, 9, 0, tzinfo=UTC)
GOOD = Wish(
    now=NOW,
    quantity=1,
    price=100,
    choice=Choice(MeasureStatus.choice_open, NOW + timedelta(days=1)),
    measure_category="wheelchair",
    measure_region="75",
    measure_quantity=2,
    programme_may_order=True,
    assistant_basis=False,
    direction=Direction.tsr_sale,
    category="wheelchair",
    regions=("71", "75"),
    supplier_directions=("tsr_sale",),
    supplier_registered=True,
    guaranteed_sum=500,
    year_quota=Quota(10, 9),
    period_quota=Quota(3, 2),
)


def test_a_good_wish_passes() -> None:
    """R-D1: With every condition met there is no objection."""
    check(GOOD)


def test_whoever_serves_a_part_of_the_region_may_be_chosen() -> None:
    """R-D1: a measure names its region only: the catalogue shows for it who serves a part, and so it is ordered."""
    check(replace(GOOD, regions=("751110000",)))
    check(replace(GOOD, measure_region="751110000"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": 0}, "QUANTITY_OUT_OF_RANGE"),
        ({"quantity": 100_001}, "QUANTITY_OUT_OF_RANGE"),
        ({"price": 10**12, "quantity": 10_000}, "QUANTITY_OUT_OF_RANGE"),
        ({"programme_may_order": False}, "PROGRAMME_MAY_NOT_ORDER"),
        ({"choice": Choice(MeasureStatus.choice_blocked)}, "CHOICE_BLOCKED"),
        ({"choice": Choice(MeasureStatus.choice_open, NOW)}, "CHOICE_WINDOW_CLOSED"),
        ({"choice": Choice(MeasureStatus.ordered)}, "MEASURE_ALREADY_ORDERED"),
        ({"category": "walker"}, "LISTING_OF_ANOTHER_CATEGORY"),
        ({"measure_region": "10"}, "LISTING_OF_ANOTHER_REGION"),
        ({"measure_region": "10", "regions": ("751110000",)}, "LISTING_OF_ANOTHER_REGION"),
        ({"measure_region": None}, "LISTING_OF_ANOTHER_REGION"),
        ({"supplier_directions": ("assistant",)}, "SUPPLIER_NOT_ENTITLED"),
        ({"supplier_registered": False}, "SUPPLIER_NOT_ENTITLED"),
        (
            {"direction": Direction.assistant, "supplier_directions": ("assistant",)},
            "ASSISTANT_BASIS_MISSING",
        ),
        ({"quantity": 3}, "QUANTITY_OVER_MEASURE"),
        ({"quantity": 2, "measure_quantity": None}, "QUANTITY_OVER_MEASURE"),
        ({"measure_category": None}, "LISTING_OF_ANOTHER_CATEGORY"),
        ({"year_quota": Quota(10, 10)}, "YEAR_QUOTA_EXCEEDED"),
        ({"period_quota": Quota(3, 4)}, "PERIOD_QUOTA_EXCEEDED"),
        ({"guaranteed_sum": None}, "GUARANTEED_SUM_UNKNOWN"),
    ],
)
def test_each_condition_has_its_refusal(change: dict[str, Any], code: str) -> None:
    """R-D1: Each condition that is not met is refused by its own code, which has a text in three languages."""
    with pytest.raises(DomainError) as refused:
        check(replace(GOOD, **change))
    assert refused.value.code == code
    if f"errors.{code}" in catalogue():
        for words in catalogue()[f"errors.{code}"].values():
            assert words.format(**refused.value.params)


def test_an_assistant_with_the_basis_is_allowed() -> None:
    """R-D1: A measure that states group I and difficulty moving lets an assistant be ordered."""
    check(
        replace(GOOD, direction=Direction.assistant, supplier_directions=("assistant",), assistant_basis=True)
    )


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_periods_tile_the_year(now: datetime, months: int) -> None:
    """R-D1: Every instant lies in the period that begins at its start, and that start is a period's first."""
    if not 1950 < now.year < 2100:
        return
    start = period_start(now, months)
    assert start <= now
    assert (start.month - 1) % months == 0
    assert period_start(start, months) == start
    assert local_day(start).day == 1


def test_a_period_divides_the_year() -> None:
    """A period of five months has no place in a calendar year."""
    with pytest.raises(ValueError):
        period_start(NOW, 5)


def test_the_day_is_that_of_astana() -> None:
    """A paper made late in the evening of UTC bears the date of the next day in Astana."""
    assert local_day(datetime(2025, 5, 20, 20, 0, tzinfo=UTC)).isoformat() == "2025-05-21"
