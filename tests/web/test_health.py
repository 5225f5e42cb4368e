"""Health: alive, ready, measured."""

import httpx2
import pytest
from starlette.applications import Starlette

from web.health import health_routes


@pytest.mark.parametrize(("ready", "status", "said"), [(True, 200, "ready"), (False, 503, "unready")])
async def test_readiness_is_the_databases(*, ready: bool, status: int, said: str) -> None:
    """R-L: a process lives as long as it answers; it is ready while its database answers."""

    async def check() -> bool:
        return ready

    transport = httpx2.ASGITransport(Starlette(routes=health_routes(check)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health/live")).json() == {"status": "live"}
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["status"]) == (status, said)
        assert "process_cpu_seconds_total" in (await client.get("/metrics")).text
