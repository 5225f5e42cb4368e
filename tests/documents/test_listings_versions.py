"""Versions, reviews and schedules of listings as they are stored: once each, and read by their indexes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError

from documents.base import Id, Row, collection, in_transaction, new_id
from documents.listings import (
    ListingReview,
    Mark,
    create_draft,
    due_drafts,
    history,
    history_question,
    kept_of,
    kept_versions,
    move_review,
    planned,
    queue,
    queue_question,
    reviews_of,
    save_draft,
    steps,
    submit,
)
from documents.listings.versions import STEPS_MAX, keep
from domain.listings import ListingAct, ReviewStatus, Schedule
from tests.documents.test_listings import EDITED, MADE, NOW, a_draft

Database = AsyncDatabase[Row]


def stages(plan: Row) -> set[str]:
    """Names of all stages of a winning plan."""
    inner = [plan.get("inputStage"), *plan.get("inputStages", [])]
    return {plan["stage"]}.union(*(stages(one) for one in inner if one))


async def explained(database: Database, name: str, question: Row) -> set[str]:
    """The stages by which a question is answered."""
    asked = {"find": name, **question, "sort": dict(question["sort"])}
    found = await database.command("explain", asked, verbosity="queryPlanner")
    return stages(found["queryPlanner"]["winningPlan"])


async def test_each_write_keeps_a_version(database: Database) -> None:
    """R-B5: every version stands in the history as it was written, with its act; the newest first."""
    made = await create_draft(a_draft(), MADE)
    for price in (1, 2, 3):
        await save_draft(made["_id"], price, {"price": price}, EDITED)
    page = await history(made["_id"], first=3)
    assert [(row["version"], row["price"], row["act"]) for row in page.rows] == [
        (4, 3, "edited"),
        (3, 2, "edited"),
        (2, 1, "edited"),
    ]
    (first,) = (await history(made["_id"], first=3, after=page.end)).rows
    assert (first["version"], first["act"], first["by"], first["at"]) == (1, "created", "supplier:1", NOW)
    kept = await kept_versions(made["_id"], [2, 4, 9])
    assert {number: row["price"] for number, row in kept.items()} == {2: 1, 4: 3}
    assert await kept_of([]) == {}
    assert set(await kept_of([(made["_id"], 1), (new_id(), 1)])) == {(made["_id"], 1)}
    assert await database["listing_versions"].count_documents({}) == 4


async def test_a_version_is_kept_once(database: Database) -> None:
    """R-B5: the database refuses another row for a version that is kept already."""
    made = await create_draft(a_draft(), MADE)
    with pytest.raises(BulkWriteError, match="E11000"):
        await keep([(made, EDITED)])
    assert await database["listing_versions"].count_documents({}) == 1


async def test_steps_are_bounded(database: Database) -> None:
    """R-B5: what a lost race tells is bounded, and in order."""
    made = await create_draft(a_draft(), MADE)
    await keep([({**made, "version": number}, EDITED) for number in range(2, STEPS_MAX + 20)])
    found = await steps(made["_id"], 1, STEPS_MAX + 10)
    assert [row["version"] for row in found] == list(range(2, STEPS_MAX + 2))


async def test_histories_are_read_by_their_index(database: Database) -> None:
    """R-B5: a page of a history is read off the index, without sorting."""
    found = await explained(database, "listing_versions", history_question(new_id(), first=5, after=None))
    assert "IXSCAN" in found
    assert not found & {"SORT", "COLLSCAN"}


def a_review(number: int, listing: Id | None = None) -> ListingReview:
    """A review that was sent so many minutes from now."""
    at = NOW + timedelta(minutes=number)
    return ListingReview(
        listing=listing or new_id(),
        supplier=new_id(),
        direction="tsr_sale",
        category="walkers",
        card_version=2,
        content_hash="0" * 64,
        since=None,
        submitted_at=at,
        queued_at=at,
    )


async def test_the_queue_is_read_by_its_index(database: Database) -> None:
    """R-B5: a page of the queue is read off an index that holds nothing but what waits."""
    found = await explained(database, "listing_reviews", queue_question({}, first=5, cursor=None))
    assert "IXSCAN" in found
    assert not found & {"SORT", "COLLSCAN"}


async def test_the_queue_is_walked_while_it_moves(database: Database) -> None:
    """R-B5: whoever walks the queue sees each review that stays exactly once, whatever comes and goes meanwhile."""
    rows = [await submit(a_review(number // 3)) for number in range(12)]
    seen: list[Id] = []
    after, more = None, True
    while more:
        page = await queue({}, first=2, cursor=after)
        seen += [row["_id"] for row in page.rows]
        after, more = page.end, page.has_next
        await move_review(page.rows[0], ReviewStatus.approved, {})
        await submit(a_review(-1))
    assert seen == [row["_id"] for row in rows]
    assert database is not None


async def test_a_review_moves_once(database: Database) -> None:
    """R-B5: of any number of decisions on one version of a review one is written; decided, it waits no more."""
    row = await submit(a_review(0))
    tried = [move_review(row, status, {}) for status in (ReviewStatus.approved, ReviewStatus.returned) * 5]
    won = [found for found in await asyncio.gather(*tried) if found is not None]
    assert len(won) == 1
    assert (won[0]["version"], won[0]["queued_at"]) == (2, None)
    assert (await queue({}, first=5, cursor=None)).rows == []
    listing = row["listing"]
    later = await submit(a_review(1, listing))
    assert [found["_id"] for found in await reviews_of(listing)] == [later["_id"], row["_id"]]
    assert database is not None


async def test_what_is_due_is_found_by_its_index(database: Database) -> None:
    """R-B4: drafts with something due are read off an index of schedules, the longest waiting first."""
    made = [await create_draft(a_draft(**schedule(hours)), MADE) for hours in (3, 1, 2, 9)]
    await create_draft(a_draft(), MADE)
    found = await due_drafts(NOW + timedelta(hours=3), 10)
    assert [row["_id"] for row in found] == [made[1]["_id"], made[2]["_id"], made[0]["_id"]]
    assert [set(row) for row in found] == [{"_id", "version", "supplier"}] * 3
    question = {"filter": {"due_at": {"$type": "date", "$lte": NOW}}, "sort": [("due_at", 1)]}
    plan = await explained(database, "listing_drafts", question)
    assert "IXSCAN" in plan
    assert not plan & {"SORT", "COLLSCAN"}


def schedule(hours: int) -> dict[str, Any]:
    """A schedule whose publication is due in so many hours."""
    return planned(Schedule(1, NOW + timedelta(hours=hours), NOW + timedelta(hours=hours + 1)))


async def test_other_content_drops_the_publication(database: Database) -> None:
    """R-B4: a change of the content leaves the withdrawal planned, any other write leaves all of it."""
    made = await create_draft(a_draft(**schedule(1)), MADE)
    same = await save_draft(made["_id"], 1, {"updated_at": datetime.now(UTC)}, EDITED)
    assert same is not None
    assert (same["schedule"], same["due_at"]) == (made["schedule"], made["due_at"])
    other = await save_draft(made["_id"], 2, {"price": 7}, Mark(ListingAct.migrated, "system:-", NOW))
    assert other is not None
    assert other["schedule"]["publish_at"] is None
    assert other["due_at"] == NOW + timedelta(hours=2)


async def test_a_version_goes_with_its_change(database: Database) -> None:
    """R-B5: a change whose transaction ends without it leaves no version behind either."""
    made = await create_draft(a_draft(), MADE)

    async def work() -> None:
        await save_draft(made["_id"], 1, {"price": 7}, EDITED)
        raise LookupError

    with pytest.raises(LookupError):
        await in_transaction(work)
    assert await collection("listing_versions").count_documents({}) == 1
    assert database is not None
