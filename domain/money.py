"""Money of the portal: whole tiyn (1 tenge = 100 tiyn), never a fraction, never a float."""

from dataclasses import dataclass
from functools import lru_cache

from domain.texts import Language

TIYN_IN_TENGE = 100

MAX_PRICE = 10**12
"""Ten thousand million tenge for one unit: no price is higher, and a sum of many stays within int64."""

MAX_QUANTITY = 100_000
"""Units in one order; with MAX_PRICE the total is at most 10¹⁷ tiyn, inside int64."""

_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Split:
    """Who pays what for an order, all in tiyn: `total` = `reimbursed` + `copayment`."""

    total: int
    reimbursed: int
    copayment: int


def split(price: int, guaranteed_sum: int, quantity: int) -> Split:
    """Splits the cost of `quantity` units between the state and the participant.

    In: price and guaranteed sum of one unit in tiyn. The state reimburses the supplier the guaranteed sum,
    or the price if it is lower; the rest is the participant's (Order 73, p. 8; that the lower price is what
    is reimbursed is our assumption). ValueError when a number is out of its limits.
    """
    sums_fit = 1 <= price <= MAX_PRICE and 0 <= guaranteed_sum <= MAX_PRICE
    if not sums_fit or not 1 <= quantity <= MAX_QUANTITY:
        raise ValueError(f"price {price}, guaranteed sum {guaranteed_sum}, quantity {quantity}")
    reimbursed = min(price, guaranteed_sum) * quantity
    total = price * quantity
    return Split(total=total, reimbursed=reimbursed, copayment=total - reimbursed)


def tenge(amount: int) -> int:
    """Whole tenge as tiyn."""
    return amount * TIYN_IN_TENGE


@lru_cache(maxsize=4_096)
def shown(tiyn: int, language: Language) -> str:
    """The sum as a person reads it: `125 000,50 ₸` (kk, ru), `125,000.50 ₸` (en); no tiyn, no digits."""
    whole, rest = divmod(abs(tiyn), TIYN_IN_TENGE)
    point, group = (".", ",") if language is Language.en else (",", _NO_BREAK)
    digits = f"{whole:,}".replace(",", group) + (f"{point}{rest:02}" if rest else "")
    return f"{'−' if tiyn < 0 else ''}{digits}{_NO_BREAK}₸"
