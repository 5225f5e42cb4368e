"""The worker that rotates keys, and the command that starts it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from documents import leases, participants
from documents.base import collection
from documents.encryption import open_vault
from documents.encryption.values import generation_of
from documents.rotation import Kind, begin, latest
from domain.participants import FieldSource
from integrations.keys import MasterKey
from workers import rotation
from workers.rotation import Rotator, rotate, said

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
SOON = timedelta(milliseconds=10)
SOURCE = FieldSource(record="r", body=None, at=NOW, received_at=NOW)


def now() -> datetime:
    """The portal's clock."""
    return NOW


def rotator() -> Rotator:
    """A worker that waits for nothing."""
    return Rotator(now, SOON, timedelta())


async def generation() -> int:
    """The generation that sealed the only participant's number."""
    row = await collection("participants").find_one({})
    assert row is not None
    return generation_of(row["iin"])


async def test_a_worker_does_what_was_begun(database: object) -> None:
    """R-J1: a job that somebody began is done by any worker; one without a job does nothing."""
    assert database is not None
    await participants.ensure("860615300123", NOW)
    worker = rotator()
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)
    assert await generation() == 1
    await begin(Kind.data, NOW)
    while ((await latest(Kind.data)) or {})["finished_at"] is None:
        await asyncio.sleep(0.01)
    worker.stop()
    await running
    assert await generation() == 2


async def test_the_command_tells_each_step(database: object) -> None:
    """R-J1: the command says how far it is, and ends when the rotation has."""
    assert database is not None
    await participants.ensure("860615300123", NOW)
    lines: list[str] = []
    assert await rotate(Kind.data, rotator(), now, lines.append, SOON)
    assert lines[-1].startswith("data: done, ")
    assert await generation() == 2


async def test_the_command_watches_another(database: object) -> None:
    """R-J1: while another process has the lease, the command only tells how far that one is."""
    assert database is not None
    await participants.ensure("860615300123", NOW)
    lease = await leases.acquire("rotation", "another", timedelta(minutes=1))
    assert lease is not None
    lines: list[str] = []
    running = asyncio.create_task(rotate(Kind.data, rotator(), now, lines.append, SOON))
    while not lines:
        await asyncio.sleep(0.01)
    assert lines == ["data: step 1 of 5, renew, 0 changed"]
    await leases.release(lease)
    assert await running


async def test_the_command_says_what_went_wrong(database: object) -> None:
    """R-J1: with a value that does not open the command fails and says that nothing was destroyed."""
    assert database is not None
    row = await participants.ensure("860615300123", NOW)
    await collection("participants").update_one({"_id": row["_id"]}, {"$set": {"email": row["iin"]}})
    lines: list[str] = []
    assert not await rotate(Kind.data, rotator(), now, lines.append, SOON)
    assert "older keys are kept" in lines[-1]


async def test_a_missing_master_key_is_waited_for(database: object, caplog: pytest.LogCaptureFixture) -> None:
    """R-J1: a worker that lacks the older master key logs so and goes on living."""
    assert database is not None
    await participants.ensure("860615300123", NOW)
    await begin(Kind.master, NOW)
    vault = await open_vault(collection("data_keys"), MasterKey(b"k" * 32))
    vault.ring.keys = MasterKey(b"n" * 32)
    worker = rotator()
    running = asyncio.create_task(worker.run())
    while "rotation interrupted: ValueError" not in caplog.text:
        await asyncio.sleep(0.01)
    worker.stop()
    await running
    assert ((await latest(Kind.master)) or {})["finished_at"] is None


def test_a_job_in_words() -> None:
    """R-J1: a line names kind, step and count."""
    job = {"_id": "master", "step": 0, "changed": 7, "unreadable": 0, "finished_at": None}
    assert said(job) == "master: step 1 of 1, rewrap, 7 changed"
    assert rotation.LEASE == "rotation"
