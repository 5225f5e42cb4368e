"""The sealer: every act once and in commit order, every write without one told."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo import InsertOne
from pymongo.asynchronous.database import AsyncDatabase

from documents.audit import stream, watched
from documents.base import Row, collection, database
from documents.changes import follow
from documents.registry import DOCUMENTS
from tests.workers.audit.sealing import (
    NOW,
    Beside,
    act,
    caught_up,
    count_is,
    faults,
    sealing,
    second_client,
    subjects,
    told,
    until,
)

pytestmark = pytest.mark.usefixtures("database")
AUDITED = sorted(watched(DOCUMENTS))


async def write_behind(beside: Beside, name: str) -> list[tuple[str, str, str]]:
    """Every way to write a row straight into a collection, and what the audit has to tell of it."""
    row, other = ObjectId(), ObjectId()
    rows = beside[name]
    await rows.insert_one({"_id": row}, bypass_document_validation=True)
    await rows.update_one({"_id": row}, {"$set": {"x": 1}}, bypass_document_validation=True)
    await rows.replace_one({"_id": row}, {"x": 2}, bypass_document_validation=True)
    await rows.find_one_and_update({"_id": row}, {"$inc": {"x": 1}}, bypassDocumentValidation=True)
    await rows.delete_one({"_id": row})
    await rows.bulk_write([InsertOne({"_id": other})], bypass_document_validation=True)
    await rows.find_one_and_delete({"_id": other})
    done = ("insert", "update", "replace", "update", "delete")
    return [(each, name, str(row)) for each in done] + [
        (each, name, str(other)) for each in ("insert", "delete")
    ]


@pytest.mark.parametrize("name", AUDITED)
async def test_writes_of_a_second_client_are_told(name: str, beside: Beside) -> None:
    """R-J2: whatever a second client does to a row of a business collection gives an entry, one each."""
    async with sealing():
        expected = await write_behind(beside, name)
        assert await told() == expected


async def test_writes_while_the_sealer_was_down_are_told(beside: Beside) -> None:
    """R-J2: what was written past the portal while nobody sealed is told afterwards, for every collection."""
    async with sealing():
        before = await act()
    expected = [each for name in AUDITED for each in await write_behind(beside, name)]
    after = await act()
    async with sealing():
        assert await told() == expected
        assert await subjects() == [str(before), str(after)]


async def test_transaction_without_an_intent_is_told(beside: Beside) -> None:
    """R-J2: a foreign transaction is told write by write, beside ordinary ones that are not."""
    row = ObjectId()

    async def work(running: Any) -> None:
        await beside["orders"].insert_one({"_id": row}, session=running)
        await beside["measures"].insert_one({"_id": row, "esobes_index": b"1"}, session=running)
        await beside["orders"].update_one({"_id": row}, {"$set": {"status": "paid"}}, session=running)

    async with sealing():
        await asyncio.gather(*(act() for _ in range(5)))
        async with beside.client.start_session() as opened:
            await opened.with_transaction(work)
        await asyncio.gather(*(act() for _ in range(5)))
        key = str(row)
        assert await told() == [
            ("insert", "orders", key),
            ("insert", "measures", key),
            ("update", "orders", key),
        ]


async def test_entry_holds_names_and_no_values(beside: Beside) -> None:
    """R-J2: an entry names the fields that were changed, never a value, nor a name or key of others' making."""
    iin = "900101300123"
    async with sealing():
        await beside["orders"].insert_one({"_id": iin, "status": iin, "list": [1, 2, 3]})
        changed = {"$set": {"status": iin + "1", iin: 1, f"acts.{iin}": 2}, "$unset": {"list": 1}}
        await beside["orders"].update_one({"_id": iin}, changed)
        rows = [row for row in await caught_up() if row["kind"] == "out_of_band"]
    assert [row["write"]["fields"] for row in rows] == [[], ["?", "acts", "status"]]
    assert rows[0]["write"]["document"] == rows[1]["write"]["document"] != iin
    assert iin not in str(rows)


async def ordinary(count: int) -> None:
    """So many ordinary writes, 32 at a time; none is told as out of band, all are sealed in commit order."""
    opened, order = asyncio.Event(), list[str]()

    async def listen() -> None:
        async with follow("audit_intents") as changes:
            opened.set()
            while len(order) < count:
                order.extend(str(row["subject"]) for row in await changes.next())

    listening = asyncio.create_task(listen())
    await opened.wait()
    async with sealing():
        for _ in range(0, count, 50):
            await asyncio.gather(*(act(random.choice(("measures", "orders", "evidence"))) for _ in range(50)))
        await listening
        assert await told() == []
        assert await subjects() == order


async def test_ordinary_writes_are_not_told() -> None:
    """R-J2: no ordinary write is taken for one that bypassed the portal, and the chain keeps commit order."""
    await ordinary(300)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_ten_thousand_ordinary_writes_are_not_told() -> None:
    """None of 10,000 ordinary writes is taken for one that bypassed the portal."""
    await ordinary(10_000)


async def test_large_transactions_stay_together(beside: Beside) -> None:
    """R-J2: a transaction that spans many batches is judged by its intent, wherever that stands in it."""
    rows = 3 * 200 + 7

    async def work(running: Any) -> None:
        await beside["orders"].insert_many([{"n": 1} for _ in range(rows)], session=running)

    async with sealing():
        await act(rows=rows)
        async with beside.client.start_session() as opened:
            await opened.with_transaction(work)
        await act(rows=rows)
        assert {each[:2] for each in await told()} == {("insert", "orders")}
        assert len(await told()) == rows


async def test_huge_foreign_transaction_is_told_in_sum(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a limit the writes of one transaction are counted: an attacker can't fill the sealer's memory."""
    monkeypatch.setattr(stream, "MOST_TOLD_ONE_BY_ONE", 10)

    async def work(running: Any) -> None:
        await beside["orders"].insert_many([{"n": 1} for _ in range(30)], session=running)
        await beside["orders"].update_many({}, {"$set": {"n": 2}}, session=running)

    async with sealing():
        async with beside.client.start_session() as opened:
            await opened.with_transaction(work)
        await act(rows=30)
        rows = [row["write"] for row in await caught_up() if row["kind"] == "out_of_band"]
    assert [row["count"] for row in rows] == [1] * 10 + [20, 30]
    assert [row["operation"] for row in rows[-2:]] == ["insert", "update"]


async def test_intents_written_by_hand(beside: Beside) -> None:
    """R-J2: a row put among the intents that is none excuses nothing, is told itself, and stops nobody."""
    strange = [{"_id": 1}, {"act": 5}, {"_id": "x", "details": {"\u00e9": 1, "e\u0301": 2}}]
    async with sealing():
        pass
    await beside["audit_intents"].insert_many(strange)
    async with sealing():
        await act()
        assert [each[:2] for each in await told()] == [("insert", "audit_intents")] * 3
        assert len(await subjects()) == 1
    assert await collection("audit_intents").count_documents({}) == 0


async def test_the_audits_own_rows_are_watched(beside: Beside) -> None:
    """R-J2: changing or deleting what was sealed gives an entry at once, besides breaking the chain."""
    async with sealing():
        await act()
        await caught_up()
        await beside["audit"].update_one({"act": "Test.write"}, {"$set": {"at": NOW - timedelta(days=1)}})
        await beside["audit_heads"].delete_many({})
        await until(lambda: count_is("out_of_band", 2))
    written = [row["write"] async for row in collection("audit").find({"kind": "out_of_band"})]
    assert [(each["operation"], each["collection"]) for each in written] == [
        ("update", "audit"),
        ("delete", "audit_heads"),
    ]
    assert await faults() == ["entry 2: changed"]


async def test_deleted_intent_is_sealed_all_the_same(beside: Beside) -> None:
    """R-J2: an intent that somebody deletes before it is sealed is sealed: the history tells it."""
    async with sealing():
        await act()
    gone = await act()
    await beside["audit_intents"].delete_many({})
    async with sealing():
        assert (await subjects())[-1] == str(gone)


async def test_changes_of_structure_are_told(throwaway: AsyncDatabase[Row]) -> None:
    """R-J2: dropping and renaming are writes past the portal; validators and indexes have entries of their own."""
    async with sealing(), second_client() as beside:
        await beside["orders"].create_index("x")
        await beside["orders"].drop_index("x_1")
        await beside.command("collMod", "participants", validator={})
        await beside["measures"].rename("elsewhere")
        await beside["elsewhere"].rename("measures")
        await beside["notice_tasks"].drop()
        await beside.create_collection("notice_tasks")
        await beside["unknown"].insert_one({})
        await beside["unknown"].drop()
        rows = [row for row in await caught_up() if row["kind"] not in {"act", "started"}]
    assert throwaway.name == database().name
    assert [(row["kind"], row["write"]["operation"], row["write"]["collection"]) for row in rows] == [
        ("structure", "createIndexes", "orders"),
        ("structure", "dropIndexes", "orders"),
        ("structure", "modify", "participants"),
        ("out_of_band", "rename", "measures"),
        ("out_of_band", "rename", "elsewhere"),
        ("out_of_band", "drop", "notice_tasks"),
        ("structure", "create", "notice_tasks"),
    ]
