"""Listings as stored: the supplier's working copy, and the snapshot that the catalogue shows."""

from datetime import datetime
from typing import Any, ClassVar, Self
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field
from pymongo import IndexModel

from documents.base import Id, Record
from documents.encryption import Sealed
from domain.listings import ListingAct, ListingStatus
from domain.search import Facts, described, listing_keys, tokens

BY_PRICE = "keys_price"
BY_DATE = "keys_published"
BY_SUPPLIER = "supplier"
BY_CATEGORY = "category"
BY_KEY = "external_key"
BY_VERSION = "version"
BY_DUE = "due"
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
    """A person named on a card; the name is personal and sealed, qualification and role are not.

    The key is the person's own, under `id`: destroying it makes the name unreadable in the draft, in the
    snapshot and in every version at once.
    """

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


class PlannedActs(_Part):
    """What is to be done with a draft later; see domain/listings/schedules.py."""

    version: int
    publish_at: datetime | None = None
    withdraw_at: datetime | None = None


class ListingDraft(_Card):
    """The working copy: `version` grows with every write, `published_version` is the one last shown.

    `external_key` is what its supplier calls it in tables of its own. `kept_from` is the first version of its
    history; None for a draft that was stored without one. `review` is the one that is not settled yet,
    `approved_hash` the content that a moderator approved last. `due_at` is the next instant of the schedule.
    """

    status: ListingStatus = ListingStatus.draft
    created_at: datetime
    updated_at: datetime
    published_version: int | None = None
    external_key: str | None = None
    kept_from: int | None = None
    review: Id | None = None
    approved_version: int | None = None
    approved_hash: str | None = None
    schedule: PlannedActs | None = None
    due_at: datetime | None = None

    class Settings(Record.Settings):
        """A supplier's own, newest first, by category, by code once; a category's; by due time, by file."""

        name = "listing_drafts"
        indexes: ClassVar = [
            IndexModel([("supplier", 1), ("created_at", -1), ("_id", -1)], name=BY_SUPPLIER),
            IndexModel([("category", 1), ("_id", 1)], name=BY_CATEGORY),
            IndexModel([("supplier", 1), ("category", 1), ("_id", 1)], name="of_category"),
            IndexModel(
                [("supplier", 1), ("external_key", 1)],
                unique=True,
                partialFilterExpression={"external_key": {"$type": "string"}},
                name=BY_KEY,
            ),
            IndexModel([("due_at", 1)], name=BY_DUE, partialFilterExpression={"due_at": {"$type": "date"}}),
            IndexModel([("documents.id", 1)], name="documents", sparse=True),
        ]


class ListingVersion(_Card):
    """One version of a draft as it stood, and who made it by what act; written once and never changed."""

    listing: Id
    act: ListingAct
    at: datetime
    by: str

    class Settings(Record.Settings):
        """Each version of a draft once; a history is read from its newest end."""

        name = "listing_versions"
        indexes: ClassVar = [IndexModel([("listing", 1), ("version", -1)], unique=True, name=BY_VERSION)]


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
        """Two serve every question of the catalogue (domain/search/keys.py); one tells who shows a file."""

        name = "listings"
        indexes: ClassVar = [
            IndexModel([("keys", 1), ("price_rank", 1), ("_id", 1)], name=BY_PRICE),
            IndexModel([("keys", 1), ("date_rank", 1), ("_id", 1)], name=BY_DATE),
            IndexModel([("supplier", 1), ("published_at", -1), ("_id", -1)], name=BY_SUPPLIER),
            IndexModel([("documents.id", 1)], name="documents", sparse=True),
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
