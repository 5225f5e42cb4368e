"""The documents of the plain peer: Beanie classes, read whole into Pydantic models."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from beanie import Document, PydanticObjectId
from pydantic import BaseModel, Field


class Direction(StrEnum):
    """A direction of work."""

    SPECIAL_SOCIAL_SERVICES = "special_social_services"
    TSR_SALE = "tsr_sale"
    SANATORIUM = "sanatorium"
    SIGN_LANGUAGE = "sign_language"
    ASSISTANT = "assistant"


class SupplierKind(StrEnum):
    """A kind of supplier."""

    LEGAL_ENTITY = "legal_entity"
    ENTREPRENEUR = "entrepreneur"
    ASSISTANT = "assistant"


class AnswerPart(BaseModel):
    """An answer of a card."""

    code: str
    value: Any


class Card(BaseModel):
    """The fields of a listing that are shown, and nothing of what its indexes need."""

    id: PydanticObjectId = Field(alias="_id")
    title: dict[str, str]
    description: dict[str, str]
    direction: Direction
    category: str
    definition_version: int
    version: int
    published_at: datetime
    regions: list[str]
    price: int
    characteristics: list[AnswerPart]
    supplier: PydanticObjectId


class Listings(Document):
    """The collection of listings."""

    class Settings:
        name = "listings"


class Suppliers(Document):
    """The collection of suppliers."""

    supplier_kind: SupplierKind
    name: dict[str, str] | None
    region: str | None
    directions: list[Direction]

    class Settings:
        name = "suppliers"
