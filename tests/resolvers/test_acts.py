"""The edge of mutations: once per key, and again only what is the same."""

from typing import Any

import pytest

from auth.viewer import Viewer
from auth.visibility import READS
from documents.base import Id, Row, collection, new_id, session
from documents.nodes import READERS, readable
from domain.errors import IdempotencyConflict, InvalidInput, NotFound, Refused
from domain.identity import Role
from resolvers.acts import once
from resolvers.context import Context
from tests.resolvers import stage

KEY = "key-12345678"


def acting(subject: Id | None = None) -> Context:
    """Somebody with a key."""
    viewer = Viewer(Role.supplier, subject or new_id())
    return stage.acting(viewer)


async def made() -> Row:
    """An act that leaves a row behind."""
    row: Row = {"_id": new_id()}
    await collection("leases").insert_one(row, session=session())
    return row | {"kind": "test_row"}


@pytest.fixture
def kind() -> Any:
    """A kind of record that can be read again."""

    async def read(record: Id) -> Row | None:
        found = await collection("leases").find_one({"_id": record})
        return found and found | {"kind": "test_row"}

    readable("test_row", read)
    READS["test_row"] = "Query.viewer"
    yield read
    del READERS["test_row"], READS["test_row"]


@pytest.mark.usefixtures("database", "kind")
async def test_an_act_is_done_once() -> None:
    """R-K: the same key with the same request gives the same record and does nothing again."""
    ctx = acting()
    first = await once(ctx, "act", KEY, {"a": 1}, made)
    assert (await once(ctx, "act", KEY, {"a": 1}, made))["_id"] == first["_id"]
    assert await collection("leases").count_documents({}) == 1
    other = await once(acting(), "act", KEY, {"a": 1}, made)
    assert other["_id"] != first["_id"]


@pytest.mark.usefixtures("database", "kind")
async def test_another_request_under_the_key() -> None:
    """R-K: the same key for another request, or for a record that is gone, is a conflict."""
    ctx = acting()
    await once(ctx, "act", KEY, {"a": 1}, made)
    with pytest.raises(IdempotencyConflict):
        await once(ctx, "act", KEY, {"a": 2}, made)
    await collection("leases").delete_many({})
    with pytest.raises(IdempotencyConflict):
        await once(ctx, "act", KEY, {"a": 1}, made)


@pytest.mark.usefixtures("database", "kind")
async def test_a_repetition_by_whoever_lost_sight_of_it() -> None:
    """R-J3: a repeated key gives no record that the viewer may no longer see."""
    ctx = acting()
    await once(ctx, "act", KEY, {"a": 1}, made)
    READS["test_row"] = "Supplier.cabinet"
    with pytest.raises(NotFound):
        await once(ctx, "act", KEY, {"a": 1}, made)


@pytest.mark.usefixtures("database", "kind")
async def test_a_refusal_leaves_no_trace() -> None:
    """R-K: a refused act leaves neither record nor key."""

    async def refused() -> Row:
        await made()
        raise Refused("CHOICE_BLOCKED")

    ctx = acting()
    with pytest.raises(Refused):
        await once(ctx, "act", KEY, {}, refused)
    assert await collection("leases").count_documents({}) == 0
    assert await collection("idempotency_keys").count_documents({}) == 0
    await once(ctx, "act", KEY, {}, made)


@pytest.mark.parametrize("key", ["", "short", "a" * 101, "with space", "ключ-ключ"])
async def test_keys_that_are_none(key: str) -> None:
    """R-K: what is no key is refused before anything is done."""
    with pytest.raises(InvalidInput) as refused:
        await once(acting(), "act", key, {}, made)
    assert refused.value.path == ("input", "idempotencyKey")
