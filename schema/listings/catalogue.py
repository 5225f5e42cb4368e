"""The catalogue «Помощь для вас»: filters, orders, and its root field."""

import strawberry

from documents.base import Row
from documents.cursors import window
from documents.listings import CatalogueSort
from domain.categories import Direction
from domain.search import CatalogueFilter, Range, query_tokens
from execution.wanted import Wanted
from resolvers import listings as acts
from resolvers.context import Context
from schema.connections import connection, wants_cursors
from schema.listings.types import ListingConnection
from schema.roots import query

strawberry.enum(CatalogueSort, name="ListingSort", description="Orders of the catalogue.")


@strawberry.input(description="A number of the characteristic, in its unit, between two bounds.")
class CharacteristicRange:
    """Both bounds are inclusive; a missing one leaves the side open."""

    code: str
    minimum: float | None = None
    maximum: float | None = None


@strawberry.input(description="One of the choices of the characteristic.")
class CharacteristicOption:
    """Of several options of one characteristic any must hold, options of different ones all."""

    code: str
    choice: str


@strawberry.input(description="Yes or no of the characteristic.")
class CharacteristicFlag:
    """For characteristics of the type BOOLEAN."""

    code: str
    value: bool


@strawberry.input(description="Every condition given must hold.")
class ListingFilter:
    """Conditions on characteristics need a category: codes belong to one."""

    text: str | None = None
    category: str | None = None
    direction: Direction | None = None
    region: str | None = strawberry.field(
        default=None, description="КАТО code: whoever serves the place, what it lies in, or a part of it."
    )
    ranges: list[CharacteristicRange] | None = None
    choices: list[CharacteristicOption] | None = None
    flags: list[CharacteristicFlag] | None = None

    def wanted(self) -> CatalogueFilter:
        """The filter as the catalogue takes it."""
        return CatalogueFilter(
            category=self.category,
            direction=self.direction.value if self.direction else None,
            region=self.region,
            ranges=tuple(Range(item.code, item.minimum, item.maximum) for item in self.ranges or ()),
            choices=tuple((item.code, item.choice) for item in self.choices or ()),
            booleans=tuple((item.code, item.value) for item in self.flags or ()),
            words=tuple(query_tokens(self.text, ("filter", "text"))) if self.text else (),
        )


async def listings(
    context: Context,
    wanted_keys: Wanted,
    *,
    first: int = 24,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    filter: ListingFilter | None = None,  # noqa: A002 - the name clients rely on
    sort: CatalogueSort = CatalogueSort.newest,
) -> Row:
    """A page of the catalogue."""
    asked = window(first, after, last, before)
    wanted = await acts.understood(filter.wanted()) if filter else CatalogueFilter()
    keys, cursors = wanted_keys.of("listing"), wants_cursors(wanted_keys)
    page = await acts.catalogue(context, wanted, sort, asked, keys, cursors=cursors)
    return connection(page, after, wanted=wanted)


@strawberry.type
class ListingQueries:
    """The catalogue."""

    listings: ListingConnection = query(
        listings,
        cost=10,
        shared=True,
        description="The catalogue «Помощь для вас»; `last` counts back from `before` and replaces `first`.",
    )
