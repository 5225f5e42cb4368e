"""The signed originals of state bodies."""

from datetime import UTC, datetime

import pytest

from documents import gateway
from documents.base import collection

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


async def test_an_original_is_kept_once(database: object) -> None:
    """R-A4: the signed original is kept once for its message, under seal; other content is refused."""
    assert database is not None
    first = await gateway.keep_gateway_record("demo-860615300123", b"content", b"cms", NOW)
    again = await gateway.keep_gateway_record("demo-860615300123", b"content", b"cms", NOW)
    assert (first[1], again) == (True, (first[0], False))
    with pytest.raises(ValueError, match="another content"):
        await gateway.keep_gateway_record("demo-860615300123", b"other", b"cms", NOW)
    row = await collection("gateway_records").find_one({})
    assert row is not None
    assert "860615300123" not in str(row)
    assert row["original"] != b"cms"
