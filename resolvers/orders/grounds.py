"""What an order stands on, read at one instant and judged by the rules of D1: twice for every order."""

from dataclasses import dataclass
from datetime import date

from auth.policy import require_visible
from documents import listings, suppliers
from documents.base import Id, Row
from documents.measures import store as measures
from documents.orders import queries
from documents.reference import reference_value
from domain.categories import Direction
from domain.errors import NotFound, Refused
from domain.orders.rules import Quota, Wish, check, local_day, period_start
from resolvers.categories import without_hidden
from resolvers.context import Context
from resolvers.measures import choice_of
from resolvers.suppliers import require_trading

YEAR = 12


@dataclass(frozen=True, slots=True)
class Grounds:
    """The records an order is made of; `guaranteed` is the reference row of the sum for one unit."""

    measure: Row
    listing: Row
    supplier: Row
    guaranteed: Row
    limited: bool
    """Whether a quota applies, so that two orders at once have to wait for each other."""


async def own_measure(ctx: Context, act: str, measure: Id) -> Row:
    """The measure, if it is the participant's acted as; NotFound otherwise."""
    found = await measures.get(measure)
    return dict(require_visible(ctx.viewer, act, found, "input", "measureId"))


async def gathered(ctx: Context, act: str, measure: Id, listing: Id, quantity: int) -> Grounds:
    """Read everything and judge it; Refused or InvalidInput by the rules of `domain.orders.rules`."""
    wanted = await own_measure(ctx, act, measure)
    chosen = await listings.get_listing(listing)
    if chosen is None:
        raise Refused("LISTING_NOT_PUBLISHED", ("input", "listingId"))
    chosen = await without_hidden(ctx, chosen)
    supplier = await suppliers.get(chosen["supplier"])
    if supplier is None:  # pragma: no cover - suppliers are never deleted
        raise NotFound(("input", "listingId"))
    await require_trading(ctx, supplier, "input", "listingId")
    wish, guaranteed = await _wish(ctx, wanted, chosen, supplier, quantity)
    check(wish)
    if guaranteed is None:  # pragma: no cover - the rules refuse that before
        raise Refused("GUARANTEED_SUM_UNKNOWN", ("input", "measureId"))
    limited = wish.year_quota is not None or wish.period_quota is not None
    return Grounds(wanted, chosen, supplier, guaranteed, limited)


async def _wish(
    ctx: Context, measure: Row, listing: Row, supplier: Row, quantity: int
) -> tuple[Wish, Row | None]:
    day = local_day(ctx.now)
    programme = await reference_value("who_may_order", str(measure["programme"]), day)
    guaranteed = await reference_value("guaranteed_sum", listing["category"], day)
    wish = Wish(
        now=ctx.now,
        quantity=quantity,
        price=listing["price"],
        choice=choice_of(measure),
        measure_category=measure["category"],
        measure_region=measure["region"],
        measure_quantity=measure["quantity"],
        programme_may_order=programme is not None and programme["value"] is True,
        assistant_basis=measure["assistant_basis"],
        direction=Direction(listing["direction"]),
        category=listing["category"],
        regions=listing["regions"],
        supplier_directions=supplier["directions"],
        supplier_registered=supplier["registered_at"] is not None,
        guaranteed_sum=guaranteed["value"] if guaranteed else None,
        year_quota=await _year_quota(ctx, measure, listing["category"], day),
        period_quota=await _period_quota(ctx, measure, listing["category"], day),
    )
    return wish, guaranteed


async def _year_quota(ctx: Context, measure: Row, category: str, day: date) -> Quota | None:
    rule = await reference_value("annual_quota", category, day)
    return await _quota(ctx, measure, category, int(rule["value"]), YEAR) if rule else None


async def _period_quota(ctx: Context, measure: Row, category: str, day: date) -> Quota | None:
    """The value of a period's quota is {quantity, months}: so many units in so many calendar months."""
    rule = await reference_value("period_quota", category, day)
    if rule is None:
        return None
    return await _quota(ctx, measure, category, int(rule["value"]["quantity"]), int(rule["value"]["months"]))


async def _quota(ctx: Context, measure: Row, category: str, allowed: int, months: int) -> Quota:
    since = period_start(ctx.now, months)
    return Quota(allowed, await queries.ordered_units(measure["participant"], category, since))
