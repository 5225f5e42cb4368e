"""Listings: the catalogue for everybody, drafts and publishing for their supplier."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from domain.categories import Direction
from domain.listings import ListingStatus
from domain.search import CatalogueFilter
from execution.fields import batched, computed, record, stored, value
from resolvers import listings as acts
from resolvers.context import Context
from schema.capacity import ASKED, SAID, DayAvailability, availability, capacity_versions
from schema.categories import Category
from schema.changes import FieldChange
from schema.characteristics import (
    ANSWERED,
    CharacteristicValue,
    characteristics_of,
    published_characteristics,
)
from schema.connections import PageInfo, cursor, edges, page_info
from schema.listings.card import (
    PEOPLE,
    ListingPerson,
    ListingPreview,
    category_of,
    people_of,
    supplier_of,
)
from schema.listings.documents import ListingDocument, published_documents
from schema.listings.facets import ListingFacet
from schema.listings.facets import facets as facets_of
from schema.listings.history import ListingVersionConnection, changes, history, itself
from schema.listings.moderation import ListingReview, review_of, reviews_of
from schema.listings.readiness import (
    AllowedCardAction,
    ListingObstacle,
    ListingSchedule,
    allowed_actions,
    obstacles,
)
from schema.nodes import Node
from schema.suppliers import Supplier
from schema.values import LocalisedText, Money, money_of, status_text

Plain = Mapping[str, Any]
strawberry.enum(ListingStatus, name="ListingStatus", description="Where a listing stands.")


async def guaranteed_of(context: Context, records: Sequence[Row]) -> list[Plain | None]:
    """The guaranteed sum of one unit of each listing."""
    return _sums(await acts.guaranteed(context, records))


async def co_payments(context: Context, records: Sequence[Row]) -> list[Plain | None]:
    """What the person would pay on top."""
    return _sums(await acts.co_payments(context, records))


def _sums(tiyn: Sequence[int | None]) -> list[Plain | None]:
    return [None if each is None else {"tiyn": each} for each in tiyn]


async def published_of(context: Context, records: Sequence[Plain]) -> Sequence[Row | None]:
    """What the catalogue shows of each draft, if anything."""
    return await acts.published(context, [record["_id"] for record in records])


@record("listing", description="A published card: a good or a service with its characteristics.")
class Listing(Node):
    """Never shows half an edit."""

    title: LocalisedText = stored()
    description: LocalisedText = stored()
    direction: Direction = stored()
    category_code: str = stored("category")
    category: Category | None = batched(category_of, reads=("category",))
    price: Money = computed(money_of("price"), reads=("price",), description="For one unit.")
    guaranteed_sum: Money | None = batched(
        guaranteed_of,
        reads=("category", "price"),
        description="Guaranteed for one unit today, by category; null where no sum is in force.",
    )
    co_payment: Money | None = batched(
        co_payments,
        reads=("category", "price"),
        description="What one unit costs beyond the guaranteed sum today.",
    )
    regions: list[str] = stored(
        description="КАТО codes of the places served: two digits of a region, nine of what lies in one."
    )
    characteristics: list[CharacteristicValue] = batched(
        published_characteristics, reads=ANSWERED, lasting=True
    )
    people: list[ListingPerson] = batched(people_of, reads=PEOPLE)
    documents: list[ListingDocument] = computed(published_documents, reads=("documents",))
    supplier: Supplier = batched(supplier_of, reads=("supplier",))
    availability: list[DayAvailability] | None = batched(availability, reads=ASKED, cost=10, description=SAID)
    version: int = stored()
    published_at: datetime = stored()


@record("listing_draft", description="The supplier's working copy of a card.")
class ListingDraft(Node):
    """Edited under an expected version; the published card changes only by publishing."""

    title: LocalisedText = stored()
    description: LocalisedText = stored()
    direction: Direction = stored()
    category_code: str = stored("category")
    definition_version: int = stored(
        description="The version of the category's definition it was written for."
    )
    price: Money | None = computed(money_of("price"))
    regions: list[str] = stored()
    characteristics: list[CharacteristicValue] = batched(characteristics_of, lasting=True)
    people: list[ListingPerson] = batched(people_of)
    documents: list[ListingDocument] = stored()
    status: ListingStatus = stored()
    status_text: str = computed(status_text("listing"))
    version: int = stored(description="Grows with every edit; give it back as `expectedVersion`.")
    published_version: int | None = stored()
    created_at: datetime = stored()
    updated_at: datetime = stored()
    published: Listing | None = batched(published_of)
    availability: list[DayAvailability] | None = batched(availability, cost=10, description=SAID)
    capacity_version: int = batched(
        capacity_versions, description="Grows with every `capacitySet`; give it back as `expectedVersion`."
    )
    schedule: ListingSchedule | None = stored()
    review: ListingReview | None = batched(review_of, description="The one that is not settled yet.")
    reviews: list[ListingReview] = batched(
        reviews_of, cost=10, description="With their remarks, the newest first, at most 20."
    )
    obstacles: list[ListingObstacle] = batched(
        obstacles, cost=10, description="What would refuse publishing it now; empty when nothing would."
    )
    allowed_actions: list[AllowedCardAction] = batched(allowed_actions)
    preview: ListingPreview = computed(itself, description="How it would be shown, without publishing it.")
    history: ListingVersionConnection = batched(
        history, cost=10, description="Every version, the newest first."
    )
    changes: list[FieldChange] | None = batched(
        changes, cost=10, description="What differs between two versions; an error for one never kept."
    )


@value()
class ListingEdge:
    """Relay's edge."""

    cursor: str = computed(cursor)
    node: Listing = stored()


async def totals(context: Context, records: Sequence[Plain]) -> list[int]:
    """How many listings each filter finds or each supplier has, exact up to a thousand."""
    return await gather(*(_total(context, record) for record in records))


async def _total(context: Context, record: Plain) -> int:
    if "of_supplier" in record:
        return await acts.total_of_supplier(context, record["of_supplier"])
    return await acts.total(context, record.get("wanted") or CatalogueFilter())


@value()
class ListingConnection:
    """A page of the catalogue."""

    edges: list[ListingEdge] = computed(edges)
    nodes: list[Listing] = stored()
    page_info: PageInfo = computed(page_info)
    total_count: int = batched(totals, cost=20, description="Exact up to 1000; 1000 means that many or more.")
    facets: list[ListingFacet] | None = batched(
        facets_of, cost=300, description="All, or those of the codes given; null for a supplier's own list."
    )


@value()
class ListingDraftConnection:
    """A page of a supplier's own drafts."""

    nodes: list[ListingDraft] = stored()
    page_info: PageInfo = computed(page_info)
