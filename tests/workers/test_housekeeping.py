"""The housekeeper: drops again and again, and ends when told."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import AutoReconnect

from documents.base import collection
from workers import housekeeping
from workers.housekeeping import Housekeeper

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.usefixtures("database")
async def test_what_has_expired_is_dropped_again_and_again() -> None:
    """R-L: expired rows go at the start and at every turn, until the housekeeper is stopped."""
    worker = Housekeeper(lambda: NOW, timedelta(milliseconds=10))
    running = asyncio.create_task(worker.run())
    for _ in range(2):
        await collection("idempotency_keys").insert_one(
            {"expires_at": NOW - timedelta(days=1), "scope": b"1"}
        )
        while await collection("idempotency_keys").count_documents({}):
            await asyncio.sleep(0.01)
    worker.stop()
    await running


async def test_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-L: a failover costs a turn, not the housekeeper."""
    turns = 0

    async def away(_now: datetime) -> int:
        nonlocal turns
        turns += 1
        raise AutoReconnect("primary is gone")

    monkeypatch.setattr(housekeeping, "drop_expired", away)
    worker = Housekeeper(lambda: NOW, timedelta(milliseconds=1))
    running = asyncio.create_task(worker.run())
    while turns < 3:
        await asyncio.sleep(0.001)
    worker.stop()
    await running
