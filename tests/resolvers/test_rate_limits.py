"""Asking before acting: what is counted, for whom, and what switches a rule off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from auth.viewer import Viewer
from documents.base import Row, collection, new_id
from domain.identity import Role
from domain.rate_limits import Limits, LockOut, Rate, RateLimited, RateRule
from resolvers import rate_limits
from resolvers.acts import once
from resolvers.context import Context
from resolvers.rate_limits import failed, require_rate, require_unlocked, succeeded
from tests.resolvers.stage import NOW, acting

pytestmark = pytest.mark.usefixtures("database")

IIN = "860615300123"
ONE = Rate(1, timedelta(minutes=1))


def limited(rates: dict[RateRule, Rate], address: str | None = "203.0.113.7") -> Context:
    """An operation under other limits."""
    ctx = acting()
    limits = Limits(rates, LockOut(tolerated=2))
    return replace(ctx, services=replace(ctx.services, limits=limits), address=address)


async def test_the_second_of_one_is_refused() -> None:
    """R-A8: too often is RATE_LIMITED with the seconds to wait, for the same key only."""
    ctx = limited({RateRule.mutation: ONE})
    await require_rate(ctx, RateRule.mutation, "a")
    await require_rate(ctx, RateRule.mutation, "b")
    with pytest.raises(RateLimited) as refused:
        await require_rate(ctx, RateRule.mutation, "a")
    assert (refused.value.code, refused.value.retry_after) == ("RATE_LIMITED", 60)
    await require_rate(replace(ctx, now=NOW + timedelta(minutes=1)), RateRule.mutation, "a")


async def test_a_rule_that_is_switched_off() -> None:
    """A count of nothing asks for nothing and writes nothing."""
    ctx = limited({RateRule.mutation: Rate(0, timedelta(minutes=1))})
    for _ in range(3):
        await require_rate(ctx, RateRule.mutation, "a")
    assert await collection("rate_limits").count_documents({}) == 0


async def test_a_lock_out_is_for_one_network() -> None:
    """R-A8: failures lock the network that made them; the person's own network is not concerned."""
    stranger, home = limited({}), limited({}, "198.51.100.1")
    assert [await failed(stranger, IIN) for _ in range(2)] == [False, True]
    with pytest.raises(RateLimited):
        await require_unlocked(stranger, IIN)
    await require_unlocked(home, IIN)
    await require_unlocked(stranger, "860615300124")
    await require_unlocked(replace(stranger, now=NOW + timedelta(minutes=1)), IIN)


async def test_a_success_forgets_failures() -> None:
    """R-A8: whoever signs in begins to count anew."""
    ctx = limited({})
    assert not await failed(ctx, IIN)
    await succeeded(ctx, IIN)
    assert not await failed(ctx, IIN)


async def test_many_networks_together_are_tolerated_less() -> None:
    """R-A8: after too many failures from everywhere each network has one try, and a good answer still passes."""
    rates = {RateRule.sign_in_failures: Rate(2, timedelta(hours=1))}
    locked = [await failed(limited(rates, f"203.0.113.{last}"), IIN) for last in range(4)]
    assert locked == [False, False, True, True]
    home = limited(rates, "198.51.100.1")
    await require_unlocked(home, IIN)
    assert not await failed(limited({RateRule.sign_in_failures: Rate(0, timedelta(hours=1))}, "::1"), IIN)


async def test_a_viewer_acts_so_often() -> None:
    """R-K: mutations of one viewer are limited, whatever they are; nothing is done by the one too many."""
    ctx = limited({RateRule.mutation: ONE})
    viewer = replace(ctx, viewer=Viewer(Role.administrator, new_id()))

    async def work() -> Row:
        return {"kind": "category", "_id": new_id()}

    await once(viewer, "test", "key-00000001", {}, work)
    with pytest.raises(RateLimited):
        await once(viewer, "test", "key-00000002", {}, work)
    assert await collection("idempotency_keys").count_documents({}) == 1
    for number in range(3):
        await once(ctx, "test", f"key-1000000{number}", {}, work)


async def test_a_network_without_an_address() -> None:
    """Whoever's address is not known is counted together."""
    assert rate_limits.network(limited({}, None)) == "unknown"
