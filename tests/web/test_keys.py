"""The door of public keys."""

import httpx2
from starlette.applications import Starlette

from auth.token_keys import ANNOUNCED
from web.keys import KEPT_SECONDS, PATH, key_routes


async def test_keys_are_published_for_less_time_than_they_are_announced() -> None:
    """R-A8: whoever keeps a copy as long as allowed knows a new key before it signs."""
    transport = httpx2.ASGITransport(Starlette(routes=key_routes(lambda: {"keys": []})))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get(PATH)
    assert (answer.status_code, answer.json()) == (200, {"keys": []})
    assert answer.headers["cache-control"] == f"public, max-age={KEPT_SECONDS}"
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert ANNOUNCED.total_seconds() > KEPT_SECONDS
