"""The edge of every mutation: one transaction, done once per idempotency key (requirement K)."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from auth.viewer import SYSTEM
from documents import idempotency, nodes
from documents.audit import intend
from documents.base import Row, in_transaction
from domain.errors import IdempotencyConflict, NotFound, invalid
from domain.rate_limits import RateRule
from resolvers.context import Context
from resolvers.nodes import may_see
from resolvers.rate_limits import require_rate

KEY = re.compile(r"[A-Za-z0-9_-]{8,100}")


class _AlreadyDoneError(Exception):
    """Ends the transaction: the key is taken."""


async def once(
    ctx: Context, operation: str, key: str, request: Mapping[str, Any], work: Callable[[], Awaitable[Row]]
) -> Row:
    """Do `work` and write its audit intent in one transaction, or answer with what an earlier call gave.

    `request` is what the client asked for; the same key with another request is an IdempotencyConflict.
    A refusal leaves no trace: the same key may be tried again. NotFound when the viewer may no longer see it.
    RateLimited for a viewer who acts too often; the portal itself never does.
    """
    if not KEY.fullmatch(key):
        raise invalid("INVALID_IDEMPOTENCY_KEY", "input", "idempotencyKey")
    if ctx.viewer != SYSTEM:
        await require_rate(ctx, RateRule.mutation, ctx.viewer.key)
    scope = idempotency.scope(ctx.viewer.key, operation, key)
    canonical = json.dumps(request, sort_keys=True, ensure_ascii=True, default=str)

    async def attempt() -> Row:
        if not await idempotency.claim(scope, canonical, ctx.now):
            raise _AlreadyDoneError
        record = await work()
        await idempotency.complete(scope, record["kind"], record["_id"])
        subject = (record["kind"], record["_id"])
        await intend(f"Mutation.{operation}", by=ctx.viewer.actor, at=ctx.now, subject=subject)
        return record

    try:
        return await in_transaction(attempt)
    except _AlreadyDoneError:
        return await _replayed(ctx, scope, canonical)


async def _replayed(ctx: Context, scope: bytes, canonical: str) -> Row:
    done = await idempotency.find(scope)
    if done is None or not await idempotency.answers(done, canonical):
        raise IdempotencyConflict
    record = await nodes.load(done["result_kind"], done["result_id"])
    if record is None:
        raise IdempotencyConflict
    if not may_see(ctx, record):
        raise NotFound(("input", "idempotencyKey"))
    return record
