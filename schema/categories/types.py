"""Categories of goods and services."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import strawberry

from documents.base import Row
from domain.categories import Direction, OfferKind
from domain.texts import text
from execution.fields import batched, computed, record, stored, value
from resolvers import categories as acts
from resolvers import reference as reference_acts
from resolvers.context import Context
from schema.capacity import CategoryCapacity, capacity_of
from schema.categories.definitions import CharacteristicDefinition, CharacteristicGroup
from schema.nodes import Node
from schema.roots import query
from schema.values import LocalisedText

Plain = Mapping[str, Any]

strawberry.enum(Direction, name="Direction", description="A direction of work (Order 73, p. 13).")
strawberry.enum(OfferKind, name="OfferKind", description="Goods are handed over, services rendered.")


def names(record: Plain) -> Plain:
    """The category's name."""
    found: Plain = record["definition"]["names"]
    return found


def offer_kind(record: Plain) -> str:
    """Goods or service."""
    return str(record["definition"]["kind"])


def characteristics(
    context: Context, records: Sequence[Plain]
) -> list[list[Plain]] | Awaitable[list[list[Plain]]]:
    """The definitions of each category in their order."""
    found: list[list[Plain]] = [record["definition"]["characteristics"] for record in records]
    types = {item.get("reference") for items in found for item in items} - {None}
    return _with_codes(context, found) if types else found


async def _with_codes(context: Context, found: list[list[Plain]]) -> list[list[Plain]]:
    """A form has the codes of reference data for its choices."""
    known = await reference_acts.codes_of(
        context, {item["reference"] for items in found for item in items if item.get("reference")}
    )
    return [
        [{**item, "choices": known[item["reference"]]} if item.get("reference") else item for item in items]
        for items in found
    ]


def groups(record: Plain) -> list[Plain]:
    """The groups in their order; definitions from before there were groups have none."""
    found: list[Plain] = record["definition"].get("groups") or []
    return found


def direction_text(record: Plain, context: Context) -> str:
    """The direction as a person reads it."""
    return text(f"directions.{record['direction']}", context.language)


def quantity(record: Plain) -> int | None:
    """The number of a term, whether it is one or has months beside it."""
    found = record["value"]["quantity"] if isinstance(record["value"], dict) else record["value"]
    return found if isinstance(found, int) else None


def months(record: Plain) -> int | None:
    """The months of a calendar period."""
    return record["value"]["months"] if isinstance(record["value"], dict) else None


def option(record: Plain) -> str | None:
    """The code of what is no number."""
    return record["value"] if isinstance(record["value"], str) else None


@value(description="What dated reference data says of a category today.")
class CategoryTerm:
    """Rules: goods_kind, replacement_term (months), annual_quota, period_quota, day_limit."""

    rule: str = stored("type")
    quantity: int | None = computed(quantity)
    months: int | None = computed(months, description="Of the calendar period that the quantity is for.")
    option: str | None = computed(option, description="Of goods_kind: the kind of means.")
    name: LocalisedText | None = stored("names")
    basis: str | None = stored(description="Act and paragraph.")
    assumed: bool = stored(description="The day or the reading is ours.")
    sample: bool = stored(description="An example, not law.")


async def terms(context: Context, records: Sequence[Plain]) -> list[list[Row]]:
    """What reference data says of many categories."""
    return await reference_acts.terms_of(context, [record["code"] for record in records])


@record("category", description="A category under one version of its definition.")
class Category(Node):
    """What a listing in it may say, and how it is checked."""

    code: str = stored()
    version: int = stored()
    current: bool = stored(description="Whether new answers follow this version.")
    direction: Direction = stored()
    direction_text: str = computed(direction_text)
    offer_kind: OfferKind = computed(offer_kind)
    name: LocalisedText = computed(names)
    groups: list[CharacteristicGroup] = computed(groups, description="Parts of the form, in their order.")
    characteristics: list[CharacteristicDefinition] = batched(characteristics, reads=("definition",))
    capacity: CategoryCapacity | None = computed(capacity_of)
    terms: list[CategoryTerm] = batched(terms, reads=("code",))


async def categories(context: Context) -> list[Row]:
    """Every category under its newest definition."""
    return await acts.all_categories(context)


@strawberry.type
class CategoryQueries:
    """Reference data for everybody."""

    categories: list[Category] = query(
        categories, shared=True, description="Categories, by direction and code."
    )
