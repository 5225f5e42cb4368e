"""Buckets and lock-outs in a real database: shared, atomic, ended by the clock that is passed in."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from documents.base import collection
from documents.housekeeping import drop_expired
from documents.rate_limits import LOCKS, RATES, fail, forgive, key_of, locked_until, take
from domain.rate_limits import LockOut, Rate

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
THREE = Rate(3, timedelta(seconds=30))
RULE = LockOut(tolerated=3, first=timedelta(minutes=1), longest=timedelta(minutes=4))

pytestmark = pytest.mark.usefixtures("database")


async def test_a_bucket_empties_and_fills_by_the_clock() -> None:
    """R-A8: as many as allowed at once, then one for each part of the period, however long one waits."""
    key = key_of("x", "a")
    assert [await take(key, THREE, NOW) for _ in range(4)] == [None, None, None, 10 * SECOND]
    assert await take(key, THREE, NOW + 9 * SECOND) == SECOND
    assert await take(key, THREE, NOW + 10 * SECOND) is None
    assert await take(key, THREE, NOW + 10 * SECOND) == 10 * SECOND
    later = NOW + timedelta(days=3)
    assert [await take(key, THREE, later) for _ in range(4)] == [None, None, None, 10 * SECOND]


async def test_others_have_buckets_of_their_own() -> None:
    """R-A8: another key or another rule is counted apart, and no joining of parts makes two keys one."""
    one = Rate(1, timedelta(minutes=1))
    keys = [key_of("x", "a"), key_of("x", "b"), key_of("y", "a"), key_of("x", "a", "b"), key_of("x", "ab")]
    assert [await take(key, one, NOW) for key in keys] == [None] * 5
    assert await take(keys[0], one, NOW) is not None


async def test_parallel_tries_never_exceed_the_limit() -> None:
    """R-A8: of forty tries at the same time exactly as many pass as the rule allows."""
    rate = Rate(7, timedelta(minutes=1))
    answers = await asyncio.gather(*(take(key_of("x", "crowd"), rate, NOW) for _ in range(40)))
    assert answers.count(None) == 7


async def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    """A row of another year's clock counts as one period at most."""
    key = key_of("x", "a")
    for _ in range(3):
        await take(key, THREE, NOW + timedelta(days=400))
    assert await take(key, THREE, NOW) == 10 * SECOND
    assert await take(key, THREE, NOW + 10 * SECOND) is None


async def test_what_is_full_again_is_dropped() -> None:
    """R-A8: rows say nothing once their time is over, and housekeeping drops them."""
    for name in "abc":
        await take(key_of("x", name), THREE, NOW)
        await fail(key_of("lock", name), RULE, RULE.tolerated, NOW)
    await drop_expired(NOW + 11 * SECOND)
    assert await collection(RATES).count_documents({}) == 0
    assert await collection(LOCKS).count_documents({}) == 3
    await drop_expired(NOW + timedelta(days=2))
    assert await collection(LOCKS).count_documents({}) == 0


async def test_no_key_is_kept_in_clear() -> None:
    """R-J1: neither an IIN nor an address stands in the rows."""
    await take(key_of("x", "860615300123", "203.0.113.7"), THREE, NOW)
    await fail(key_of("lock", "860615300123", "203.0.113.7"), RULE, 1, NOW)
    rows = [*await collection(RATES).find({}).to_list(), *await collection(LOCKS).find({}).to_list()]
    assert len(rows) == 2
    assert "860615300123" not in str(rows)
    assert "203.0.113.7" not in str(rows)


async def test_a_lock_out_doubles_up_to_a_bound() -> None:
    """R-A8: failures in a row lock out for longer and longer, never for longer than the bound."""
    key = key_of("lock", "a")
    locked = [await fail(key, RULE, RULE.tolerated, NOW) for _ in range(7)]
    minutes = [None if until is None else (until - NOW) // timedelta(minutes=1) for until in locked]
    assert minutes == [None, None, 1, 2, 4, 4, 4]
    assert await locked_until(key, RULE, NOW) == NOW + RULE.longest
    assert await locked_until(key, RULE, NOW + RULE.longest) is None


async def test_any_number_of_failures_is_counted() -> None:
    """R-A8: the length of a lock-out stays in bounds after thousands of failures."""
    key = key_of("lock", "a")
    row = {"_id": key, "failures": 2**31, "locked_until": NOW, "expires_at": NOW + timedelta(days=1)}
    await collection(LOCKS).insert_one(row)
    assert await fail(key, RULE, RULE.tolerated, NOW) == NOW + RULE.longest


async def test_failures_are_forgotten() -> None:
    """R-A8: a success forgets them at once, time in the end."""
    key = key_of("lock", "a")
    for _ in range(3):
        await fail(key, RULE, RULE.tolerated, NOW)
    await forgive(key)
    assert await locked_until(key, RULE, NOW) is None
    assert await fail(key, RULE, RULE.tolerated, NOW) is None
    await fail(key, RULE, RULE.tolerated, NOW)
    assert await fail(key, RULE, RULE.tolerated, NOW + timedelta(days=1)) is None
