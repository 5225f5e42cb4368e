"""The history of a draft: its versions, what differs between two of them, and an old one made the new one."""

from auth.policy import require_visible
from documents import listings
from documents.base import Id, Row
from documents.cursors import Page
from domain.errors import NotFound
from domain.listings import Difference, ListingAct
from resolvers.acts import once
from resolvers.categories.following import as_read
from resolvers.context import Context
from resolvers.listings.attachments import use_files
from resolvers.listings.content import card_of, checked_content, newest_definition
from resolvers.listings.differences import difference
from resolvers.listings.drafting import own_draft, store

RESTORE = "Mutation.listingRestore"


async def history(ctx: Context, draft: Row, first: int, after: str | None) -> Page:
    """A draft's versions, the newest first; NotFound for whoever may not see the draft."""
    require_visible(ctx.viewer, "ListingDraft.read", draft, "id")
    return await listings.history(draft["_id"], first=first, after=after)


async def changes(ctx: Context, draft: Row, before: int, after: int) -> Difference:
    """What changed from one version of a draft to another, forward or back; NotFound for one never kept."""
    require_visible(ctx.viewer, "ListingDraft.read", draft, "id")
    kept = await listings.kept_versions(draft["_id"], [before, after])
    for name, number in (("from", before), ("to", after)):
        if number not in kept:
            raise NotFound((name,))
    return await difference(kept[before], kept[after])


async def restore(ctx: Context, listing: Id, expected: int, version: int, key: str) -> Row:
    """Write the content of an old version as a new one, if the newest definition still takes it.

    InvalidInput at `version` with everything that it no longer takes. People who were erased since stay away.
    """
    draft = await own_draft(ctx, RESTORE, listing)
    old = (await listings.kept_versions(listing, [version])).get(version)
    if old is None:
        raise NotFound(("input", "version"))
    definition = await newest_definition(draft)
    [read] = await as_read(definition, [old])
    card = await card_of(definition, read)
    content = await checked_content(ctx, definition, card, place=("input", "version"))
    content |= {"definition_version": definition.version, "updated_at": ctx.now}

    async def work() -> Row:
        await use_files(ctx, content)
        people = await listings.moved(old, "listing_draft", listing)
        return await store(ctx, listing, expected, content | {"people": people}, ListingAct.restored)

    request = {"listing": str(listing), "expectedVersion": expected, "version": version}
    return await once(ctx, "listingRestore", key, request, work)
