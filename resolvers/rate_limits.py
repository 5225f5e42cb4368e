"""Not too often: every act that strangers could repeat asks here first (requirement A1, A8)."""

from documents import rate_limits
from domain.rate_limits import LockOut, RateLimited, RateRule, network_of
from resolvers.context import Context


async def require_rate(ctx: Context, rule: RateRule, *counted: str) -> None:
    """Count one try of `counted` under a rule; RateLimited (RATE_LIMITED) when there were too many.

    Outside of any transaction, before anything that costs: a refused act was tried all the same. What is
    counted (an identifier, a session, `network(ctx)`) is stored as a keyed digest only.
    """
    rate = ctx.services.limits.rate(rule)
    if not rate.count:
        return
    wait = await rate_limits.take(rate_limits.key_of(rule, *counted), rate, ctx.now)
    if wait is not None:
        raise RateLimited(wait)


def network(ctx: Context) -> str:
    """Where an operation comes from, as it is counted."""
    return network_of(ctx.address)


async def require_unlocked(ctx: Context, identifier: str) -> None:
    """RateLimited while this network is locked out for an identifier."""
    rule = ctx.services.limits.lock_out
    until = await rate_limits.locked_until(_lock(ctx, identifier), rule, ctx.now)
    if until is not None:
        raise RateLimited(until - ctx.now)


async def failed(ctx: Context, identifier: str) -> bool:
    """Count a failed answer for an identifier; whether it locks this network out.

    Only this network is locked, or else anybody could lock anybody out by answering with rubbish. Somebody
    with many addresses is slowed down by the failures of all of them together: when those are too many, the
    first failure of a network locks it. Whoever answers properly at once never notices.
    """
    limits = ctx.services.limits
    everywhere = limits.rate(RateRule.sign_in_failures)
    key = rate_limits.key_of(RateRule.sign_in_failures, identifier)
    calm = not everywhere.count or await rate_limits.take(key, everywhere, ctx.now) is None
    tolerated = limits.lock_out.tolerated if calm else 1
    return bool(await rate_limits.fail(_lock(ctx, identifier), limits.lock_out, tolerated, ctx.now))


async def succeeded(ctx: Context, identifier: str) -> None:
    """Forget the failures of this network for an identifier."""
    await rate_limits.forgive(_lock(ctx, identifier))


def _lock(ctx: Context, identifier: str) -> bytes:
    return rate_limits.key_of(LockOut.__name__, identifier, network(ctx))
