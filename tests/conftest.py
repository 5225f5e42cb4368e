"""A real MongoDB for every test that asks for one: one mongod a run (and a worker), an empty database a test."""

import secrets
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings
from pymongo.asynchronous.database import AsyncDatabase

from documents import base, categories
from documents.embedded import EmbeddedMongo
from documents.encryption import open_vault
from documents.registry import DOCUMENTS
from integrations.keys import MasterKey

settings.register_profile("komek", deadline=None)
settings.load_profile("komek")  # no test asserts wall-clock time: a busy machine is no fault
BOUND = ("setpriv", "--pdeathsig", "KILL")
"""A run that is killed takes its mongod along; a server, on the contrary, leaves it to be adopted."""


@pytest.fixture(scope="session")
async def mongod(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The URL of a real single-member replica set, shared by the tests of this process."""
    async with EmbeddedMongo(tmp_path_factory.mktemp("mongo"), prefix=BOUND) as mongo:
        yield mongo.url


@pytest.fixture(scope="session")
async def shared(mongod: str) -> AsyncIterator[str]:
    """The name of a database that tests share, one after another; left open from test to test."""
    yield f"test_{secrets.token_hex(6)}"
    await base.disconnect()


@pytest.fixture
async def database(mongod: str, shared: str) -> AsyncDatabase[base.Row]:
    """The portal's database, empty and connected as the server connects.

    Collections, validators and indexes are made once, and again after a test that connected elsewhere.

    Keys of an earlier test's people and definitions of its categories are forgotten with it.
    """
    if base._database is None or base._database.name != shared:
        await base.disconnect()
        await base.connect(mongod, shared, MasterKey(b"k" * 32), DOCUMENTS)
    for name in await base.database().list_collection_names():
        await base.collection(name).delete_many({})
    categories._versions.clear()
    await open_vault(base.collection("data_keys"), MasterKey(b"k" * 32))
    return base.database()


@pytest.fixture
async def throwaway(mongod: str, shared: str) -> AsyncIterator[AsyncDatabase[base.Row]]:
    """A database of its own, for a test that drops collections or fills them by the thousand."""
    await base.disconnect()
    await base.connect(mongod, f"{shared}_throwaway", MasterKey(b"k" * 32), DOCUMENTS)
    yield base.database()
    await base.database().client.drop_database(f"{shared}_throwaway")
    await base.disconnect()
