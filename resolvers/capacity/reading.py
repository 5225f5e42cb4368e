"""What listings offer by day, for whoever may see the listing."""

from collections.abc import Sequence
from datetime import date, timedelta

from auth.visibility import may_know
from documents import capacity, categories
from documents.base import Row
from domain.capacity import SHOWN, Day
from domain.categories import Capacity
from domain.errors import invalid
from domain.time import ASTANA
from resolvers.context import Context

Days = dict[date, Day]
_MONTH = timedelta(days=30)


async def availability(
    ctx: Context, listings: Sequence[Row], since: date | None, until: date | None
) -> list[Days | None]:
    """The days of listings or drafts from one to another, both included; today and a month without them.

    None for a category that keeps no days, and for a listing that the viewer may not see. InvalidInput
    `DAYS_REVERSED` or `DAYS_TOO_MANY` beyond `SHOWN`.
    """
    first, last = _asked(ctx, since, until)
    kept = await capacities(listings)
    shown = [
        row["_id"] for row, rule in zip(listings, kept, strict=True) if rule and may_know(ctx.viewer, row)
    ]
    found = await capacity.days_of(shown, first, last) if shown else {}
    return [found.get(row["_id"]) for row in listings]


def _asked(ctx: Context, since: date | None, until: date | None) -> tuple[date, date]:
    first = since or today(ctx)
    last = until or min(first, date.max - _MONTH) + _MONTH
    if last < first:
        raise invalid("DAYS_REVERSED", "to")
    if (last - first).days >= SHOWN:
        raise invalid("DAYS_TOO_MANY", "to", maximum=SHOWN)
    return first, last


async def versions(ctx: Context, listings: Sequence[Row]) -> list[int]:
    """How often the days of each listing were changed."""
    shown = [row["_id"] for row in listings if may_know(ctx.viewer, row)]
    found = await capacity.versions(shown)
    return [found.get(row["_id"], 0) for row in listings]


async def capacities(listings: Sequence[Row]) -> list[Capacity | None]:
    """How each listing is taken by dates, under the definition that it was written for."""
    keys = [(row["category"], row["definition_version"]) for row in listings]
    known = categories.remembered(keys) or await categories.by_versions(keys)
    found = (known.get(key) for key in keys)
    return [definition.capacity if definition else None for definition in found]


def today(ctx: Context) -> date:
    """The day by the clock of Astana."""
    return ctx.now.astimezone(ASTANA).date()
