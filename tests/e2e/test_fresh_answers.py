"""Answers kept in memory while MongoDB changes its primary and ends change streams: never an old one."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from documents.embedded import replica
from tests.api.freshness import Watch, insisting, watched
from tests.api.server import Server, running
from tests.replica_set import ReplicaSet

pytestmark = pytest.mark.large

WRITES = 2_000
QUIET = 3.0
"""Seconds between two disturbances."""


@pytest.fixture
async def members(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ReplicaSet]:
    """Three members of MongoDB."""
    async with ReplicaSet(tmp_path_factory.mktemp("members")) as made:
        yield made


@pytest.fixture
async def server(members: ReplicaSet, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A server with the demonstration on them."""
    folder = tmp_path_factory.mktemp("server") / "data"
    async with running(members.url, f"fresh_{secrets.token_hex(4)}", folder) as made:
        yield made


async def end_streams(database: AsyncDatabase[Any]) -> None:
    """Have the primary end every change stream, as it does when it runs out of history or memory."""
    admin = database.client.get_database("admin")
    stages = [{"$currentOp": {"idleCursors": True, "allUsers": True}}]
    async for operation in await admin.aggregate(stages):
        cursor = operation.get("cursor") or {}
        pipeline = (cursor.get("originatingCommand") or {}).get("pipeline") or [{}]
        if "$changeStream" in pipeline[0] and "opid" in operation:
            await admin.command("killOp", op=operation["opid"])


async def disturb(members: ReplicaSet, database: AsyncDatabase[Any]) -> None:
    """Step the primary down and end streams, in turn, until cancelled."""
    while True:
        await asyncio.sleep(QUIET)
        try:
            await end_streams(database)
        except PyMongoError:
            continue
        await asyncio.sleep(QUIET)
        number = await members.primary()
        async with replica.direct(members.members[number].port) as client:
            try:
                await client.admin.command("replSetStepDown", 5, secondaryCatchUpPeriodSecs=4)
            except PyMongoError:
                continue  # it closes connections as it steps down


@pytest.mark.long
@pytest.mark.timeout(3_600)
async def test_no_old_answer_over_failovers(members: ReplicaSet, server: Server, long_seed: int) -> None:
    """R-E3: 2,000 random writes under load, over step-downs and ended streams: no answer goes back in time."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(members.url, tz_aware=True)
    database = client[server.database.name]
    rows = await database["listings"].distinct("_id", {"category": "wheelchairs_manual", "regions": "71"})
    watch_filter = {"category": "wheelchairs_manual", "region": "71"}
    async with httpx2.AsyncClient(base_url=server.address, timeout=60) as http:
        watch = Watch(http, rows[:20], watch_filter)
        disturbing = asyncio.ensure_future(disturb(members, database))
        try:
            await watched(watch, WRITES, insisting(database), long_seed)
        finally:
            disturbing.cancel()
            await asyncio.wait([disturbing])
        figures = (await http.get("/metrics")).text
    await client.close()
    lost = [line for line in figures.splitlines() if line.startswith("komek_changes_lost_total ")]
    assert float(lost[0].rpartition(" ")[2]) > 0, "the stream was never disturbed"
