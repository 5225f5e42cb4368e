"""Keys of mutations: one actor's, one act's, once."""

from datetime import UTC, datetime

import pytest

from documents import idempotency
from documents.base import collection, in_transaction, new_id

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_a_key_belongs_to_actor_and_act() -> None:
    """R-K: the same key of another actor or act is another key."""
    scopes = {idempotency.scope(a, o, k) for a in ("x", "y") for o in ("x", "y") for k in ("1", "2")}
    assert len(scopes) == 8


async def test_a_key_is_claimed_once(database: object) -> None:
    """R-K: a key is taken by the first; the request is kept as a digest, the answer as a reference."""
    assert database is not None
    scope, record = idempotency.scope("a", "act", "key"), new_id()
    assert await idempotency.find(scope) is None
    assert await idempotency.claim(scope, "request of 860615300123", NOW)
    await idempotency.complete(scope, "order", record)

    async def again() -> None:
        assert not await idempotency.claim(scope, "request", NOW)
        raise LookupError("what a taken key ends")

    with pytest.raises(LookupError):
        await in_transaction(again)
    found = await idempotency.find(scope)
    assert found is not None
    assert (found["result_kind"], found["result_id"]) == ("order", record)
    assert found["fingerprint"] == idempotency.fingerprint("request of 860615300123")
    assert "860615300123" not in str(await collection("idempotency_keys").find_one({}))
