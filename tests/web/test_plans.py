"""The figures of plans, as Prometheus reads them."""

from collections import Counter

import httpx2
from starlette.applications import Starlette

from execution.plans import Counts
from web.health import health_routes
from web.plans import PlanFigures


async def test_what_plans_did_is_told() -> None:
    """R-L: how often plans ran, where they gave up and what was left to graphql-core stands in the metrics."""

    async def ready() -> bool:
        return True

    counts = Counts(
        runs=3,
        whole=5,
        left=Counter({"variables": 6}),
        written=2,
        unplannable=Counter({"Viewer.orders: resolved": 1}),
        gave_up=Counter({"Query.node": 4}),
    )
    transport = httpx2.ASGITransport(Starlette(routes=health_routes(ready, PlanFigures(counts))))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        told = (await client.get("/metrics")).text
    assert "komek_plan_runs_total 3.0" in told
    assert "komek_plan_operations_total 5.0" in told
    assert 'komek_plan_operations_left_total{reason="variables"} 6.0' in told
    assert "komek_plans_written_total 2.0" in told
    assert 'komek_plan_left_total{reason="Viewer.orders: resolved"} 1.0' in told
    assert 'komek_plan_gave_up_total{field="Query.node"} 4.0' in told
