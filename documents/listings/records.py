"""Listings as stored: the supplier's working copy, and the snapshot that the catalogue shows."""

from datetime import datetime
from typing import Any, ClassVar, Self
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field
from pymongo import IndexModel

from documents.base import Id, Record
from documents.encryption import Sealed
from domain.listings import ListingStatus
from domain.search import Facts, described, listing_keys, tokens

BY_PRICE = "keys_price"
BY_DATE = "keys_published"
BY_SUPPLIER = "supplier"
_RANK_BITS = 20

HIDDEN = {"keys": 0, "words": 0, "described": 0, "filterable": 0}
"""What a listing keeps for the index only."""

Texts = dict[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")


class Answer(_Part):
    """A checked answer to one characteristic; see domain/categories/answers.py for its types."""

    code: str
    value: Any


class Attachment(_Part):
    """A licence, certificate or photo: where it is kept, what it is, and its text for who can't see it."""

    id: Id
    kind: str
    name: str
    alt: Texts = Field(default_factory=dict)


class Helper(_Part):
    """A person named on a card; the name is personal and sealed, qualification and role are not."""

    id: Id
    name: Sealed
    role: str
    qualification: Texts = Field(default_factory=dict)


class _Card(Record):
    """What draft and snapshot have in common; price in tiyn for one unit, regions as КАТО codes."""

    supplier: Id
    direction: str
    category: str
    definition_version: int
    title: Texts = Field(default_factory=dict)
    description: Texts = Field(default_factory=dict)
    price: int | None = None
    regions: list[str] = Field(default_factory=list)
    characteristics: list[Answer] = Field(default_factory=list)
    documents: list[Attachment] = Field(default_factory=list)
    people: list[Helper] = Field(default_factory=list)
    version: int = 1
    content_hash: str = ""


class ListingDraft(_Card):
    """The working copy: `version` grows with every write, `published_version` is the one last shown."""

    status: ListingStatus = ListingStatus.draft
    created_at: datetime
    updated_at: datetime
    published_version: int | None = None

    class Settings(Record.Settings):
        """A supplier's own list, newest first."""

        name = "listing_drafts"
        indexes: ClassVar = [IndexModel([("supplier", 1), ("created_at", -1), ("_id", -1)], name=BY_SUPPLIER)]


class Listing(_Card):
    """The published snapshot, stored under its draft's identifier; never holds half an edit.

    `words`, `described`, `keys` and the ranks are made by `publish` from the rest; `filterable` names the
    characteristics that have keys. A rank is the sorted value with a few bits of the identifier below it:
    hardly two rows are equal, and a cursor finds its place in the index even among thousands of equal prices.
    """

    price: int
    published_at: datetime
    filterable: list[str] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list)
    described: list[str] = Field(default_factory=list)
    keys: list[int] = Field(default_factory=list)
    price_rank: int = 0
    date_rank: int = 0

    class Settings(Record.Settings):
        """Two indexes serve every question of the catalogue; see domain/search/keys.py."""

        name = "listings"
        indexes: ClassVar = [
            IndexModel([("keys", 1), ("price_rank", 1), ("_id", 1)], name=BY_PRICE),
            IndexModel([("keys", 1), ("date_rank", 1), ("_id", 1)], name=BY_DATE),
            IndexModel([("supplier", 1), ("published_at", -1), ("_id", -1)], name=BY_SUPPLIER),
        ]

    def prepared(self) -> Self:
        """The same snapshot with its words and index keys, made from its content."""
        words = tokens(self.title.values())
        beside = described(self.description.values(), words)
        facts = Facts(
            category=self.category,
            direction=self.direction,
            regions=self.regions,
            words=words,
            described=beside,
            answers=[(one.code, one.value) for one in self.characteristics if one.code in self.filterable],
        )
        made = {
            "words": words,
            "described": beside,
            "keys": listing_keys(facts),
            "price_rank": rank(self.price, self.id),
            "date_rank": rank(int(self.published_at.timestamp() * 1000), self.id),
        }
        ready: Self = self.model_copy(update=made)
        return ready


def rank(value: int, row: Id) -> int:
    """The value (below 2⁴³) with 20 bits drawn from the identifier: orders as it does, nearly unique."""
    return (value << _RANK_BITS) | (crc32(row.binary) >> (32 - _RANK_BITS))
