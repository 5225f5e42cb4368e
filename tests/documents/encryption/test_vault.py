"""The keys that are open in a process: bounded, read in one query, dropped when they change."""

import asyncio
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from documents import encryption
from documents.base import Id, Row, collection, new_id
from documents.encryption import Vault, open_vault, reveal, seal
from documents.encryption.keyring import EPOCH, INDEX
from domain.errors import Erased
from integrations.keys import MasterKey
from tests.documents.encryption.commands import Commands

KEY = MasterKey(b"k" * 32)


async def opened(**options: Any) -> Vault:
    """A vault that asks before each use, as another process of the portal."""
    return await open_vault(collection("data_keys"), KEY, **{"fresh": 0.0, **options})


async def change(owner: Id, update: Row) -> None:
    """Change a key as rotation and erasure do: the row and the counter."""
    epoch = await collection("data_keys").find_one_and_update(
        {"_id": EPOCH}, {"$inc": {"epoch": 1}}, upsert=True, return_document=True
    )
    assert epoch is not None
    update.setdefault("$set", {})["epoch"] = epoch["epoch"]
    await collection("data_keys").update_one({"_id": owner}, update)


async def test_the_cache_is_bounded(database: object) -> None:
    """R-E5: of many people's keys only so many are kept open; all open again."""
    assert database is not None
    vault = await opened(capacity=2)
    rows = [new_id() for _ in range(4)]
    sealed = [await seal(row, "x.y", row, "a") for row in rows]
    assert len(vault._open) == 2
    assert [await reveal("x.y", row, one) for row, one in zip(rows, sealed, strict=True)] == ["a"] * 4


async def test_a_page_of_people_costs_one_query(mongod: str, database: AsyncDatabase[Row]) -> None:
    """R-J1: the keys of fifty people are read with one query, after one for the counter of changes."""
    rows = [new_id() for _ in range(50)]
    sealed = [await seal(row, "x.y", row, "a") for row in rows]
    async with Commands(mongod, database.name) as commands:
        await open_vault(commands.database["data_keys"], KEY)
        commands.names.clear()
        await encryption.open_many(sealed)
        assert commands.names == ["find"]
        assert [await reveal("x.y", row, one) for row, one in zip(rows, sealed, strict=True)] == ["a"] * 50
        assert commands.names == ["find"]


async def test_a_destroyed_key_is_dropped_everywhere(database: object) -> None:
    """R-J1: a process that has a key open notices its destruction at its next question."""
    assert database is not None
    row = new_id()
    await opened()
    sealed = await seal(row, "x.y", row, "secret")
    await change(row, {"$set": {"keys": []}})
    for attempt in (reveal("x.y", row, sealed), seal(row, "x.y", row, "new"), reveal("x.y", row, sealed)):
        with pytest.raises(Erased):
            await attempt


async def test_a_cached_key_lasts_as_long_as_it_is_fresh(database: object) -> None:
    """R-J1: within the time for which nobody asks, an open key serves on; afterwards it is gone."""
    assert database is not None
    vault, row = await opened(fresh=1000.0), new_id()
    sealed = await seal(row, "x.y", row, "secret")
    await change(row, {"$set": {"keys": []}})
    assert await reveal("x.y", row, sealed) == "secret"
    vault.forget()
    with pytest.raises(Erased):
        await reveal("x.y", row, sealed)


async def test_a_new_generation_is_fetched(database: object) -> None:
    """R-J1: a value of a generation unknown here makes this process read the key anew."""
    assert database is not None
    vault, row = await opened(fresh=1000.0), new_id()
    old = await seal(row, "x.y", row, "old")
    fresh = await vault.ring.fresh(row, 2)
    await collection("data_keys").update_one({"_id": row}, {"$push": {"keys": fresh}, "$set": {"current": 2}})
    other = Vault(collection("data_keys"), KEY)
    assert (await other.sealing(row))[0] == 2
    assert (await vault.sealing(row))[0] == 1
    await vault.opening(row, 2)
    assert (await vault.sealing(row))[0] == 2
    assert await reveal("x.y", row, old) == "old"
    await change(row, {"$pull": {"keys": {"generation": 1}}})
    vault.forget()
    with pytest.raises(ValueError, match="generation 1 of the key is gone"):
        await reveal("x.y", row, old)


async def test_a_key_that_is_missing_is_no_erasure(database: object) -> None:
    """R-J1: a key row that vanished, as in a wrong database, is a fault and not taken for an erasure."""
    assert database is not None
    row = new_id()
    sealed = await seal(row, "x.y", row, "secret")
    await collection("data_keys").delete_one({"_id": row})
    await opened()
    with pytest.raises(ValueError, match="is not here"):
        await reveal("x.y", row, sealed)


async def test_two_make_one_key(database: object) -> None:
    """R-J1: two processes that seal for a new person at once use one key."""
    assert database is not None
    person = new_id()
    vaults = [Vault(collection("data_keys"), KEY) for _ in range(5)]
    await asyncio.gather(*(vault.sealing(person) for vault in vaults))
    rows = await collection("data_keys").find({"_id": person}).to_list()
    assert [len(row["keys"]) for row in rows] == [1]


async def test_many_ask_once(mongod: str, database: AsyncDatabase[Row]) -> None:
    """R-J1: however many requests begin together, the counter of changes is asked for once."""
    row = new_id()
    await seal(row, "x.y", row, "a")
    async with Commands(mongod, database.name) as commands:
        vault = Vault(commands.database["data_keys"], KEY)
        await asyncio.gather(*(vault.refresh() for _ in range(20)))
        assert commands.names == ["find", "findAndModify"]


async def test_a_database_restored_from_a_copy(database: object) -> None:
    """R-J1: where the counter goes back, everything open is forgotten."""
    assert database is not None
    row = new_id()
    vault = await opened()
    await seal(row, "x.y", row, "a")
    await change(row, {})
    await vault.refresh()
    await vault.sealing(row)
    await collection("data_keys").delete_one({"_id": EPOCH})
    await vault.refresh()
    assert not vault._open


async def test_what_is_read_while_a_key_changes_is_not_kept(database: object) -> None:
    """R-J1: a key read before a change that was noticed meanwhile is used once and not remembered."""
    assert database is not None
    vault, row = await opened(), new_id()
    ring = await vault.ring.made(row)
    vault._remember(row, ring, vault._epoch - 1)
    assert row not in vault._open


async def test_the_index_key_changes_in_layers(database: object) -> None:
    """R-J1: while the key of the indexes changes, both are looked for; before and after, one is."""
    assert database is not None
    vault = await opened()
    old = encryption.blind("iin", "1")
    layer = await vault.ring.fresh(INDEX, 2)
    await change(INDEX, {"$push": {"keys": layer}})
    (first, second) = (await encryption.met("iin", "1"))["$in"]
    assert (first, second) == (old, vault.layers.lifted(old))
    assert encryption.blind("iin", "1") == old
    await change(INDEX, {"$set": {"current": 2}})
    assert await encryption.met("iin", "1") == {"$in": [old, second]}
    assert encryption.blind("iin", "1") == second
    await change(INDEX, {"$set": {"oldest": 2}})
    assert await encryption.met("iin", "1") == {"$in": [second]}
    assert await encryption.same("iin", "1", second)
    assert not await encryption.same("iin", "1", old)
