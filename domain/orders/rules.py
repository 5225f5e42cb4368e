"""Who may order what: the checks of requirement D1, each with the code of its refusal."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.canonical import LARGEST
from domain.categories import Direction
from domain.errors import Refused, invalid
from domain.measures import Choice, check_orderable
from domain.money import MAX_QUANTITY
from domain.regions import serves
from domain.time import ASTANA


@dataclass(frozen=True, slots=True)
class Quota:
    """Units of a category within a term: how many are allowed, and how many are ordered already."""

    allowed: int
    used: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Everything an order is judged by, read at one instant.

    `programme_may_order` and `assistant_basis` answer p. 8, p. 10 and p. 2(4); `guaranteed_sum` is in tiyn
    for one unit, None when reference data has none for the category and day; `price` is the listing's;
    a measure without a quantity (p. 9 names none) is for one unit.
    """

    now: datetime
    quantity: int
    price: int
    choice: Choice
    measure_category: str | None
    measure_region: str | None
    measure_quantity: int | None
    programme_may_order: bool
    assistant_basis: bool
    direction: Direction
    category: str
    regions: Collection[str]
    supplier_directions: Collection[str]
    supplier_registered: bool
    guaranteed_sum: int | None
    year_quota: Quota | None = None
    period_quota: Quota | None = None


def check(wish: Wish) -> None:
    """Raise the first objection, in the order in which a person can do something about it.

    Refused with one of the codes below or of `domain.measures.check_orderable`; InvalidInput for a quantity
    that no order can have.
    """
    most = min(MAX_QUANTITY, LARGEST // wish.price)
    if not 1 <= wish.quantity <= most:
        raise invalid("QUANTITY_OUT_OF_RANGE", "input", "quantity", minimum=1, maximum=most)
    if not wish.programme_may_order:
        raise Refused("PROGRAMME_MAY_NOT_ORDER", ("input", "measureId"))
    check_orderable(wish.choice, wish.now)
    for refusal in (*_about_the_listing(wish), *_about_the_quantity(wish)):
        raise refusal


def _about_the_listing(wish: Wish) -> Iterator[Refused]:
    if wish.category != wish.measure_category:
        yield Refused("LISTING_OF_ANOTHER_CATEGORY", ("input", "listingId"))
    if wish.measure_region is None or not serves(wish.regions, wish.measure_region):
        yield Refused("LISTING_OF_ANOTHER_REGION", ("input", "listingId"))
    if not wish.supplier_registered or wish.direction not in wish.supplier_directions:
        yield Refused("SUPPLIER_NOT_ENTITLED", ("input", "listingId"))
    if wish.direction is Direction.assistant and not wish.assistant_basis:
        yield Refused("ASSISTANT_BASIS_MISSING", ("input", "measureId"))


def _about_the_quantity(wish: Wish) -> Iterator[Refused]:
    units = wish.measure_quantity or 1
    if wish.quantity > units:
        yield Refused("QUANTITY_OVER_MEASURE", ("input", "quantity"), maximum=units)
    for code, quota in (
        ("YEAR_QUOTA_EXCEEDED", wish.year_quota),
        ("PERIOD_QUOTA_EXCEEDED", wish.period_quota),
    ):
        if quota is not None and wish.quantity + quota.used > quota.allowed:
            yield Refused(code, ("input", "quantity"), remaining=max(0, quota.allowed - quota.used))
    if wish.guaranteed_sum is None:
        yield Refused("GUARANTEED_SUM_UNKNOWN", ("input", "measureId"))


def period_start(now: datetime, months: int) -> datetime:
    """The first instant of the calendar period of `months` that `now` lies in, by the clock of Astana.

    Periods begin with January: 3 gives quarters, 12 the year. ValueError unless months divide a year.
    """
    if months < 1 or 12 % months:
        raise ValueError(f"a year is not made of periods of {months} months")
    local = now.astimezone(ASTANA)
    return datetime(local.year, (local.month - 1) // months * months + 1, 1, tzinfo=ASTANA)


def local_day(now: datetime) -> date:
    """The day by the clock of Astana: the one a paper is dated with and reference data is read for."""
    return now.astimezone(ASTANA).date()
