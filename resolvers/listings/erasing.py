"""Erasing a person's name from a card, wherever it was copied to, by destroying the person's own key (J1)."""

from auth.policy import require, require_visible
from documents import data_keys, listings
from documents.audit import intend
from documents.base import Id, Row
from documents.encryption import vault
from domain.errors import NotFound
from domain.reasons import checked_reason
from resolvers.acts import once
from resolvers.context import Context

ERASE = "Mutation.listingPersonErase"
_PATH = ("input", "personId")


async def erase_person(ctx: Context, listing: Id, person: str, reason: str, key: str) -> Row:
    """Make a name unreadable in the draft, the published card and every version; the draft comes back.

    The same name under another identifier goes along: who asked is not to be brought back by an old version.
    NotFound for somebody who was on no version of the card. Role and qualification stay: they lead to nobody.
    """
    require(ctx.viewer, ERASE)
    require_visible(ctx.viewer, ERASE, await listings.get_draft(listing), "input", "listingId")
    said = checked_reason(reason, "input", "reason")
    if not Id.is_valid(person):
        raise NotFound(_PATH)
    whom = Id(person)

    async def work() -> Row:
        same = await listings.namesakes(listing, whom)
        if whom not in same:
            raise NotFound(_PATH)
        await data_keys.destroy(same, ctx.now)
        subject = ("listing_draft", listing)
        await intend("Listing.erasePerson", by=ctx.viewer.actor, at=ctx.now, subject=subject, reason=said)
        draft = await listings.get_draft(listing)
        return dict(require_visible(ctx.viewer, ERASE, draft, "input", "listingId"))

    request = {"listing": str(listing), "person": person, "reason": said}
    done = await once(ctx, "listingPersonErase", key, request, work)
    vault().forget()
    return done
