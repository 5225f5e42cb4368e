"""Categories of goods and services."""

from collections.abc import Mapping
from typing import Any

import strawberry

from documents.base import Row
from domain.categories import Direction, OfferKind
from domain.texts import text
from execution.fields import computed, record, stored
from resolvers import categories as acts
from resolvers.context import Context
from schema.characteristics import CharacteristicDefinition
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


def characteristics(record: Plain) -> list[Plain]:
    """The definitions in their order."""
    found: list[Plain] = record["definition"]["characteristics"]
    return found


def direction_text(record: Plain, context: Context) -> str:
    """The direction as a person reads it."""
    return text(f"directions.{record['direction']}", context.language)


@record("category", description="A category under one version of its definition.")
class Category(Node):
    """What a listing in it may say, and how it is checked."""

    code: str = stored()
    version: int = stored()
    direction: Direction = stored()
    direction_text: str = computed(direction_text)
    offer_kind: OfferKind = computed(offer_kind)
    name: LocalisedText = computed(names)
    characteristics: list[CharacteristicDefinition] = computed(characteristics)


async def categories(context: Context) -> list[Row]:
    """Every category under its newest definition."""
    return await acts.all_categories(context)


@strawberry.type
class CategoryQueries:
    """Reference data for everybody."""

    categories: list[Category] = query(
        categories, shared=True, description="Categories, by direction and code."
    )
