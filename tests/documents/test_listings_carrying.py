"""Listings of a category, read in batches by index and rewritten only as they were read."""

from datetime import UTC, datetime
from typing import Any

from documents.base import collection, in_transaction, new_id
from documents.listings import (
    Mark,
    category_drafts,
    count_of_category,
    create_draft,
    publish,
    rewrite_draft,
    rewrite_snapshot,
    whole_snapshots,
)
from domain.listings import ListingAct
from tests.documents.test_listings import Database, a_draft, a_listing

MARK = Mark(ListingAct.migrated, "staff:1", datetime(2026, 3, 10, 9, tzinfo=UTC))


async def test_batches_of_a_category(database: Database) -> None:
    """R-B3: working copies by identifier, each once, whoever they are of; by an index."""
    made = [
        await create_draft(a_draft(category=code), MARK)
        for code in ("walkers", "canes", "walkers", "walkers")
    ]
    wanted = sorted(row["_id"] for row in made if row["category"] == "walkers")
    first = await category_drafts("walkers", None, 2)
    rest = await category_drafts("walkers", first[-1]["_id"], 2)
    assert [row["_id"] for row in (*first, *rest)] == wanted
    assert {row["kind"] for row in first} == {"listing_draft"}
    assert await count_of_category("walkers") == 3
    asked = {"category": {"$eq": "walkers"}, "_id": {"$gt": new_id()}}
    plan: Any = await collection("listing_drafts").find(asked, sort=[("category", 1), ("_id", 1)]).explain()
    assert "SORT" not in str(plan["queryPlanner"]["winningPlan"])
    assert "'indexName': 'category'" in str(plan["queryPlanner"]["winningPlan"])


async def test_only_what_was_read_is_written_over(database: Database) -> None:
    """R-B3: a draft that moved on and a snapshot that was replaced are left alone."""
    draft = await create_draft(a_draft(), MARK)
    moved = await rewrite_draft(draft, {"definition_version": 2, "version": 2}, MARK)
    assert moved is not None
    assert (moved["definition_version"], moved["kind"]) == (2, "listing_draft")
    assert await rewrite_draft(draft, {"definition_version": 3}, MARK) is None
    shown = await in_transaction(lambda: publish(a_listing(version=2)))
    assert shown is not None
    [snapshot] = (await whole_snapshots([shown["_id"], new_id()])).values()
    code = snapshot["characteristics"][0]["code"]
    rewritten = await rewrite_snapshot(snapshot, {"filterable": [code]})
    assert rewritten is not None
    assert rewritten["filterable"] == [code]
    assert set(rewritten["keys"]) < set(snapshot["keys"]) | set(rewritten["keys"])
    assert await rewrite_snapshot({**snapshot, "version": 1}, {"filterable": []}) is None
    stored = (await whole_snapshots([shown["_id"]]))[shown["_id"]]
    assert stored["keys"] == rewritten["keys"]
