"""Files of imports as stored, and many working copies at a time."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents import imports, listings
from documents.base import Id, collection, in_transaction, new_id
from documents.listings import ListingDraft, Mark, Overtaken
from documents.listings.bulk import questions
from domain.imports import TableFormat
from domain.listings import ListingAct

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
OWNER = new_id()
MARK = Mark(ListingAct.edited, f"supplier:{OWNER}", NOW)
BY_OWNER: defaultdict[Id, Mark] = defaultdict(lambda: MARK)


def draft(**fields: Any) -> ListingDraft:
    """A working copy of the owner's."""
    given: dict[str, Any] = {"supplier": OWNER, "direction": "tsr_sale", "category": "walkers"}
    return ListingDraft(**given | {"definition_version": 1, "created_at": NOW, "updated_at": NOW} | fields)


async def test_a_file_is_whole_once() -> None:
    """R-B6: a file is announced, then whole; its number of bytes and fingerprint are written once."""
    row = await imports.create(
        imports.ImportFile(
            supplier=OWNER,
            purpose="source",
            format=TableFormat.csv,
            created_at=NOW,
            expires_at=NOW + imports.KEPT,
        )
    )
    assert (await imports.complete(row["_id"], 3, "a") or {})["size"] == 3
    assert (await imports.complete(row["_id"], 4, "b") or {})["digest"] == "a"
    assert await imports.kept(OWNER, NOW) == 1
    assert await imports.kept(OWNER, NOW + imports.KEPT) == 0
    assert await imports.get(new_id()) is None
    assert await imports.expired(NOW) == []
    assert await imports.expired(NOW + imports.KEPT + timedelta(seconds=1)) == [row["_id"]]


async def test_drafts_by_their_names() -> None:
    """R-B6: a supplier's working copies are found by number and by code, those of another never."""
    rows = [listings.ready(draft(external_key=key)) for key in ("A", "B", None)]
    other = listings.ready(draft(supplier=new_id(), external_key="A"))
    await in_transaction(lambda: listings.write_drafts([*rows, other], [], BY_OWNER))
    found = await listings.drafts_named(OWNER, [rows[2]["_id"], other["_id"]], ["A", "C"])
    assert {row["_id"] for row in found} == {rows[0]["_id"], rows[2]["_id"]}
    assert [row["_id"] for row in await listings.drafts_named(OWNER, [], ["B"])] == [rows[1]["_id"]]
    assert await listings.drafts_named(OWNER, [], []) == []
    assert {row["kind"] for row in found} == {"listing_draft"}


async def test_drafts_are_written_over_what_was_read() -> None:
    """R-B5: of many edits not one is written when a working copy moved on meanwhile."""
    rows = [listings.ready(draft()) for _ in range(2)]
    await in_transaction(lambda: listings.write_drafts(rows, [], BY_OWNER))
    edits = [(1, row | {"price": 5, "version": 2}) for row in rows]
    await collection("listing_drafts").update_one({"_id": rows[0]["_id"]}, {"$set": {"version": 7}})
    with pytest.raises(Overtaken):
        await in_transaction(lambda: listings.write_drafts([], edits, BY_OWNER))
    stand = await collection("listing_drafts").find({}, {"price": 1, "version": 1}).to_list()
    assert sorted((row["version"], row["price"]) for row in stand) == [(1, None), (7, None)]
    await in_transaction(lambda: listings.write_drafts([], edits[1:], BY_OWNER))
    assert await collection("listing_drafts").count_documents({"version": 2, "price": 5}) == 1
    kept = await listings.kept_versions(rows[1]["_id"], [1, 2])
    assert [kept[number]["price"] for number in (1, 2)] == [None, 5]
    assert await listings.kept_versions(rows[0]["_id"], [2]) == {}
    await in_transaction(lambda: listings.publish_many([]))


async def test_pages_of_a_category_are_read_by_index() -> None:
    """R-B6: an export reads no more keys than it shows rows, however many the supplier has in other categories."""
    rows = [listings.ready(draft(category="walkers" if number % 3 else "other")) for number in range(30)]
    await in_transaction(lambda: listings.write_drafts(rows, [], BY_OWNER))
    page = await listings.drafts_of_category(OWNER, "other", None, 4)
    rest = await listings.drafts_of_category(OWNER, "other", page[-1]["_id"], 100)
    assert [row["_id"] for row in [*page, *rest]] == [row["_id"] for row in rows[::3]]
    query = {"supplier": {"$eq": OWNER}, "category": {"$eq": "other"}, "_id": {"$gt": page[-1]["_id"]}}
    plan = await collection("listing_drafts").find(query, sort=[("_id", 1)], limit=3).explain()
    assert plan["executionStats"]["totalKeysExamined"] <= 4


async def test_named_drafts_are_read_by_index() -> None:
    """R-B6: a batch reads no more working copies than it names, however many the supplier has."""
    rows = [listings.ready(draft(external_key=f"A{number}")) for number in range(30)]
    await in_transaction(lambda: listings.write_drafts(rows, [], BY_OWNER))
    asked = questions(OWNER, [row["_id"] for row in rows[:2]], ["A0", "A1"])
    assert len(asked) == 2
    for question in asked:
        plan = await collection("listing_drafts").find(question["filter"], hint=question["hint"]).explain()
        assert plan["executionStats"]["totalDocsExamined"] == 2
        assert plan["executionStats"]["totalKeysExamined"] <= 4
