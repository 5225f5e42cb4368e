"""Days that the demonstration's suppliers offer: as many as their cards say, week-ends off for some."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import Any

from documents import capacity
from documents.audit import intend
from documents.base import Id, in_transaction
from domain.capacity import Dates
from domain.categories import Capacity, CapacityUnit, Category
from resolvers.context import Services
from workers.seed.cards import SeedListing
from workers.seed.categories import load_categories
from workers.seed.load import SEEDING, listing_id

AHEAD = 45
"""Days from today on which something can be had."""

AT_ONCE = 20
"""Listings in one transaction."""

_SATURDAY = 5
_VISITS, _HOURS = 4, 8
"""What one worker does in a day."""


def rules() -> dict[str, Capacity]:
    """How the shipped categories are taken by dates."""
    return {one.code: one.capacity for one in load_categories() if one.capacity is not None}


async def offer_days(services: Services, listings: Sequence[SeedListing], today: date) -> None:
    """Offer the next weeks of every card that is taken by dates; repeatable."""
    known = rules()
    dated = (one for one in listings if one.category in known)
    while some := list(islice(dated, AT_ONCE)):
        offers = {listing_id(one.number): offered(known[one.category], one, today) for one in some}
        await in_transaction(partial(_offer, services, offers))


async def _offer(services: Services, offers: Mapping[Id, Mapping[date, int]]) -> None:
    for listing, days in offers.items():
        await capacity.offer(listing, days)
    await intend("Seed.capacity", by=SEEDING, at=services.clock(), details={"count": len(offers)})


def offered(rule: Capacity, listing: SeedListing, today: date) -> dict[date, int]:
    """Units by day."""
    answers = {one["code"]: one["value"] for one in listing.characteristics}
    days = (today + timedelta(days=number) for number in range(AHEAD))
    weekends = rule.unit is CapacityUnit.nights or answers.get("weekends", False)
    return {day: _units(rule, answers) for day in days if weekends or day.weekday() < _SATURDAY}


def _units(rule: Capacity, answers: Mapping[str, Any]) -> int:
    people = answers.get("people") or answers.get("interpreters") or answers.get("workers") or 1
    if rule.unit is CapacityUnit.hours:
        return int(people * answers.get("hours_day", _HOURS))
    if rule.unit is CapacityUnit.visits:
        return int(people * _VISITS)
    return int(answers.get("places", AT_ONCE))


def dates_from(definition: Category, listing: Mapping[str, Any], since: date) -> Dates | None:
    """The shortest days for which one unit of a listing can be ordered; None where orders name none."""
    rule = definition.capacity
    if rule is None:
        return None
    answers = {one["code"]: one["value"] for one in listing["characteristics"]}
    nights = answers[rule.length] if rule.length else int(rule.unit is CapacityUnit.nights)
    return Dates(since, since + timedelta(days=nights))
