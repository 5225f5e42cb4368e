"""What a supplier offers by day."""

from collections.abc import Sequence
from dataclasses import dataclass

from auth.policy import require, require_visible
from documents import capacity, listings
from documents.base import Id, Row
from domain.capacity import Offer, day_of, offered_days
from domain.errors import NotFound, Refused, VersionConflict
from resolvers.acts import once
from resolvers.capacity.reading import capacities, today
from resolvers.context import Context

ACT = "Mutation.capacitySet"


@dataclass(frozen=True, slots=True)
class Written:
    """An offer as a client writes it: days are read when it is known that the listing is the client's."""

    since: str
    until: str
    places: int


async def offer(ctx: Context, listing: Id, expected: int | None, days: Sequence[Written], key: str) -> Row:
    """Set what a listing offers on days; its draft comes back.

    InvalidInput by the rules of `domain.capacity`; Refused CAPACITY_NOT_KEPT, or CAPACITY_BELOW_TAKEN with
    the first day and how much of it is taken; VersionConflict where `expected` is given and was overtaken.
    """
    require(ctx.viewer, ACT)
    draft = require_visible(ctx.viewer, ACT, await listings.get_draft(listing), "input", "listingId")

    async def work() -> Row:
        # Here, because a repeated request is answered even when its days have passed, or the category's rule.
        if (await capacities([dict(draft)]))[0] is None:
            raise Refused("CAPACITY_NOT_KEPT", ("input", "listingId"))
        places = offered_days(_read(days), today(ctx))
        version = await capacity.next_version(listing)
        if expected is not None and version != expected + 1:
            raise VersionConflict(expected, version - 1, ("input", "expectedVersion"))
        below = await capacity.offer(listing, places)
        if below:
            day, taken = min(below.items())
            raise Refused("CAPACITY_BELOW_TAKEN", ("input", "days"), day=str(day), taken=taken)
        return await _draft(listing)

    request = {
        "listing": str(listing),
        "expectedVersion": expected,
        "days": [[one.since, one.until, one.places] for one in days],
    }
    return await once(ctx, "capacitySet", key, request, work)


def _read(days: Sequence[Written]) -> list[Offer]:
    return [
        Offer(
            day_of(one.since, "input", "days", place, "from"),
            day_of(one.until, "input", "days", place, "to"),
            one.places,
        )
        for place, one in enumerate(days)
    ]


async def _draft(listing: Id) -> Row:
    row = await listings.get_draft(listing)
    if row is None:  # pragma: no cover - drafts are never deleted
        raise NotFound(("input", "listingId"))
    return row
