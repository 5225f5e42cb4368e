"""Listings as they are read: the catalogue for everybody, drafts for their supplier."""

from collections.abc import Awaitable, Collection, Sequence
from typing import Any

from auth.policy import require, require_visible
from auth.visibility import sees, visible
from documents import categories, listings
from documents.base import Id, Row
from documents.cursors import Page, Window
from documents.listings import CatalogueSort
from domain.categories import Category
from domain.errors import invalid
from domain.search import CatalogueFilter, check_conditions
from resolvers.context import Context
from resolvers.reference import knowing_one

OWN, PUBLISHED = "ListingDraft.read", "Listing.read"
COUNTED = 1_000
"""Totals are exact up to here; beyond, a number serves nobody and costs the same again."""


async def catalogue(
    ctx: Context,
    wanted: CatalogueFilter,
    sort: CatalogueSort,
    asked: Window,
    keys: Collection[str] | None = None,
    *,
    cursors: bool = True,
) -> Page:
    """One page of the published listings that the viewer may see; InvalidInput for what can't be asked.

    With `keys` the rows have these and what the page needs itself, `cursors` if so.
    """
    if wanted.category is not None:
        check_conditions(await definition_now(ctx, wanted.category), wanted)
    shown = _shown(ctx, keys, cursors=cursors)
    return await listings.catalogue_page(wanted, sort, asked, **shown)


def _shown(ctx: Context, keys: Collection[str] | None, *, cursors: bool) -> Row:
    """What is read of published listings, and which of them the viewer may see."""
    projection = None if keys is None else dict.fromkeys(keys, 1)
    return {"projection": projection, "cursors": cursors, "where": visible(ctx.viewer, PUBLISHED)}


async def definition_now(ctx: Context, category: str) -> Category:
    """The newest definition of the category that a question is about; InvalidInput `UNKNOWN_CATEGORY`."""
    row = await ctx.loaders.category(category)
    if row is None:
        raise invalid("UNKNOWN_CATEGORY", "filter", "category")
    key = row["code"], row["version"]
    known = categories.remembered([key]) or await categories.by_versions([key])
    return await knowing_one(ctx, known[key])


async def total(ctx: Context, wanted: CatalogueFilter) -> int:
    """How many published listings that the viewer may see answer the question, counted up to `COUNTED`."""
    return await listings.count(wanted, COUNTED, visible(ctx.viewer, PUBLISHED))


async def total_of_supplier(ctx: Context, supplier: Id) -> int:
    """How many listings a supplier has published, counted up to `COUNTED`."""
    return await listings.count_of_supplier(supplier, COUNTED, visible(ctx.viewer, PUBLISHED))


async def drafts(ctx: Context, first: int, after: str | None) -> Page:
    """The working copies that the viewer may see, the newest first; AccessDenied for all but suppliers."""
    require(ctx.viewer, OWN)
    return await listings.listed_drafts(visible(ctx.viewer, OWN), first=first, after=after)


async def of_suppliers(
    ctx: Context,
    suppliers: Sequence[Id],
    first: int,
    after: str | None,
    keys: Collection[str] | None = None,
    *,
    cursors: bool = True,
) -> list[Page]:
    """The published listings of each supplier, the newest first; with `keys` as in `catalogue`."""
    asked: dict[str, Any] = {"first": first, "after": after, **_shown(ctx, keys, cursors=cursors)}
    if len(suppliers) == 1:
        return [await listings.listings_of_supplier(suppliers[0], **asked)]
    return await listings.listings_of_suppliers(suppliers, **asked)


async def published(ctx: Context, wanted: Sequence[Id]) -> list[Row | None]:
    """What the catalogue shows under each identifier, if anything."""
    found = await listings.listings_by_ids(wanted)
    shown = [found.get(listing) for listing in wanted]
    return [row if sees(ctx.viewer, PUBLISHED, row) else None for row in shown]


def people(ctx: Context, cards: Sequence[Row]) -> list[list[Row]] | Awaitable[list[list[Row]]]:
    """The people on cards that the viewer may see; a name is shown to whoever signed in as somebody."""
    named = [card.get("people") or () for card in cards]
    if ctx.viewer.subject is not None and any(named):
        return listings.opened(cards)
    return [[{**one, "name": None} for one in people] for people in named]


async def draft(ctx: Context, listing: Id) -> Row:
    """A supplier's own draft; NotFound for anybody else."""
    return dict(require_visible(ctx.viewer, OWN, await listings.get_draft(listing), "id"))
