"""Listings side by side, as clients see them."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from documents.base import Row
from domain.categories import Category, CharacteristicType
from domain.search.comparison import Compared
from domain.texts import Language
from execution.fields import computed, stored, value
from resolvers import listings as acts
from resolvers.context import Context
from schema.characteristics import CharacteristicValue, told, unit_text
from schema.listings.types import Listing
from schema.nodes import local_id
from schema.roots import query

Plain = Mapping[str, Any]


@value(description="A characteristic of several listings.")
class ListingComparisonRow:
    """One value for each listing, in their order."""

    code: str = stored(description="Of the first listing that has it.")
    name: str = stored(description="In the language asked for.")
    type: CharacteristicType = stored()
    unit: str | None = computed(unit_text, description="As a person reads it.")
    values: list[CharacteristicValue | None] = stored(description="Null where a listing says nothing.")
    differs: bool = stored(description="Not all listings say the same.")


@value(description="Listings side by side.")
class ListingComparison:
    """What all of one category say, or what several categories have in common."""

    listings: list[Listing] = stored(description="In the order asked for.")
    rows: list[ListingComparisonRow] = stored(description="In the order of the definition.")


async def listing_comparison(context: Context, *, ids: list[strawberry.ID]) -> Row:
    """Two to six published listings side by side."""
    wanted = [local_id(each, "listing", "ids") for each in ids]
    found = await acts.comparison(context, wanted)
    rows = [_row(one, found.definitions, context.language) for one in found.rows]
    return {"listings": found.listings, "rows": rows}


def _row(one: Compared, definitions: Sequence[Category], language: Language) -> Row:
    first = one.item
    values = [
        None if item is None or value is None else told(definition, item.code, value, language)
        for definition, item, value in zip(definitions, one.items, one.values, strict=True)
    ]
    return {
        "code": first.code,
        "name": getattr(first.names, language),
        "type": first.type,
        "unit": first.unit,
        "values": values,
        "differs": one.differs,
    }


@strawberry.type
class ComparisonQueries:
    """Choosing between listings."""

    listing_comparison: ListingComparison = query(listing_comparison, cost=20, shared=True)
