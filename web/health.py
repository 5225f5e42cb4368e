"""Whether the server lives, whether it can serve, and its figures for Prometheus."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[bool]]


def health_routes(ready: Check, *figures: Collector) -> list[Route]:
    """/health/live: the process answers; /health/ready: so does its database; /metrics: and `figures`."""
    own = CollectorRegistry()
    for each in figures:
        own.register(each)

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def is_ready(_request: Request) -> Response:
        if await ready():
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "unready", "code": "DATABASE_UNREACHABLE"}, 503)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest() + generate_latest(own), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/health/live", live),
        Route("/health/ready", is_ready),
        Route("/metrics", metrics),
    ]
