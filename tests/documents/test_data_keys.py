"""Destroying keys, and telling other processes of it; what rotation does with them is tested there."""

from datetime import UTC, datetime

import pytest

from documents import data_keys
from documents.base import collection, in_transaction, new_id
from documents.encryption import Vault, reveal, seal, vault
from documents.encryption.keyring import EPOCH
from domain.errors import Erased
from integrations.keys import MasterKey

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


async def test_a_destroyed_key_leaves_a_tombstone(database: object) -> None:
    """R-J1: a destroyed key opens and seals nothing, here and elsewhere, and no new one takes its place."""
    assert database is not None
    person, nobody, row = new_id(), new_id(), new_id()
    sealed = await seal(person, "x.y", row, "secret")
    other = Vault(collection("data_keys"), MasterKey(b"k" * 32), fresh=0.0)
    await other.opening(person, 1)
    await in_transaction(lambda: data_keys.destroy([person, nobody], NOW))
    vault().forget()
    with pytest.raises(Erased):
        await reveal("x.y", row, sealed)
    for owner in (person, nobody):
        with pytest.raises(Erased):
            await other.sealing(owner)
    rows = await collection("data_keys").find({"destroyed_at": NOW}).to_list()
    assert [row["keys"] for row in rows] == [[]] * 4


async def test_each_change_has_a_number(database: object) -> None:
    """R-J1: the counter of changes grows with each of them."""
    assert database is not None
    assert [await in_transaction(data_keys.next_epoch) for _ in range(3)] == [1, 2, 3]
    assert (await collection("data_keys").find_one({"_id": EPOCH})) == {"_id": EPOCH, "epoch": 3}
