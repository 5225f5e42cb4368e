"""The sealer: every act once and in commit order, every write without one told, whatever dies in between."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId, encode
from pymongo import InsertOne
from pymongo.asynchronous.database import AsyncDatabase

from documents import audit
from documents.audit import intend, stream, watched
from documents.base import Id, Row, collection, database, in_transaction, new_id, session
from documents.changes import follow
from documents.registry import DOCUMENTS
from domain.canonical import Canonical, canonical_bytes
from tests.workers.audit.sealing import (
    KEYS,
    NOW,
    SOMEBODY,
    caught_up,
    faults,
    sealer,
    sealing,
    second_client,
    told,
    until,
)

pytestmark = pytest.mark.usefixtures("database")
AUDITED = sorted(watched(DOCUMENTS))
Beside = AsyncDatabase[Any]


@pytest.fixture
async def beside() -> AsyncIterator[Beside]:
    """A second client, straight on the database."""
    async with second_client() as other:
        yield other


async def act(name: str = "measures", rows: int = 1) -> Id:
    """An ordinary write: with its intent, in one transaction; the intent's subject."""
    subject = new_id()

    async def work() -> None:
        fresh = [{"_id": (row := new_id()), "esobes_index": row.binary} for _ in range(rows)]
        await collection(name).insert_many(fresh, session=session())
        await intend("Test.write", by=SOMEBODY, at=NOW, subject=("measure", subject))

    await in_transaction(work)
    return subject


async def subjects() -> list[str]:
    """What the sealed acts were about, in the order of the chain."""
    return [row["subject"] for row in await caught_up() if row["act"] == "Test.write"]


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


async def count_is(kind: str, expected: int) -> bool:
    """Whether there are so many entries of a kind."""
    return await collection("audit").count_documents({"kind": kind}) >= expected


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


async def reasons() -> list[tuple[str, str | None]]:
    """The sealer's own entries, in order."""
    rows = [row async for row in audit.chain() if row["actor"] == "sealer"]
    return [(row["kind"], row["details"].get("reason")) for row in rows]


async def test_dropped_database_is_not_passed_over(throwaway: AsyncDatabase[Row]) -> None:
    """R-J2: after the whole database was dropped the chain begins anew, and says why."""
    async with sealing():
        await act()
        await caught_up()
        await throwaway.client.drop_database(throwaway.name)
        await until(lambda: count_is("history_lost", 1))
        await act()
        assert len(await subjects()) == 1
    assert await reasons() == [("history_lost", "database_dropped")]


async def test_first_start_on_a_database_with_data(beside: Beside) -> None:
    """R-J2: acts from before the first start are sealed; what was written past the portal then is not known."""
    early = [str(await act()) for _ in range(3)]
    await beside["orders"].insert_one({})
    async with sealing():
        late = str(await act())
        assert await subjects() == [*early, late]
        assert await told() == []
    assert await reasons() == [("started", None)]


async def lost_position() -> Row:
    """A position that the server doesn't find in its history."""
    async with follow("feed_topics") as changes:
        await collection("feed_topics").insert_one({"_id": "nobody's", "seq": 0})
        await changes.next()
        token = changes.position["_data"]
    return {"_data": token[:10] + "00000001" + token[18:]}


def signed(position: str, name: str) -> Row:
    """A position as a sealer leaves it."""
    content: dict[str, Canonical] = {
        "type": "audit-position",
        "database": name,
        "position": position,
        "leftover": False,
    }
    return {"state.signed": KEYS.sign(canonical_bytes(content))}


async def rolled_over() -> Row:
    """The position is no longer in the history."""
    return {"$set": signed(encode(await lost_position()).hex(), database().name)}


async def moved_by_hand() -> Row:
    """Somebody without the key moved the position over what they wrote."""
    return {"$set": {"state.signed": "a.b.c"}}


async def of_another_database() -> Row:
    """The rows were restored from a copy."""
    return {"$set": signed("00", "other")}


async def no_position() -> Row:
    """Somebody signed something else with the audit's key."""
    return {"$set": {"state.signed": KEYS.sign(b"{}")}}


async def removed() -> Row:
    """Somebody took the position away."""
    return {"$unset": {"state": 1}}


LOSSES: list[tuple[Callable[[], Awaitable[Row]], str]] = [
    (rolled_over, "rolled_over"),
    (moved_by_hand, "position_untrusted"),
    (no_position, "position_untrusted"),
    (of_another_database, "restored_elsewhere"),
    (removed, "position_missing"),
]


@pytest.mark.parametrize(("lose", "reason"), LOSSES, ids=[lose.__name__ for lose, _ in LOSSES])
async def test_lost_history_is_told(lose: Callable[[], Awaitable[Row]], reason: str, beside: Beside) -> None:
    """R-J2: where the place in the history is lost an entry says so, and no intent is lost with it."""
    async with sealing():
        first = str(await act())
        await caught_up()
    await collection("leases").update_one({"_id": "sealer"}, await lose())
    meanwhile = [str(await act()) for _ in range(2)]
    await beside["orders"].insert_one({})
    async with sealing():
        await until(lambda: count_is("history_lost", 1))
        later = str(await act())
        assert await subjects() == [first, *meanwhile, later]
        await beside["orders"].delete_many({})
        assert [each[0] for each in await told()] == ["delete"]
    assert await reasons() == [("started", None), ("history_lost", reason)]


async def test_intents_found_twice_are_sealed_once() -> None:
    """R-J2: intents found by search and then told by the stream have one entry."""
    async with sealing():
        pass
    found = [str(await act()) for _ in range(3)]
    row = await collection("leases").find_one({"_id": "sealer"})
    assert row is not None
    stands = KEYS.opened(row["state"]["signed"]).replace(b'"leftover":false', b'"leftover":true')
    left = {"$set": {"state.signed": KEYS.sign(stands)}}
    await collection("leases").update_one({"_id": "sealer"}, left)
    async with sealing():
        await until(lambda: count_is("act", 3))
        assert await subjects() == found
    assert await reasons() == [("started", None)]


async def test_heads_are_kept_beside_the_chain() -> None:
    """R-J2: the first head is kept apart at once, later ones when enough was sealed, and one can be exported."""
    async with sealing():
        for _ in range(3):
            await act()
            await caught_up()
        kept, head = await audit.kept_heads(), await audit.head()
    assert len(kept) == 1
    assert head is not None
    await collection("audit").delete_many({"seq": {"$gt": 1}})
    assert await faults() == []
    assert await faults(head) == ["entry 7: truncated"]


async def test_stop_hands_over_at_once() -> None:
    """A sealer that stops in good order leaves its lease free."""
    async with sealing():
        await act()
    row = await collection("leases").find_one({"_id": "sealer"})
    assert row is not None
    assert row["holder"] == ""


async def test_failover_loses_nothing() -> None:
    """R-J2: while the primary steps down, the sealer goes on where it was: all once."""
    sent = []
    async with sealing():
        for place in range(20):
            if place in {5, 12}:
                await database().client.admin.command({"replSetStepDown": 1, "force": True})
            sent.append(str(await act()))
        assert await subjects() == sent
        assert await told() == []


class Contender:
    """A sealer that is killed without warning, at whatever point it is, and started again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.kills = 0

    async def run(self, done: asyncio.Event) -> None:
        """Live short lives until `done`."""
        while not done.is_set():
            task = asyncio.create_task(sealer().run())
            await asyncio.wait([asyncio.create_task(done.wait())], timeout=self._chance.uniform(0.1, 1.2))
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self.kills += 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_sealers_neither_skip_nor_repeat(seed: int, beside: Beside) -> None:
    """R-J2: two contenders killed at random, acts and foreign writes meanwhile: each has exactly one entry."""
    chance = random.Random(seed)
    done = asyncio.Event()
    acts, foreign = list[str](), list[str]()

    async def somebody() -> None:
        for _ in range(25):
            acts.append(str(await act(rows=chance.randint(1, 3))))
            row = ObjectId()
            await beside["orders"].insert_one({"_id": row})
            foreign.append(str(row))
            await asyncio.sleep(chance.uniform(0, 0.2))

    async with sealing():
        pass
    contenders = [Contender(chance), Contender(chance)]
    lives = [asyncio.create_task(contender.run(done)) for contender in contenders]
    await asyncio.gather(*(somebody() for _ in range(6)))
    done.set()
    await asyncio.gather(*lives)
    async with sealing():
        assert sorted(document for _, _, document in await told() if document) == sorted(foreign)
        assert sorted(await subjects()) == sorted(acts)
    assert sum(contender.kills for contender in contenders) > 3
