"""What would keep a draft from being published now, found out without publishing; and what can be done."""

from collections.abc import Mapping, Sequence

from auth.policy import require_visible
from documents import listings
from documents.base import Row
from domain.errors import DomainError, InvalidInput, Issue
from domain.listings import WAITING, CardAction, ListingStatus, ReviewStatus, refusals
from resolvers.categories.following import up_to_date
from resolvers.context import Context
from resolvers.listings.content import card_of, checked_content, definition_of
from resolvers.listings.drafting import entitled


async def obstacles(ctx: Context, draft: Row) -> list[Issue]:
    """Everything that would refuse publishing the draft now; nothing when it can be published."""
    require_visible(ctx.viewer, "ListingDraft.read", draft)
    definition = await definition_of(draft)
    found: list[Issue] = []
    try:
        read = await up_to_date(ctx, draft)
        definition = await definition_of(read)
        await checked_content(ctx, definition, await card_of(definition, read), complete=True)
    except InvalidInput as refused:
        found.extend(refused.issues)
    try:
        await entitled(ctx, definition)
    except DomainError as refused:
        found.append(Issue(refused.code, (), refused.params))
    if await _review_status(draft) in WAITING:
        found.append(Issue("ALREADY_IN_REVIEW"))
    return found


async def allowed_actions(ctx: Context, drafts: Sequence[Row]) -> list[Mapping[CardAction, str | None]]:
    """What a supplier can do with each draft, with the code of the refusal where it can't."""
    reviews = await listings.reviews_by_ids({row["review"] for row in drafts if row.get("review")})
    found = []
    for row in drafts:
        require_visible(ctx.viewer, "ListingDraft.read", row)
        review = reviews.get(row["review"]) if row.get("review") else None
        status = ReviewStatus(review["status"]) if review else None
        found.append(refusals(ListingStatus(row["status"]), status))
    return found


async def _review_status(draft: Row) -> str | None:
    review = await listings.get_review(draft["review"]) if draft.get("review") else None
    return review["status"] if review else None
