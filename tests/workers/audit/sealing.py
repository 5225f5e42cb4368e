"""The sealer at work in a test, a second client beside it, and what the chain says afterwards."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from documents import audit
from documents.audit import intend
from documents.base import Id, Row, collection, database, in_transaction, new_id, session
from domain.audit import Verifier, system_actor
from integrations.audit import HeadKeys, fresh_head_keys
from workers.audit import Sealer

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
KEYS = HeadKeys(fresh_head_keys())
SOMEBODY = system_actor("test")
Beside = AsyncDatabase[Any]


def sealer() -> Sealer:
    """A contender whose lease runs out soon, so that takeovers happen within a test."""
    return Sealer(lambda: NOW, KEYS, timedelta(milliseconds=500))


@asynccontextmanager
async def sealing() -> AsyncIterator[None]:
    """A sealer at work, stopped in good order at the end."""
    worker = sealer()
    task = asyncio.create_task(worker.run())
    try:
        await until(begun)
        yield
    finally:
        worker.stop()
        await task


async def begun() -> bool:
    """Whether a sealer follows the database."""
    row = await collection("leases").find_one({"_id": "sealer"})
    return bool(row and row.get("state"))


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to become true; the test's own timeout ends a wait in vain."""
    while not await done():
        await asyncio.sleep(0.02)


async def caught_up() -> list[Row]:
    """All entries, once everything that was committed until now is sealed, but for the mark of that."""
    mark = new_id()
    await intend("Test.mark", by=SOMEBODY, at=NOW, subject=("mark", mark))
    await until(lambda: _is_sealed(mark))
    assert await faults() == []
    return [row async for row in audit.chain() if row["act"] != "Test.mark"]


async def _is_sealed(mark: Id) -> bool:
    return await collection("audit").find_one({"subject": str(mark)}) is not None


async def faults(*known: str) -> list[str]:
    """What the verifier finds."""
    verifier = Verifier(KEYS, [*await audit.kept_heads(), *known])
    async for row in audit.chain():
        verifier.take(audit.link_of(row))
    return [str(each) for each in verifier.finish()]


async def told() -> list[tuple[str, str, str | None]]:
    """The entries of writes that bypassed the portal: operation, collection, row."""
    rows = await caught_up()
    writes = [row["write"] for row in rows if row["kind"] == "out_of_band"]
    return [(each["operation"], each["collection"], each["document"]) for each in writes]


@asynccontextmanager
async def second_client() -> AsyncIterator[AsyncDatabase[Any]]:
    """Somebody who has the address and the rights, and doesn't ask the portal."""
    hosts = [f"{host}:{port}" for host, port in database().client.nodes]
    client: AsyncMongoClient[Any] = AsyncMongoClient(hosts, tz_aware=True, replicaSet=None)
    try:
        yield client[database().name]
    finally:
        await client.close()


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


async def count_is(kind: str, expected: int) -> bool:
    """Whether there are so many entries of a kind."""
    return await collection("audit").count_documents({"kind": kind}) >= expected


async def reasons() -> list[tuple[str, str | None]]:
    """The sealer's own entries, in order."""
    rows = [row async for row in audit.chain() if row["actor"] == "sealer"]
    return [(row["kind"], row["details"].get("reason")) for row in rows]
