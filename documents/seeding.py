"""Filling an empty database in bulk: generated listings, and a mark that says what was loaded."""

from collections.abc import Sequence
from typing import ClassVar

from documents.base import Record, Row, collection, session
from documents.listings import Listing, ListingDraft
from documents.listings.records import BY_DATE, BY_PRICE
from documents.listings.stored import stored

MARKS = "seed_marks"


class SeedMark(Record):
    """What was loaded completely; a load that was cut off leaves no mark and is repeated."""

    id: str  # type: ignore[assignment]

    class Settings(Record.Settings):
        """Found by name only."""

        name = MARKS
        audited: ClassVar = False  # says what is loaded, and nothing else


async def is_loaded(name: str) -> bool:
    """Whether something was loaded completely before."""
    return await collection(MARKS).find_one({"_id": name}) is not None


async def mark_loaded(name: str) -> None:
    """Note that something was loaded completely."""
    await collection(MARKS).update_one({"_id": name}, {"$setOnInsert": {"_id": name}}, upsert=True)


async def drop_catalogue_indexes() -> None:
    """Before very many insertions: building the indexes afterwards is several times faster."""
    present = await collection("listings").index_information()
    for index in {BY_PRICE, BY_DATE} & present.keys():
        await collection("listings").drop_index(index)


async def make_catalogue_indexes() -> None:
    """Build what `drop_catalogue_indexes` dropped."""
    await collection("listings").create_indexes(Listing.Settings.indexes)


async def holds_listings() -> bool:
    """Whether there is any listing in the catalogue."""
    return await collection("listings").find_one({}, {"_id": 1}) is not None


async def multiply_listings(wanted: int) -> None:
    """Have the database copy the published listings until there are so many; each costs a little more.

    For measuring at sizes that would take hours to generate: copies have no draft, and words, keys and
    characteristics of their originals, so that each word and each value is as common as before.
    """
    listings = collection("listings")
    [last] = await listings.find({}, {"_id": 1}, sort=[("_id", -1)], limit=1).to_list()
    originals = await listings.estimated_document_count()
    present = originals
    while present < wanted:
        steps: list[Row] = [
            {"$match": {"_id": {"$lte": last["_id"]}}},
            {"$limit": wanted - present},
            {"$set": _dearer(present // originals * _STEP)},
            {"$unset": "_id"},
            {"$merge": {"into": "listings"}},
        ]
        await (await listings.aggregate(steps)).to_list()
        present += min(originals, wanted - present)


_STEP = 100
"""Tiyn that each copy costs more than the one before."""


def _dearer(by: int) -> Row:
    price: Row = {"$toLong": {"$add": ["$price", by]}}
    return {
        "price": price,
        "price_rank": _rank(price),
        "date_rank": _rank({"$toLong": "$published_at"}),
    }


def _rank(value: Row) -> Row:
    """As `documents.listings.records.rank`, with 20 bits of chance instead of the identifier's."""
    unit = 1 << 20
    return {
        "$add": [{"$multiply": [value, {"$toLong": unit}]}, {"$toLong": {"$multiply": [{"$rand": {}}, unit]}}]
    }


async def insert_listings(drafts: Sequence[ListingDraft], snapshots: Sequence[Listing]) -> None:
    """Insert working copies and their snapshots, inside the transaction under way.

    Those that are there already stay as they are; BulkWriteError for what the database refuses.
    """
    await _insert_missing("listing_drafts", [stored(draft) for draft in drafts])
    await _insert_missing("listings", [stored(snapshot.prepared()) for snapshot in snapshots])


async def _insert_missing(name: str, rows: list[Row]) -> None:
    wanted = {"_id": {"$in": [row["_id"] for row in rows]}}
    known = {row["_id"] async for row in collection(name).find(wanted, {"_id": 1}, session=session())}
    fresh = [row for row in rows if row["_id"] not in known]
    if fresh:
        await collection(name).insert_many(fresh, ordered=False, session=session())
