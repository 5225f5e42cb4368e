"""A real MongoDB for every test that asks for one: one mongod a run (and a worker), a fresh database a test."""

import secrets
from collections.abc import AsyncIterator

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from documents import base
from documents.embedded import EmbeddedMongo
from documents.registry import DOCUMENTS
from integrations.keys import MasterKey

BOUND = ("setpriv", "--pdeathsig", "KILL")
"""A run that is killed takes its mongod along; a server, on the contrary, leaves it to be adopted."""


@pytest.fixture(scope="session")
async def mongod(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The URL of a real single-member replica set, shared by the tests of this process."""
    async with EmbeddedMongo(tmp_path_factory.mktemp("mongo"), prefix=BOUND) as mongo:
        yield mongo.url


@pytest.fixture
def database_name() -> str:
    """A name that no other test uses."""
    return f"test_{secrets.token_hex(6)}"


@pytest.fixture
async def database(mongod: str, database_name: str) -> AsyncIterator[AsyncDatabase[base.Row]]:
    """The portal's collections, validators and indexes, empty; connected as the server connects."""
    await base.connect(mongod, database_name, MasterKey(b"k" * 32), DOCUMENTS)
    yield base.database()
    await base.database().client.drop_database(database_name)
    await base.disconnect()
