"""What a supplier does with its cards."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

import strawberry

from documents.base import Id
from domain.errors import invalid
from domain.files import FilePurpose
from domain.money import MAX_PRICE, TIYN_IN_TENGE
from execution.fields import as_type
from resolvers import listings as acts
from resolvers.context import Context
from schema.errors import answers
from schema.listings.types import ListingDraft
from schema.nodes import local_id
from schema.roots import given, mutation, payload


@strawberry.input(description="A text in the portal's languages; publishing asks for Kazakh and Russian.")
class LocalisedTextInput:
    """Any language may be missing in a draft."""

    kk: str | None = None
    ru: str | None = None
    en: str | None = None


@strawberry.input(description="An answer to one characteristic: exactly one value, of the definition's type.")
class CharacteristicInput:
    """`unit` may be repeated for safety; a wrong one is refused."""

    code: str
    text: str | None = None
    localised: LocalisedTextInput | None = None
    number: Decimal | None = None
    boolean: bool | None = None
    date: str | None = None
    choice: str | None = None
    choices: list[str] | None = None
    texts: list[str] | None = None
    numbers: list[Decimal] | None = None
    dates: list[str] | None = None
    unit: str | None = None


@strawberry.input(description="Somebody who is named on a card, with the person's consent.")
class ListingPersonInput:
    """The name is personal: it is kept sealed, and shown to whoever signed in."""

    name: str
    role: str
    qualification: LocalisedTextInput | None = None


@strawberry.input(description="An own file on a card; publishing asks for the text of a picture.")
class ListingDocumentInput:
    """Upload it first: see `fileTicket`."""

    file_id: strawberry.ID
    kind: FilePurpose
    alt: LocalisedTextInput | None = None

    def document(self, position: int) -> acts.DocumentInput:
        """The document as the resolvers take it."""
        file = local_id(self.file_id, "file", "input", "card", "documents", str(position), "fileId")
        return acts.DocumentInput(file, self.kind, asdict(self.alt) if self.alt else {})


@strawberry.input(description="What a supplier writes on a card.")
class ListingCard:
    """Replaces the whole content of the draft."""

    title: LocalisedTextInput
    description: LocalisedTextInput
    price: Decimal | None = strawberry.field(default=None, description="In tenge for one unit.")
    regions: list[str] = strawberry.field(default_factory=list)
    characteristics: list[CharacteristicInput] = strawberry.field(default_factory=list)
    people: list[ListingPersonInput] | None = strawberry.field(
        default=None, description="At most 20; null leaves them who they are."
    )
    documents: list[ListingDocumentInput] | None = strawberry.field(
        default=None, description="At most 20; null leaves them as they are."
    )

    def card(self) -> acts.CardInput:
        """The card as the resolvers take it."""
        return acts.CardInput(
            title=asdict(self.title),
            description=asdict(self.description),
            price=tiyn(self.price, "input", "card", "price"),
            regions=self.regions,
            characteristics=[asdict(item) for item in self.characteristics],
            people=None if self.people is None else [asdict(item) for item in self.people],
            documents=self._documents(),
        )

    def _documents(self) -> list[acts.DocumentInput] | None:
        if self.documents is None:
            return None
        return [item.document(position) for position, item in enumerate(self.documents)]


def tiyn(amount: Decimal | None, *path: str) -> int | None:
    """Tenge as whole tiyn; InvalidInput `PRICE_OUT_OF_RANGE` for fractions of a tiyn and absurd sums."""
    if amount is None:
        return None
    # Compared before it is multiplied: a product is rounded to 28 digits, and fractions are gone.
    whole = amount.quantize(_TIYN) if amount.is_finite() and abs(amount) <= MAX_PRICE else None
    if whole is None or whole != amount:
        raise invalid("PRICE_OUT_OF_RANGE", *path, minimum=1, maximum=MAX_PRICE)
    return int(whole * TIYN_IN_TENGE)


_TIYN = Decimal("0.01")


@given
class ListingCreateInput:
    """A new draft."""

    idempotency_key: str
    category: str
    card: ListingCard


@given
class ListingEditInput:
    """An edit of a draft that still has the version the client saw."""

    idempotency_key: str
    listing_id: strawberry.ID
    expected_version: int
    card: ListingCard


@given
class ListingVersionInput:
    """Names a draft in the version the client saw."""

    idempotency_key: str
    listing_id: strawberry.ID
    expected_version: int


@given
class ListingRestoreInput:
    """Names the old version whose content is to be the draft's again."""

    idempotency_key: str
    listing_id: strawberry.ID
    expected_version: int
    version: int


@given
class ListingScheduleInput:
    """Replaces what was planned; without any instant nothing is."""

    idempotency_key: str
    listing_id: strawberry.ID
    expected_version: int
    publish_at: datetime | None = None
    withdraw_at: datetime | None = None


@given
class ListingPersonEraseInput:
    """The reason, such as the person's request, has 5 to 500 characters and is kept in the audit."""

    idempotency_key: str
    listing_id: strawberry.ID
    person_id: str
    reason: str


@payload
class ListingCreated:
    """A draft was made."""

    draft: ListingDraft


@payload
class ListingEdited:
    """A draft was changed."""

    draft: ListingDraft


@payload
class ListingRestored:
    """A draft has the content of an old version again, as a new one."""

    draft: ListingDraft


@payload
class ListingPublished:
    """The catalogue shows the draft as it stands or, where cards are moderated, a moderator has it now."""

    draft: ListingDraft


@payload
class ListingPersonErased:
    """The name can't be read any more: neither here, nor on the published card, nor in any version."""

    draft: ListingDraft


@payload
class ListingScheduled:
    """The draft with what is planned."""

    draft: ListingDraft


@payload
class ListingWithdrawn:
    """The catalogue no longer shows the listing."""

    draft: ListingDraft


async def listing_create(context: Context, *, input: ListingCreateInput) -> ListingCreated:  # noqa: A002
    """Make a draft."""
    draft = await acts.create(context, input.category, input.card.card(), input.idempotency_key)
    return ListingCreated(draft=as_type(ListingDraft, draft))


def _draft_id(identifier: str) -> Id:
    return local_id(identifier, "listing_draft", "input", "listingId")


async def listing_edit(context: Context, *, input: ListingEditInput) -> ListingEdited:  # noqa: A002
    """Replace a draft's content."""
    listing, card = _draft_id(input.listing_id), input.card.card()
    draft = await acts.edit(context, listing, input.expected_version, card, input.idempotency_key)
    return ListingEdited(draft=as_type(ListingDraft, draft))


async def listing_restore(context: Context, *, input: ListingRestoreInput) -> ListingRestored:  # noqa: A002
    """Write an old version's content as a new version, checked against the draft's definition."""
    listing = _draft_id(input.listing_id)
    draft = await acts.restore(context, listing, input.expected_version, input.version, input.idempotency_key)
    return ListingRestored(draft=as_type(ListingDraft, draft))


async def listing_publish(context: Context, *, input: ListingVersionInput) -> ListingPublished:  # noqa: A002
    """Publish a draft."""
    listing = _draft_id(input.listing_id)
    draft = await acts.publish(context, listing, input.expected_version, input.idempotency_key)
    return ListingPublished(draft=as_type(ListingDraft, draft))


async def listing_person_erase(
    context: Context,
    *,
    input: ListingPersonEraseInput,  # noqa: A002
) -> ListingPersonErased:
    """Make the name of a person unreadable for good, wherever the card or its history has it."""
    listing, whom = _draft_id(input.listing_id), input.person_id
    draft = await acts.erase_person(context, listing, whom, input.reason, input.idempotency_key)
    return ListingPersonErased(draft=as_type(ListingDraft, draft))


async def listing_schedule(context: Context, *, input: ListingScheduleInput) -> ListingScheduled:  # noqa: A002
    """Publish or withdraw later, with the checks of that moment; an edit drops the publication."""
    listing = _draft_id(input.listing_id)
    instants = input.publish_at, input.withdraw_at
    draft = await acts.schedule(context, listing, input.expected_version, *instants, input.idempotency_key)
    return ListingScheduled(draft=as_type(ListingDraft, draft))


async def listing_withdraw(context: Context, *, input: ListingVersionInput) -> ListingWithdrawn:  # noqa: A002
    """Withdraw a listing."""
    listing = _draft_id(input.listing_id)
    draft = await acts.withdraw(context, listing, input.expected_version, input.idempotency_key)
    return ListingWithdrawn(draft=as_type(ListingDraft, draft))


@strawberry.type
class ListingMutations:
    """What a supplier does with its cards."""

    listing_create: answers("ListingCreateResult", ListingCreated) = mutation(listing_create)  # type: ignore[valid-type]
    listing_edit: answers("ListingEditResult", ListingEdited) = mutation(listing_edit)  # type: ignore[valid-type]
    listing_restore: answers("ListingRestoreResult", ListingRestored) = mutation(listing_restore)  # type: ignore[valid-type]
    listing_publish: answers("ListingPublishResult", ListingPublished) = mutation(listing_publish)  # type: ignore[valid-type]
    listing_person_erase: answers("ListingPersonEraseResult", ListingPersonErased) = mutation(  # type: ignore[valid-type]
        listing_person_erase
    )
    listing_schedule: answers("ListingScheduleResult", ListingScheduled) = mutation(listing_schedule)  # type: ignore[valid-type]
    listing_withdraw: answers("ListingWithdrawResult", ListingWithdrawn) = mutation(listing_withdraw)  # type: ignore[valid-type]
