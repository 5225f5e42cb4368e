"""The public keys of access tokens, for whoever verifies them himself (RFC 7517, RFC 8615)."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATH = "/.well-known/jwks.json"
KEPT_SECONDS = 300
"""How long a copy may be kept: shorter than a new key is announced (`auth.token_keys.ANNOUNCED`)."""


def key_routes(public: Callable[[], Mapping[str, Any]]) -> list[Route]:
    """GET /.well-known/jwks.json: announced and signing keys, and those whose tokens may still be good."""

    async def published(_request: Request) -> Response:
        headers = {"Cache-Control": f"public, max-age={KEPT_SECONDS}"}
        return JSONResponse(public(), headers=headers, media_type="application/jwk-set+json")

    return [Route(PATH, published)]
