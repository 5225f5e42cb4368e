"""What a listing has on which day, and how its category is taken by dates."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from documents.base import Row
from domain.capacity import SHOWN, day_of
from domain.categories import CapacityUnit
from execution.fields import stored, value
from resolvers import capacity as acts
from resolvers.context import Context

Plain = Mapping[str, Any]
strawberry.enum(CapacityUnit, name="CapacityUnit", description="What is counted on each day.")

ASKED = ("kind", "_id", "category", "definition_version")
"""What is read of a listing to tell its days."""
SAID = f"""From one day to another, both included, at most {SHOWN}; today and a month without them.
Days without an entry are not offered; null for a category that is not taken by dates."""


@value(description="What a listing has on one day; of a stay the night that begins on it.")
class DayAvailability:
    """Counted in the category's unit."""

    day: str = stored(description="ISO date of Astana.")
    places: int = stored(description="Offered.")
    free: int = stored(description="Not taken by orders yet.")


@value(description="How listings of a category are taken by dates.")
class CategoryCapacity:
    """Orders of such listings name days."""

    unit: CapacityUnit = stored()
    length: str | None = stored(description="Code of the characteristic with the nights of one stay.")
    a_day: str | None = stored(description="Code of the characteristic with the most for one person a day.")


@value(description="The days of an order: of a stay from arrival to departure, else first and last day.")
class OrderDays:
    """ISO dates of Astana."""

    unit: CapacityUnit = stored()
    since: str = stored(name="from")
    until: str = stored(name="to")


async def availability(
    context: Context, records: Sequence[Plain], *, from_: str | None = None, to: str | None = None
) -> list[list[Row] | None]:
    """The days of many listings."""
    since = day_of(from_, "from") if from_ is not None else None
    until = day_of(to, "to") if to is not None else None
    found = await acts.availability(context, [dict(record) for record in records], since, until)
    return [None if days is None else [_shown(*one) for one in days.items()] for days in found]


def _shown(day: Any, found: Any) -> Row:
    return {"day": str(day), "places": found.places, "free": found.free}


async def capacity_versions(context: Context, records: Sequence[Plain]) -> list[int]:
    """How often the days of many drafts were changed."""
    return await acts.versions(context, [dict(record) for record in records])


def capacity_of(record: Plain) -> Plain | None:
    """How a category's listings are taken by dates."""
    found: Plain | None = record["definition"].get("capacity")
    return found


def order_days(record: Plain) -> Row | None:
    """The days of an order or application."""
    found = record.get("dates")
    if found is None:
        return None
    return {"unit": found["unit"], **{end: str(found[end].date()) for end in ("since", "until")}}
