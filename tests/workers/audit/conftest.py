"""A second client beside the portal."""

from collections.abc import AsyncIterator

import pytest

from tests.workers.audit.sealing import Beside, second_client


@pytest.fixture
async def beside() -> AsyncIterator[Beside]:
    """A second client, straight on the database."""
    async with second_client() as other:
        yield other
