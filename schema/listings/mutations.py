"""What a supplier does with its cards."""

from dataclasses import asdict
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
    unit: str | None = None


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
    documents: list[ListingDocumentInput] = strawberry.field(default_factory=list)

    def card(self) -> acts.CardInput:
        """The card as the resolvers take it."""
        return acts.CardInput(
            title=asdict(self.title),
            description=asdict(self.description),
            price=tiyn(self.price, "input", "card", "price"),
            regions=self.regions,
            characteristics=[asdict(item) for item in self.characteristics],
            documents=[item.document(position) for position, item in enumerate(self.documents)],
        )


def tiyn(amount: Decimal | None, *path: str) -> int | None:
    """Tenge as whole tiyn; InvalidInput `PRICE_OUT_OF_RANGE` for fractions of a tiyn and absurd sums."""
    if amount is None:
        return None
    whole = amount * TIYN_IN_TENGE if amount.is_finite() and abs(amount) <= MAX_PRICE else None
    if whole is None or whole != whole.to_integral_value():
        raise invalid("PRICE_OUT_OF_RANGE", *path, minimum=1, maximum=MAX_PRICE)
    return int(whole)


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


@payload
class ListingCreated:
    """A draft was made."""

    draft: ListingDraft


@payload
class ListingEdited:
    """A draft was changed."""

    draft: ListingDraft


@payload
class ListingPublished:
    """The catalogue shows the draft as it stands."""

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


async def listing_publish(context: Context, *, input: ListingVersionInput) -> ListingPublished:  # noqa: A002
    """Publish a draft."""
    listing = _draft_id(input.listing_id)
    draft = await acts.publish(context, listing, input.expected_version, input.idempotency_key)
    return ListingPublished(draft=as_type(ListingDraft, draft))


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
    listing_publish: answers("ListingPublishResult", ListingPublished) = mutation(listing_publish)  # type: ignore[valid-type]
    listing_withdraw: answers("ListingWithdrawResult", ListingWithdrawn) = mutation(listing_withdraw)  # type: ignore[valid-type]
