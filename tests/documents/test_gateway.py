"""The signed originals of state bodies."""

from datetime import UTC, datetime

import pytest

from documents import gateway
from documents.base import collection, new_id
from documents.encryption.values import owner_of

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
MESSAGE = "demo-860615300123"


async def test_an_original_is_kept_once(database: object) -> None:
    """R-A4: the signed original is kept once for its message, under seal; other content is refused."""
    assert database is not None
    row, person = new_id(), new_id()
    assert await gateway.known(MESSAGE, b"content") is None
    await gateway.keep(row, MESSAGE, (b"content", b"cms"), [person], NOW)
    assert await gateway.known(MESSAGE, b"content") == row
    with pytest.raises(ValueError, match="another content"):
        await gateway.known(MESSAGE, b"other")
    stored = await collection("gateway_records").find_one({})
    assert stored is not None
    assert "860615300123" not in str(stored)
    assert stored["original"] != b"cms"
    assert await gateway.original_of(row) == b"cms"
    assert await gateway.original_of(new_id()) is None


async def test_whose_key_seals_an_original(database: object) -> None:
    """R-J1: what names one person is under that person's key; what names two is under a key of its own."""
    assert database is not None
    one, two, person, other = (new_id() for _ in range(4))
    await gateway.keep(one, "m-1", (b"a", b"cms"), [person], NOW)
    await gateway.keep(two, "m-2", (b"b", b"cms"), [person, other], NOW)
    rows = {row["_id"]: row async for row in collection("gateway_records").find({})}
    assert (owner_of(rows[one]["original"]), owner_of(rows[two]["original"])) == (person, two)
    assert rows[two]["concerns"] == [person, other]
