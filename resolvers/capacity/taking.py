"""What orders take of the days of a listing: with the order, in its transaction, and back with its end."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from documents import capacity
from documents.audit import intend
from documents.base import Id, Row, in_transaction
from documents.capacity import CapacityTaking, shares_of
from documents.orders import store
from documents.reference import reference_value
from domain.audit import system_actor
from domain.capacity import Dates, Hold, Terms, check_dates, check_left, planned
from domain.categories import Capacity
from domain.errors import Refused, invalid
from domain.orders.papers import Days
from resolvers.capacity.reading import capacities, today
from resolvers.context import Context

log = logging.getLogger(__name__)

CLOCK = system_actor("capacity_clock")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants of a listing: so many units, and on which days where it is taken by dates."""

    listing: Row
    person: Id
    quantity: int
    dates: Dates | None


async def check_wanted(ctx: Context, wanted: Wanted) -> Days | None:
    """The days as an application states them, if everything could be taken now; None for no days.

    InvalidInput DAYS_REQUIRED, DAYS_NOT_TAKEN or a code of `domain.capacity.check_dates`; Refused with one
    of `domain.capacity.planned`. Nothing is taken.
    """
    found = await _dated(wanted)
    if found is None:
        return None
    rule, dates = found
    await _plan(ctx, rule, wanted, dates)
    return Days(rule.unit, dates.since, dates.until)


async def take_for_order(ctx: Context, wanted: Wanted, order: Id) -> None:
    """Take the days of an order that is being placed, inside the transaction under way; refused as above."""
    found = await _dated(wanted)
    if found is None:
        return
    rule, dates = found
    await store.take_turn(wanted.person)  # two orders of a person at once pass no limit together
    amounts = await _plan(ctx, rule, wanted, dates)
    taking = CapacityTaking(
        _id=order,
        listing=wanted.listing["_id"],
        person=wanted.person,
        category=wanted.listing["category"],
        days=shares_of(amounts),
        taken_at=ctx.now,
        expires_at=await _held_until(ctx),
    )
    if not await capacity.take(taking):  # pragma: no cover - what was planned on is read in this transaction
        raise Refused("CAPACITY_EXHAUSTED", ("input", "from"), day=str(min(amounts)), left=0)


async def confirm_for_order(ctx: Context, order: Id) -> None:
    """Keep an order's days for good; Refused CAPACITY_EXHAUSTED where they expired and are gone."""
    row = await capacity.taking_of(order)
    if row is not None and row["state"] == Hold.expired:
        amounts = capacity.amounts_of(row)
        listing = row["listing"]
        check_left(amounts, (await capacity.days_of([listing], min(amounts), max(amounts)))[listing])
    if not await capacity.confirm(order):  # pragma: no cover - what was looked at is read in this transaction
        raise Refused("CAPACITY_EXHAUSTED", ("input", "orderId"), day=str(today(ctx)), left=0)


async def release_for_order(ctx: Context, order: Id) -> None:
    """Give the days of an order back, inside the transaction under way; repeatable."""
    await capacity.release(order, ctx.now)


async def expire_holds(ctx: Context, limit: int = 100) -> int:
    """Give back what suppliers did not confirm in time, each in its own transaction; how many were."""
    orders = await capacity.overdue(ctx.now, limit)
    return sum([await _has_expired(ctx, order) for order in orders])


async def _has_expired(ctx: Context, order: Id) -> bool:
    try:
        return await in_transaction(partial(_expire, ctx, order))
    except LookupError:
        log.exception("the days of order %s are not given back", order)
        return False


async def _expire(ctx: Context, order: Id) -> bool:
    if not await capacity.expire(order, ctx.now):
        return False
    await intend("Clock.expire", by=CLOCK, at=ctx.now, subject=("order", order))
    return True


async def _dated(wanted: Wanted) -> tuple[Capacity, Dates] | None:
    """How the listing is taken by dates, and by which; None where it is not, and no dates are named."""
    rule = (await capacities([wanted.listing]))[0]
    if rule is None and wanted.dates is not None:
        raise invalid("DAYS_NOT_TAKEN", "input", "from")
    if rule is not None and wanted.dates is None:
        raise invalid("DAYS_REQUIRED", "input", "from")
    return (rule, wanted.dates) if rule and wanted.dates else None


async def _plan(ctx: Context, rule: Capacity, wanted: Wanted, dates: Dates) -> dict[date, int]:
    check_dates(rule.unit, dates, today(ctx))
    terms = await _terms(ctx, rule, wanted, dates)
    listing = wanted.listing["_id"]
    offered = (await capacity.days_of([listing], dates.since, dates.until))[listing]
    return planned(terms, dates, wanted.quantity, offered)


async def _terms(ctx: Context, rule: Capacity, wanted: Wanted, dates: Dates) -> Terms:
    """The definition's rules with the listing's answers; a limit of law is the person's, not the order's."""
    answers = {one["code"]: one["value"] for one in wanted.listing["characteristics"]}
    category = wanted.listing["category"]
    limit = await reference_value("day_limit", category, today(ctx))
    others: dict[date, int] = {}
    if limit is not None:
        others = await capacity.taken_by(wanted.person, category, dates.since, dates.until)
    return Terms(
        unit=rule.unit,
        stay=answers[rule.length] if rule.length else None,
        a_day=answers[rule.a_day] if rule.a_day else None,
        limit=int(limit["value"]) if limit else None,
        others=others,
    )


async def _held_until(ctx: Context) -> datetime | None:
    rule = await reference_value("capacity_hold", "hours", today(ctx))
    return ctx.now + timedelta(hours=int(rule["value"])) if rule else None
