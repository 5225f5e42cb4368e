"""Sealing: a batch and the place after it, all or nothing, by whoever holds the lease."""

from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import BulkWriteError, OperationFailure

from documents import audit, leases
from documents.audit import Standing, intend, sealing
from documents.base import Row, collection
from documents.leases import Lease, LeaseLost
from domain.audit import EntryKind, system_actor
from integrations.audit import HeadKeys, fresh_head_keys

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime(2026, 11, 22, 6, 0, 0, 123_456, tzinfo=UTC)
KEYS = HeadKeys(fresh_head_keys())
PLACE = Standing({"_data": "00"})


async def turn(holder: str = "a", lasts: timedelta = timedelta(minutes=1)) -> Lease:
    """A turn at sealing."""
    lease = await leases.acquire("sealer", holder, lasts)
    assert lease is not None
    return lease


def entry(source: str | None = None) -> Row:
    """Something to seal."""
    return audit.marker(EntryKind.started, None, NOW) | {"source": source}


async def numbers() -> list[int]:
    """The numbers of the chain."""
    return [row["seq"] async for row in audit.chain()]


async def test_batches_are_dense_and_signed_at_their_ends() -> None:
    """R-J2: entries are numbered without gaps over batches; each batch ends with a signed head."""
    lease = await turn()
    await audit.append(lease, [entry(), entry()], PLACE, KEYS, NOW)
    head = await audit.append(lease, [entry()], PLACE, KEYS, NOW)
    assert await audit.append(lease, [], PLACE, KEYS, NOW) is None
    rows = [row async for row in audit.chain()]
    assert [(row["seq"], row["head"] is not None) for row in rows] == [(1, False), (2, True), (3, True)]
    assert head is not None
    assert (head.seq, head.hash) == (3, rows[-1]["hash"])
    assert rows[0]["at"] == NOW.replace(microsecond=123_000)
    assert await audit.standing_of(lease, KEYS) == (PLACE, None)


async def test_who_lost_the_lease_seals_nothing() -> None:
    """R-J2: whoever was overtaken can't write into the chain, nor move the place."""
    old = await turn("a", timedelta(0))
    new = await turn("b")
    for entries in ([entry()], []):
        with pytest.raises(LeaseLost):
            await audit.append(old, entries, PLACE, KEYS, NOW)
    assert await numbers() == []
    assert await audit.standing_of(new, KEYS) == (None, None)


async def test_what_is_sealed_already_is_left_out() -> None:
    """R-J2: a batch that overlaps with what is sealed adds what is missing, and only that."""
    lease = await turn()
    await audit.append(lease, [entry("event:1"), entry("event:2")], PLACE, KEYS, NOW)
    await audit.append(lease, [entry("event:2"), entry("event:3")], PLACE, KEYS, NOW)
    await audit.append(lease, [entry("event:1")], PLACE, KEYS, NOW)
    assert [row["source"] async for row in audit.chain()] == ["event:1", "event:2", "event:3"]


async def test_another_fault_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that the database refuses for another reason is not taken for a repetition."""
    database = collection("audit").database
    await database.command("collMod", "audit", validator={"seq": {"$lt": 1}})
    try:
        with pytest.raises((BulkWriteError, OperationFailure)):
            await audit.append(await turn(), [entry()], PLACE, KEYS, NOW)
    finally:
        await database.command("collMod", "audit", validator={})
    assert await numbers() == []


async def test_heads_are_kept_apart_by_number_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-J2: a head is kept beside the chain for so many entries, or so much time."""
    monkeypatch.setattr(sealing, "HEAD_EVERY", 3)
    lease = await turn()
    for seconds in (0, 1, 2, 3, 70, 71):
        await audit.append(lease, [entry()], PLACE, KEYS, NOW + timedelta(seconds=seconds))
    assert [row["seq"] async for row in collection("audit_heads").find({}).sort("seq", 1)] == [1, 4, 5]


async def test_intents_wait_until_they_are_sealed() -> None:
    """R-J2: a sealed intent is gone from those that wait, in the same transaction."""
    for name in ("one", "two"):
        await intend(name, by=system_actor("test"), at=NOW)
    waiting = await audit.leftovers(1)
    assert [row["act"] for row in waiting] == ["one"]
    await audit.append(await turn(), waiting, PLACE, KEYS, NOW)
    assert [row["act"] for row in await audit.leftovers(9)] == ["two"]
