"""What a card shows, published or not: its fields, and the people on it."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from documents.base import Row
from domain.categories import Direction
from execution.fields import batched, computed, stored, value
from resolvers import listings as acts
from resolvers.context import Context
from schema.categories import Category
from schema.characteristics import ANSWERED, CharacteristicValue, characteristics_of
from schema.listings.documents import ListingDocument, previewed_documents
from schema.suppliers import Supplier
from schema.values import LocalisedText, Money, money_of

Plain = Mapping[str, Any]
PEOPLE = ("_id", "kind", "people")
"""What of a listing its people are read from."""


def supplier_of(
    context: Context, records: Sequence[Plain]
) -> Sequence[Row | None] | Awaitable[Sequence[Row | None]]:
    """The suppliers of many listings."""
    return context.loaders.suppliers([record["supplier"] for record in records])


def category_of(
    context: Context, records: Sequence[Plain]
) -> Sequence[Row | None] | Awaitable[Sequence[Row | None]]:
    """The categories of many listings, under their newest definitions."""
    return context.loaders.categories([record["category"] for record in records])


def people_of(context: Context, records: Sequence[Plain]) -> list[list[Row]] | Awaitable[list[list[Row]]]:
    """The people on many cards."""
    return acts.people(context, [dict(record) for record in records])


def person_id(record: Plain) -> str:
    """The identifier of one spelling of one name on one card."""
    return str(record["id"])


@value(description="Somebody who is named on a card.")
class ListingPerson:
    """`id` stays as long as the name is written the same."""

    id: str = computed(person_id, name="personId")
    name: str | None = stored(description="Needs sign-in; null as well once the person was erased.")
    role: str = stored()
    qualification: LocalisedText = stored()


@value(description="A card as it would be shown, were it published as it stands.")
class ListingPreview:
    """The fields of a published card; a draft may lack some."""

    title: LocalisedText = stored()
    description: LocalisedText = stored()
    direction: Direction = stored()
    category_code: str = stored("category")
    category: Category | None = batched(category_of, reads=("category",))
    price: Money | None = computed(money_of("price"), reads=("price",), description="For one unit.")
    regions: list[str] = stored()
    characteristics: list[CharacteristicValue] = batched(characteristics_of, reads=ANSWERED, lasting=True)
    people: list[ListingPerson] = batched(people_of, reads=PEOPLE)
    documents: list[ListingDocument] = computed(previewed_documents, reads=("documents",))
    supplier: Supplier = batched(supplier_of, reads=("supplier",))
    version: int = stored()
