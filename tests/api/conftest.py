"""One server for all tests of a worker; whoever needs a clock of its own starts it on a copy."""

import secrets
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.api.portal import Portal
from tests.api.reach import Stage, staged
from tests.api.server import Server, running


@pytest.fixture(scope="session")
async def server(mongod: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """A running server with the demonstration's data."""
    folder = tmp_path_factory.mktemp("server")
    async with running(mongod, f"api_{secrets.token_hex(4)}", folder / "data") as server:
        yield server
        # R-J2: whatever these tests did through the portal, none of it went past the audit.
        assert await server.unannounced() == []


@pytest.fixture(scope="session")
async def portal(server: Server) -> AsyncIterator[Portal]:
    """The server and the world around it."""
    async with httpx2.AsyncClient(base_url=server.address, timeout=60) as http:
        yield Portal(server, http)


@pytest.fixture(scope="module")
async def reach(portal: Portal) -> Stage:
    """Somebody's records, and everybody who has nothing to do with them; tokens last for a module of tests."""
    return await staged(portal)
