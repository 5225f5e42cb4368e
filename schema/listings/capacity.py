"""What a supplier offers by day."""

import strawberry

from execution.fields import as_type
from resolvers import capacity as acts
from resolvers.context import Context
from schema.errors import answers
from schema.listings.types import ListingDraft
from schema.nodes import local_id
from schema.roots import given, mutation, payload


@strawberry.input(description="So many units on each day from the first to the last.")
class CapacityDays:
    """Of a stay, the nights that begin on these days."""

    since: str = strawberry.field(name="from", description="First day, ISO date of Astana.")
    until: str = strawberry.field(name="to", description="Last day; it is included.")
    places: int = strawberry.field(description="Nights, hours, visits or places; 0 offers nothing.")


@given
class CapacitySetInput:
    """Days that are not named stay as they are."""

    idempotency_key: str
    listing_id: strawberry.ID
    days: list[CapacityDays]
    expected_version: int | None = strawberry.field(
        default=None, description="The `capacityVersion` the client saw; without it nothing is compared."
    )


@payload
class CapacitySet:
    """The days are set; `draft.availability` shows them."""

    draft: ListingDraft


async def capacity_set(context: Context, *, input: CapacitySetInput) -> CapacitySet:  # noqa: A002
    """Set what a listing offers on days; never less than orders have taken."""
    listing = local_id(input.listing_id, "listing_draft", "input", "listingId")
    days = [acts.Written(one.since, one.until, one.places) for one in input.days]
    draft = await acts.offer(context, listing, input.expected_version, days, input.idempotency_key)
    return CapacitySet(draft=as_type(ListingDraft, draft))


@strawberry.type
class CapacityMutations:
    """What a supplier offers by day."""

    capacity_set: answers("CapacitySetResult", CapacitySet) = mutation(capacity_set)  # type: ignore[valid-type]
