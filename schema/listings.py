"""Listings: the catalogue for everybody, drafts and publishing for their supplier."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from documents.base import Row
from documents.listings import CatalogueSort
from domain.categories import Direction
from domain.errors import invalid
from domain.listings import ListingStatus
from domain.money import MAX_PRICE, TIYN_IN_TENGE
from domain.search import CatalogueFilter, Range, query_tokens
from execution.fields import as_type, batched, computed, record, resolved, stored, value
from resolvers import listings as acts
from resolvers.context import Context
from schema.categories import Category
from schema.characteristics import CharacteristicValue, characteristics_of
from schema.connections import connection
from schema.errors import answers
from schema.nodes import Node, local_id
from schema.roots import mutation, query
from schema.suppliers import Supplier
from schema.values import LocalisedText, Money, PageInfo, label_of, money_of

Plain = Mapping[str, Any]
strawberry.enum(ListingStatus, name="ListingStatus", description="Where a listing stands.")
ListingSort = strawberry.enum(CatalogueSort, name="ListingSort", description="Orders of the catalogue.")


async def supplier_of(context: Context, records: Sequence[Plain]) -> Sequence[Row | None]:
    """The suppliers of many listings."""
    return await context.loaders.supplier_by_id.load_many([record["supplier"] for record in records])


async def category_of(context: Context, records: Sequence[Plain]) -> Sequence[Row | None]:
    """The categories of many listings, under their newest definitions."""
    return await context.loaders.category_by_code.load_many([record["category"] for record in records])


async def published_of(record: Plain, context: Context) -> Row | None:
    """What the catalogue shows of this draft, if anything."""
    return await acts.published(context, record["_id"])


@record("listing", description="A published card: a good or a service with its characteristics.")
class Listing(Node):
    """Never shows half an edit."""

    title: LocalisedText = stored()
    description: LocalisedText = stored()
    direction: Direction = stored()
    category_code: str = stored("category")
    category: Category | None = batched(category_of)
    price: Money = computed(money_of("price"), description="For one unit.")
    regions: list[str] = stored(description="Two-digit КАТО codes of the regions served.")
    characteristics: list[CharacteristicValue] = batched(characteristics_of)
    supplier: Supplier = batched(supplier_of)
    version: int = stored()
    published_at: datetime = stored()


@record("listing_draft", description="The supplier's working copy of a card.")
class ListingDraft(Node):
    """Edited under an expected version; the published card changes only by publishing."""

    title: LocalisedText = stored()
    description: LocalisedText = stored()
    direction: Direction = stored()
    category_code: str = stored("category")
    definition_version: int = stored(description="The version of the category's definition it was written for.")
    price: Money | None = computed(money_of("price"))
    regions: list[str] = stored()
    characteristics: list[CharacteristicValue] = batched(characteristics_of)
    status: ListingStatus = stored()
    status_text: str = computed(label_of("status"))
    version: int = stored(description="Grows with every edit; give it back as `expectedVersion`.")
    published_version: int | None = stored()
    created_at: datetime = stored()
    updated_at: datetime = stored()
    published: Listing | None = resolved(published_of)


@value()
class ListingEdge:
    """Relay's edge."""

    cursor: str = stored()
    node: Listing = stored()


async def total(record: Plain, context: Context) -> int:
    """How many listings the filter finds, exact up to a thousand."""
    return await acts.total(context, record.get("wanted") or CatalogueFilter())


@value()
class ListingConnection:
    """A page of the catalogue."""

    edges: list[ListingEdge] = stored()
    nodes: list[Listing] = stored()
    page_info: PageInfo = stored()
    total_count: int = resolved(total, cost=20, description="Exact up to 1000; 1000 means that many or more.")


@value()
class ListingDraftConnection:
    """A page of a supplier's own drafts."""

    nodes: list[ListingDraft] = stored()
    page_info: PageInfo = stored()


@strawberry.input(description="A number of the characteristic, in its unit, between two bounds.")
class CharacteristicRange:
    """Both bounds are inclusive; a missing one leaves the side open."""

    code: str
    minimum: float | None = None
    maximum: float | None = None


@strawberry.input(description="One of the choices of the characteristic.")
class CharacteristicOption:
    """Several options of different characteristics must all hold."""

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
    region: str | None = None
    ranges: list[CharacteristicRange] | None = None
    choices: list[CharacteristicOption] | None = None
    flags: list[CharacteristicFlag] | None = None

    def wanted(self) -> CatalogueFilter:
        """The filter as the catalogue takes it."""
        return CatalogueFilter(
            category=self.category,
            direction=self.direction,
            region=self.region,
            ranges=tuple(Range(item.code, item.minimum, item.maximum) for item in self.ranges or ()),
            choices=tuple((item.code, item.choice) for item in self.choices or ()),
            booleans=tuple((item.code, item.value) for item in self.flags or ()),
            words=tuple(query_tokens(self.text)) if self.text else (),
        )


async def listings(
    context: Context,
    *,
    first: int = 24,
    after: str | None = None,
    filter: ListingFilter | None = None,  # noqa: A002 - the name clients rely on
    sort: CatalogueSort = CatalogueSort.newest,
) -> Row:
    """A page of the catalogue."""
    wanted = filter.wanted() if filter else CatalogueFilter()
    return connection(await acts.catalogue(context, wanted, sort, first, after), after, wanted=wanted)


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


@strawberry.input(description="What a supplier writes on a card.")
class ListingCard:
    """Replaces the whole content of the draft."""

    title: LocalisedTextInput
    description: LocalisedTextInput
    price: Decimal | None = strawberry.field(default=None, description="In tenge for one unit.")
    regions: list[str] = strawberry.field(default_factory=list)
    characteristics: list[CharacteristicInput] = strawberry.field(default_factory=list)

    def card(self) -> acts.CardInput:
        """The card as the resolvers take it."""
        return acts.CardInput(
            title=asdict(self.title),
            description=asdict(self.description),
            price=tiyn(self.price, "input", "card", "price"),
            regions=self.regions,
            characteristics=[asdict(item) for item in self.characteristics],
        )


def tiyn(amount: Decimal | None, *path: str) -> int | None:
    """Tenge as whole tiyn; InvalidInput `PRICE_OUT_OF_RANGE` for fractions of a tiyn and absurd sums."""
    if amount is None:
        return None
    whole = amount * TIYN_IN_TENGE if amount.is_finite() and abs(amount) <= MAX_PRICE else None
    if whole is None or whole != whole.to_integral_value():
        raise invalid("PRICE_OUT_OF_RANGE", *path, minimum=1, maximum=MAX_PRICE)
    return int(whole)


@strawberry.input
class ListingCreateInput:
    """A new draft."""

    idempotency_key: str
    category: str
    card: ListingCard


@strawberry.input
class ListingEditInput:
    """An edit of a draft that still has the version the client saw."""

    idempotency_key: str
    listing_id: strawberry.ID
    expected_version: int
    card: ListingCard


@strawberry.input
class ListingVersionInput:
    """Names a draft in the version the client saw."""

    idempotency_key: str
    listing_id: strawberry.ID
    expected_version: int


@strawberry.type
class ListingCreated:
    """A draft was made."""

    draft: ListingDraft


@strawberry.type
class ListingEdited:
    """A draft was changed."""

    draft: ListingDraft


@strawberry.type
class ListingPublished:
    """The catalogue shows the draft as it stands."""

    draft: ListingDraft


@strawberry.type
class ListingWithdrawn:
    """The catalogue no longer shows the listing."""

    draft: ListingDraft


async def listing_create(context: Context, *, input: ListingCreateInput) -> ListingCreated:  # noqa: A002
    """Make a draft."""
    draft = await acts.create(context, input.category, input.card.card(), input.idempotency_key)
    return ListingCreated(draft=as_type(ListingDraft, draft))


def _draft_id(identifier: str) -> Any:
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
class ListingQueries:
    """The catalogue."""

    listings: ListingConnection = query(listings, cost=10, description="The catalogue «Помощь для вас».")


@strawberry.type
class ListingMutations:
    """What a supplier does with its cards."""

    listing_create: answers("ListingCreateResult", ListingCreated) = mutation(listing_create)  # type: ignore[valid-type]
    listing_edit: answers("ListingEditResult", ListingEdited) = mutation(listing_edit)  # type: ignore[valid-type]
    listing_publish: answers("ListingPublishResult", ListingPublished) = mutation(listing_publish)  # type: ignore[valid-type]
    listing_withdraw: answers("ListingWithdrawResult", ListingWithdrawn) = mutation(listing_withdraw)  # type: ignore[valid-type]
