"""The sample library on a real server, once for all tests of this folder."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest

from tests.execution.server import Port, application, door, serving


@dataclass
class Library:
    """A running server: its address, an HTTP client, and the port of its sockets."""

    address: str
    http: httpx2.AsyncClient
    port: Port


@pytest.fixture(scope="session")
async def library() -> AsyncIterator[Library]:
    """The library's server."""
    port = Port()
    app = application(
        door(port, body=10_000, allowed_origins=["https://portal.example"], operations_per_connection=3)
    )
    async with serving(app) as address, httpx2.AsyncClient(base_url=f"http://{address}") as http:
        yield Library(address, http, port)
