"""What the peers in Python ask the database: the portal's own question of the catalogue, and one pipeline."""

import binascii
from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from documents.listings import CatalogueSort
from documents.listings.questions import page_question
from domain.search import CatalogueFilter, Range
from tests.benches.questions import ROWS

DATABASE = "komek"
NEWEST = {"published_at": -1, "_id": -1}
REGISTERED = {"registered_at": {"$ne": None}}
RECENT = {"registered_at": -1, "_id": -1}
Row = dict[str, Any]

CARD = dict.fromkeys(
    (
        "title.ru", "title.kk", "description", "direction", "category", "definition_version", "version",
        "published_at", "regions", "price", "characteristics", "supplier",
    ),
    1,
)  # fmt: skip
"""The fields that a card shows."""

BRIEF = {"title.ru": 1, "price": 1}
"""The fields that a supplier's list shows."""

SUPPLIER = {"supplier_kind": 1, "name": 1, "region": 1, "directions": 1}
"""The fields that a supplier shows."""


def wanted(given: Mapping[str, Any]) -> CatalogueFilter:
    """The filter as the catalogue takes it."""
    ranges = tuple(
        Range(one["code"], one.get("minimum"), one.get("maximum")) for one in given.get("ranges") or ()
    )
    flags = tuple((one["code"], one["value"]) for one in given.get("flags") or ())
    return CatalogueFilter(
        category=given.get("category"), region=given.get("region"), ranges=ranges, booleans=flags
    )


def catalogue(given: Mapping[str, Any], projection: Mapping[str, int] | None = CARD) -> Row:
    """The arguments of the find that reads a page, the cheapest first, and one row more."""
    return page_question(
        wanted(given), CatalogueSort.price_asc, first=ROWS, projection=projection, cursors=False
    )


def listings_of(parents: list[Row], first: int) -> list[Row]:
    """The pipeline that reads the newest listings of many suppliers at once, chosen by the stages before."""
    inner: list[Row] = [{"$sort": NEWEST}, {"$limit": first}, {"$project": BRIEF}]
    lookup = {"from": "listings", "localField": "_id", "foreignField": "supplier", "pipeline": inner}
    return [*parents, {"$lookup": {**lookup, "as": "listings"}}]


def recent(first: int, projection: Mapping[str, int]) -> list[Row]:
    """The stages that choose the suppliers who registered last."""
    return [{"$match": REGISTERED}, {"$sort": RECENT}, {"$limit": first}, {"$project": projection}]


def global_id(kind: str, row: ObjectId) -> str:
    """The global identifier: of such names Base64 never makes the two characters that URLs dislike."""
    return binascii.b2a_base64(f"{kind}:{row}".encode(), newline=False).decode().rstrip("=")


def local_id(identifier: str) -> ObjectId:
    """The identifier of the row behind a global one."""
    plain = binascii.a2b_base64(identifier + "=" * (-len(identifier) % 4)).decode()
    return ObjectId(plain.partition(":")[2])
