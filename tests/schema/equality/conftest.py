"""One small demonstration for all tests here; it is connected for each module anew."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator

import pytest

from tests.schema.equality.both import Both
from tests.schema.equality.world import World, made


@pytest.fixture(scope="session")
async def world(mongod: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """People, listings, measures and orders in every status."""
    name = f"equality_{secrets.token_hex(4)}"
    async with made(mongod, name, tmp_path_factory.mktemp("equality")) as world:
        yield world


@pytest.fixture
async def both(world: World) -> Both:
    """The schema with plans and without, over the world."""
    await world.connect()
    return Both(world)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of internal errors are meant here: their places need not be written down."""
    monkeypatch.setattr(logging.getLogger("execution"), "disabled", True)
