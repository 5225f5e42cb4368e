"""Loading in bulk: repeated without harm, marked when complete."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from documents import seeding
from documents.base import collection, new_id
from documents.listings import Listing, ListingDraft

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def card() -> dict[str, Any]:
    """The fields of a card."""
    return {
        "_id": new_id(),
        "supplier": new_id(),
        "direction": "tsr_sale",
        "category": "wheelchair",
        "definition_version": 1,
        "title": {"ru": "Коляска", "kk": "Арба"},
        "description": {"ru": "", "kk": ""},
        "price": 100,
        "regions": ["71"],
        "characteristics": [],
        "content_hash": "a" * 64,
    }


async def test_a_mark_is_set_once(database: object) -> None:
    """What was loaded completely says so; marking it again is no fault."""
    assert database is not None
    assert not await seeding.is_loaded("demo")
    for _ in range(2):
        await seeding.mark_loaded("demo")
    assert await seeding.is_loaded("demo")


async def test_a_load_may_be_repeated(database: object) -> None:
    """Cards that are there already stay as they are; any other fault is told."""
    assert database is not None
    fields = card()
    draft = ListingDraft(**fields, created_at=NOW, updated_at=NOW)
    shown = Listing(**fields, published_at=NOW)
    for _ in range(2):
        await seeding.insert_listings([draft], [shown])
    assert await collection("listings").count_documents({}) == 1
    assert await collection("listing_drafts").count_documents({}) == 1


async def test_a_fault_of_another_kind_is_told(database: object) -> None:
    """A row that the database refuses for another reason stops the load."""
    assert database is not None
    with pytest.raises(BulkWriteError):
        await seeding._insert_missing(
            "participants", [{"_id": new_id(), "iin": "in clear", "iin_index": b"1"}]
        )
