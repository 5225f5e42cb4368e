"""How a word that is being typed goes on."""

import strawberry

from resolvers import listings as acts
from resolvers.context import Context
from schema.roots import query


async def listing_suggestions(context: Context, *, text: str, first: int = 10) -> list[str]:
    """What a text that is still being typed may become, in Kazakh and Russian: for `ListingFilter.text`."""
    return await acts.suggestions(context, text, first)


@strawberry.type
class SuggestionQueries:
    """What the catalogue has words for."""

    listing_suggestions: list[str] = query(listing_suggestions, cost=5, shared=True)
