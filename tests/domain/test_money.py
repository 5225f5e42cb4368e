"""Money: whole tiyn, nothing lost between the state's share and the person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import MAX_PRICE, MAX_QUANTITY, shown, split, tenge
from domain.texts import Language

prices = st.integers(1, MAX_PRICE)
sums = st.integers(0, MAX_PRICE)
quantities = st.integers(1, MAX_QUANTITY)


@given(prices, sums, quantities)
def test_shares_add_up(price: int, guaranteed: int, quantity: int) -> None:
    """R-D1: what the state pays and what the person pays make the whole price, neither is negative."""
    result = split(price, guaranteed, quantity)
    assert result.reimbursed + result.copayment == result.total == price * quantity
    assert result.copayment >= 0
    assert 0 <= result.reimbursed <= guaranteed * quantity
    assert result.total < 2**63


@given(prices, quantities)
def test_price_within_the_sum_costs_nothing(price: int, quantity: int) -> None:
    """A price at or under the guaranteed sum is reimbursed whole, never more."""
    result = split(price, price, quantity)
    assert (result.reimbursed, result.copayment) == (price * quantity, 0)


@pytest.mark.parametrize(
    ("price", "guaranteed", "quantity"),
    [
        (0, 0, 1),
        (MAX_PRICE + 1, 0, 1),
        (1, -1, 1),
        (1, MAX_PRICE + 1, 1),
        (1, 1, 0),
        (1, 1, MAX_QUANTITY + 1),
    ],
)
def test_impossible_sums_are_refused(price: int, guaranteed: int, quantity: int) -> None:
    """Numbers outside the limits are a mistake of the caller."""
    with pytest.raises(ValueError, match="price"):
        split(price, guaranteed, quantity)


@pytest.mark.parametrize(
    ("tiyn", "language", "expected"),
    [
        (tenge(125_000), Language.ru, "125\u00a0000\u00a0₸"),
        (tenge(125_000) + 50, Language.kk, "125\u00a0000,50\u00a0₸"),
        (tenge(125_000) + 5, Language.en, "125,000.05\u00a0₸"),
        (-1, Language.ru, "−0,01\u00a0₸"),
        (0, Language.en, "0\u00a0₸"),
    ],
)
def test_sum_reads_as_people_write_it(tiyn: int, language: Language, expected: str) -> None:
    """A sum is grouped by thousands in the manner of the language."""
    assert shown(tiyn, language) == expected
