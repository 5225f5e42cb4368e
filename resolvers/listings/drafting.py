"""Drafts: made and edited under an expected version."""

from collections.abc import Mapping
from dataclasses import asdict

from auth.policy import require, require_visible
from documents import categories, listings, suppliers
from documents.base import Id, Row, new_id
from domain.categories import Category
from domain.errors import NotFound, Refused, VersionConflict, invalid
from domain.listings import ListingAct
from resolvers.acts import once
from resolvers.context import Context
from resolvers.listings.attachments import use_files
from resolvers.listings.content import CardInput, checked_content, newest_definition, sealed_content
from resolvers.listings.differences import lost
from resolvers.reviewing import take_back
from resolvers.suppliers import require_trading


async def create(ctx: Context, category: str, card: CardInput, key: str) -> Row:
    """A new draft in a category whose direction is open to the supplier; version 1."""
    found = await categories.current(category)
    if found is None:
        raise invalid("UNKNOWN_CATEGORY", "input", "category")
    definition = categories.definition(found)
    content = await checked_content(ctx, definition, card)

    async def work() -> Row:
        supplier, identifier = await entitled(ctx, definition), new_id()
        await use_files(ctx, content)
        draft = listings.ListingDraft(
            _id=identifier,
            supplier=supplier["_id"],
            direction=definition.direction,
            category=definition.code,
            definition_version=definition.version,
            created_at=ctx.now,
            updated_at=ctx.now,
            **await sealed_content(identifier, content),
        )
        return await listings.create_draft(draft, mark(ctx, ListingAct.created))

    return await once(ctx, "listingCreate", key, {"category": category, "card": asdict(card)}, work)


async def edit(ctx: Context, listing: Id, expected: int, card: CardInput, key: str) -> Row:
    """Replace a draft's content if it still has the version the client saw; the published card stays."""
    draft = await own_draft(ctx, "Mutation.listingEdit", listing)
    definition = await newest_definition(draft)
    content = await sealed_content(listing, await checked_content(ctx, definition, card), draft)
    content |= {"updated_at": ctx.now, "definition_version": definition.version}

    async def work() -> Row:
        await use_files(ctx, content)
        return await store(ctx, listing, expected, content, ListingAct.edited)

    request = {"listing": str(listing), "expectedVersion": expected, "card": asdict(card)}
    return await once(ctx, "listingEdit", key, request, work)


async def own_draft(ctx: Context, act: str, listing: Id) -> Row:
    """The draft if the act is allowed on it; NotFound else."""
    require(ctx.viewer, act)
    return dict(require_visible(ctx.viewer, act, await listings.get_draft(listing), "input", "listingId"))


async def entitled(ctx: Context, definition: Category, owner: Id | None = None) -> Row:
    """The supplier (the viewer unless named), if the category's direction is open to it (Order 73, p. 13)."""
    subject = owner or ctx.viewer.subject
    supplier = await suppliers.get(subject) if subject else None
    if supplier is None:
        raise NotFound(("viewer",))
    if definition.direction not in supplier["directions"]:
        raise Refused("DIRECTION_NOT_OPEN", ("input", "category"), direction=str(definition.direction))
    await require_trading(ctx, supplier, "viewer")
    return supplier


async def standing(listing: Id, expected: int) -> Row:
    """The draft in the version the client saw; NotFound, or EditConflict with what was done since."""
    draft = await listings.get_draft(listing)
    if draft is None:
        raise NotFound(("input", "listingId"))
    if draft["version"] != expected:
        raise await lost(draft, expected)
    return draft


async def store(
    ctx: Context, listing: Id, expected: int, changes: Mapping[str, object], act: ListingAct
) -> Row:
    """The draft after a compare-and-set on its version, which is kept; raises as `standing` when lost."""
    saved = await listings.save_draft(listing, expected, changes, mark(ctx, act))
    if saved is None:
        await standing(listing, expected)
        raise VersionConflict(expected, expected + 1, ("input", "expectedVersion"))
    if saved["review"] is not None:
        await take_back(ctx, saved, act)
    return saved


def mark(ctx: Context, act: ListingAct) -> listings.Mark:
    """The viewer, doing this now."""
    return listings.Mark(act, ctx.viewer.key, ctx.now)
