"""Rotation: every value and every blind index survives it, whenever it is interrupted."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from documents import data_keys, leases, participants
from documents.audit import intend
from documents.base import Id, Row, collection, in_transaction, new_id
from documents.encryption import Vault, open_vault, reveal, vault
from documents.encryption.keyring import lasting_owner
from documents.encryption.values import generation_of
from documents.leases import LeaseLost
from documents.registry import DOCUMENTS
from documents.rotation import STEPS, Kind, advance, begin, latest, under_way
from domain.audit import system_actor
from domain.errors import Erased, Refused
from domain.participants import FieldSource
from integrations.keys import MasterKey

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
NONE = timedelta()
KEY = MasterKey(b"k" * 32)
SOURCE = FieldSource(record="r", body=None, at=NOW, received_at=NOW)


async def person(number: int) -> Row:
    """Somebody with a name."""
    row = await participants.ensure(f"86061530{number:04}", NOW)
    await participants.fill(row["_id"], {"name": {"surname": f"Ким{number}"}}, SOURCE)
    return row


async def named(row: Id) -> str:
    """The name of somebody, read anew."""
    found = await participants.get(row)
    assert found is not None
    return await participants.full_name(found)


async def finish(kind: Kind, most: int = 10_000, largest: int = 100) -> Row:
    """See a job through, or as many batches of it."""
    await begin(kind, NOW)
    lease = await leases.acquire("rotation", "test", timedelta(minutes=1))
    assert lease is not None
    for _ in range(most):
        if not await advance(lease, DOCUMENTS, NOW, NONE, largest) and await under_way() is None:
            break
    await leases.release(lease)
    job = await latest(kind)
    assert job is not None
    return job


async def test_data_keys_are_replaced(database: object) -> None:
    """R-J1: after a rotation every value is under a new generation, the older one is destroyed, all open."""
    assert database is not None
    people = [await person(number) for number in range(5)]
    job = await finish(Kind.data)
    assert (job["finished_at"], job["unreadable"]) == (NOW, 0)
    for number, row in enumerate(people):
        stored = await participants.get(row["_id"])
        assert stored is not None
        assert {generation_of(stored["iin"]), generation_of(stored["name"])} == {2}
        key = await collection("data_keys").find_one({"_id": row["_id"]})
        assert key is not None
        assert [one["generation"] for one in key["keys"]] == [2]
        assert await named(row["_id"]) == f"Ким{number}"
        with pytest.raises(ValueError, match="gone"):
            await reveal("participants.iin", row["_id"], row["iin"])


async def test_it_can_be_killed_after_each_batch(database: object) -> None:
    """R-J1: a rotation that is cut off anywhere goes on where it was, and loses nothing."""
    assert database is not None
    people = [await person(number) for number in range(7)]
    batches = 0
    while (job := await finish(Kind.data, most=1, largest=2))["finished_at"] is None:
        batches += 1
        await open_vault(collection("data_keys"), KEY)  # another process takes over
        assert await named(people[batches % 7]["_id"]) == f"Ким{batches % 7}"
    assert batches > 8
    assert job["job"] == (await collection("data_keys").find_one({"_id": people[0]["_id"]}) or {})["job"]
    assert [await named(row["_id"]) for row in people] == [f"Ким{number}" for number in range(7)]


async def test_writers_go_on_meanwhile(database: object) -> None:
    """R-J1: what is written by others while keys rotate is neither lost nor left under an older key."""
    assert database is not None
    people = [await person(number) for number in range(20)]
    done = asyncio.Event()
    written = dict.fromkeys(range(20), 0)

    async def write(part: int) -> None:
        while not done.is_set():
            for number in range(part, 20, 4):
                row, turn = people[number]["_id"], written[number] + 1
                plain = {"name": {"surname": f"Ким{number}-{turn}"}}
                await in_transaction(lambda row=row, plain=plain: participants.fill(row, plain, SOURCE))  # type: ignore[misc]
                written[number] = turn
                await asyncio.sleep(0.002)

    async with asyncio.TaskGroup() as group:
        for part in range(4):
            group.create_task(write(part))
        for _ in range(2):
            assert (await finish(Kind.data))["unreadable"] == 0
        done.set()
    assert min(written.values()) > 0
    found = [await named(row["_id"]) for row in people]
    assert found == [f"Ким{number}-{turn}" for number, turn in written.items()]


async def test_lists_and_nulls_are_sealed_anew(database: object) -> None:
    """R-J1: values inside lists are replaced in their place; what is null stays null."""
    from documents.encryption import seal  # noqa: PLC0415

    assert database is not None
    row, owner = new_id(), new_id()
    notes = [await seal(owner, "notice_tasks.attempts.note", row, note) for note in ("one", "two")]
    attempts = [{"note": notes[0]}, {"note": None}, {"note": notes[1]}]
    await collection("notice_tasks").insert_one({"_id": row, "attempts": attempts})
    await finish(Kind.data)
    stored = await collection("notice_tasks").find_one({"_id": row})
    assert stored is not None
    found = [attempt["note"] for attempt in stored["attempts"]]
    assert found[1] is None
    opened = [await reveal("notice_tasks.attempts.note", row, note) for note in found if note]
    assert opened == ["one", "two"]
    assert found[0] != notes[0]


async def test_what_does_not_open_stops_it(database: object) -> None:
    """R-J1: with a value that can't be opened the older generation is kept, and the job says so."""
    assert database is not None
    row = await person(1)
    other = await person(2)
    await collection("participants").update_one({"_id": other["_id"]}, {"$set": {"email": row["iin"]}})
    job = await finish(Kind.data)
    assert (job["unreadable"] > 0, job["finished_at"]) == (True, NOW)
    key = await collection("data_keys").find_one({"_id": row["_id"]})
    assert key is not None
    assert len(key["keys"]) == 2
    assert await named(row["_id"]) == "Ким1"


async def test_what_is_chained_keeps_its_keys(database: object) -> None:
    """R-J2: the reason of an audited act is covered by hashes, so its keys outlast a rotation, not an erasure."""
    assert database is not None
    row = new_id()
    await intend("Test.act", by=system_actor("test"), at=NOW, reason="because", person=row)
    before = await collection("audit_intents").find_one({"act": "Test.act"})
    await finish(Kind.data)
    after = await collection("audit_intents").find_one({"act": "Test.act"})
    assert before == after
    assert after is not None
    assert await reveal("audit.reason", after["_id"], after["reason"]) == "because"
    key = await collection("data_keys").find_one({"_id": lasting_owner(row)})
    assert key is not None
    assert len(key["keys"]) == 2
    await in_transaction(lambda: data_keys.destroy([row], NOW))
    vault().forget()
    with pytest.raises(Erased):
        await reveal("audit.reason", after["_id"], after["reason"])


async def test_the_master_key_is_replaced(database: object) -> None:
    """R-J1: after rewrapping the older master key is of no use, and no value has changed."""
    assert database is not None
    row = await person(1)
    stored = await participants.get(row["_id"])
    await open_vault(collection("data_keys"), MasterKey(b"n" * 32, b"k" * 32))
    job = await finish(Kind.master)
    assert job["changed"] > 1
    assert await participants.get(row["_id"]) == stored
    await open_vault(collection("data_keys"), MasterKey(b"n" * 32))
    assert await named(row["_id"]) == "Ким1"
    with pytest.raises(ValueError, match="not here"):
        await open_vault(collection("data_keys"), KEY)
    assert (await finish(Kind.master))["changed"] == 0


async def test_the_index_key_is_replaced(database: object) -> None:
    """R-J1: at each batch of the rotation people are found; at the end no older index is left."""
    assert database is not None
    row = await person(1)
    old = (await collection("participants").find_one({"_id": row["_id"]}) or {})["iin_index"]
    await begin(Kind.indexes, NOW)
    other = Vault(collection("data_keys"), KEY, fresh=0.0)
    while (await finish(Kind.indexes, most=1))["finished_at"] is None:
        assert (await participants.by_iin("860615300001") or {})["_id"] == row["_id"]
        found = {"iin_index": {"$in": await other.blinds("iin", "860615300001")}}
        assert await collection("participants").count_documents(found) == 1
        assert (await participants.ensure("860615300001", NOW))["_id"] == row["_id"]
    assert await collection("participants").count_documents({"iin_index": old}) == 0
    fresh = await person(2)
    marks = [one["iin_index"][0] async for one in collection("participants").find({})]
    assert marks == [2, 2]
    assert (await participants.by_iin("860615300002") or {})["_id"] == fresh["_id"]


async def test_one_rotation_at_a_time(database: object) -> None:
    """R-J1: a job that is under way is resumed, another kind waits for its end."""
    assert database is not None
    first = await begin(Kind.data, NOW)
    assert (await begin(Kind.data, NOW))["job"] == first["job"]
    with pytest.raises(Refused, match="ROTATION_UNDER_WAY"):
        await begin(Kind.indexes, NOW)
    assert await latest(Kind.indexes) is None


async def test_whoever_lost_the_lease_writes_nothing(database: object) -> None:
    """R-J1: a holder whose turn is over can't write a batch."""
    assert database is not None
    row = await person(1)
    await begin(Kind.data, NOW)
    lease = await leases.acquire("rotation", "one", NONE)
    assert lease is not None
    assert await leases.acquire("rotation", "two", timedelta(minutes=1))
    with pytest.raises(LeaseLost):
        await advance(lease, DOCUMENTS, NOW, NONE)
    key = await collection("data_keys").find_one({"_id": row["_id"]})
    assert key is not None
    assert key["current"] == 1


async def test_it_waits_before_it_destroys(database: object) -> None:
    """R-J1: between the two passes over the values nothing is done until the wait is over."""
    assert database is not None
    await person(1)
    await begin(Kind.data, NOW)
    lease = await leases.acquire("rotation", "one", timedelta(minutes=1))
    assert lease is not None
    while await advance(lease, DOCUMENTS, NOW, timedelta(hours=1)):
        continue
    job = await latest(Kind.data)
    assert job is not None
    assert STEPS[Kind.data][job["step"] :] == ("reseal", "drop")
