"""Facets of the catalogue, as clients see them."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from documents.base import Row
from domain.categories import CharacteristicType
from execution.fields import computed, stored, value
from resolvers import listings as acts
from resolvers.context import Context
from schema.characteristics import unit_text

Plain = Mapping[str, Any]


@value(description="One of the answers that listings give, and how many of them give it.")
class ListingFacetOption:
    """`value` goes into the filter."""

    value: str = stored(description="A code; of yes and no `true` and `false`.")
    name: str = stored(description="In the language asked for.")
    count: int = stored(description="As many listings are found when the filter names this option only.")


@value(description="Between which values the numbers of listings lie.")
class ListingFacetRange:
    """In the unit of the facet."""

    minimum: float = stored()
    maximum: float = stored()
    count: int = stored("rows", description="Listings that have the number.")


@value(description="By what a question may be narrowed. Its own condition is left out of its counts.")
class ListingFacet:
    """CATEGORY, DIRECTION and REGION, and characteristics of the category asked for."""

    code: str = stored()
    name: str = stored(description="In the language asked for.")
    type: CharacteristicType | None = stored(description="Of a characteristic.")
    unit: str | None = computed(unit_text, description="As a person reads it.")
    options: list[ListingFacetOption] = stored()
    range: ListingFacetRange | None = stored(description="Of a number that any listing has.")
    exact: bool = stored(
        description="Every listing was counted just now. Else the counts are of `countedAt`; without an "
        "instant there are at least so many: more than 20,000 listings were to be looked at."
    )
    counted_at: datetime | None = stored(description="When kept counts were made.")


async def facets(
    context: Context, records: Sequence[Plain], *, codes: list[str] | None = None
) -> list[list[Row] | None]:
    """The facets of each question; None for what a supplier has published."""
    return await gather(*(_facets(context, record, codes) for record in records))


async def _facets(context: Context, record: Plain, codes: list[str] | None) -> list[Row] | None:
    wanted = record.get("wanted")
    return None if wanted is None else await acts.facets(context, wanted, codes)
