"""Personal fields under seal: each opens at its own place only."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from documents import encryption
from documents.base import Row, collection, new_id
from documents.encryption import Sealed, Vault, blind, reveal, reveal_bytes, seal
from integrations.keys import MasterKey


@pytest.mark.parametrize("value", ["", "Әлиева Айгүл", "a" * 10_000])
async def test_a_value_opens_at_its_place(database: object, value: str) -> None:
    """R-J1: what is sealed is not to be read, and opens where it was sealed."""
    person, row = new_id(), new_id()
    sealed = await seal(person, "participants.name", row, value)
    assert database is not None
    assert not value or bytes(sealed).find(value.encode()) < 0
    assert await reveal("participants.name", row, sealed) == value
    assert sealed != await seal(person, "participants.name", row, value)


async def test_a_value_opens_nowhere_else(database: object) -> None:
    """R-J1: moved to another row or field, or changed in any byte, a value does not open."""
    person, row = new_id(), new_id()
    sealed = await seal(person, "participants.name", row, b"secret")
    assert database is not None
    tries = [("participants.name", new_id(), sealed), ("participants.iin", row, sealed)]
    tries += [("participants.name", row, Sealed(sealed[:-1] + bytes([sealed[-1] ^ 1])))]
    for place, where, what in tries:
        with pytest.raises(ValueError, match="changed or moved"):
            await reveal_bytes(place, where, what)


async def test_a_destroyed_key_opens_nothing(database: object) -> None:
    """R-J1: without the person's data key nothing of the person opens again."""
    person, row = new_id(), new_id()
    sealed = await seal(person, "x.y", row, "secret")
    await collection("data_keys").delete_one({"_id": person})
    encryption.use_vault(Vault(collection("data_keys"), MasterKey(b"k" * 32)))
    with pytest.raises(ValueError, match="changed or moved"):
        await reveal("x.y", row, sealed)
    assert database is not None


async def test_another_master_key_opens_nothing(database: object) -> None:
    """R-J1: the database alone, without the master key, is of no use."""
    person, row = new_id(), new_id()
    sealed = await seal(person, "x.y", row, "secret")
    encryption.use_vault(Vault(collection("data_keys"), MasterKey(b"o" * 32)))
    with pytest.raises(ValueError, match="does not open"):
        await reveal("x.y", row, sealed)
    assert database is not None


async def test_the_cache_is_bounded(database: object) -> None:
    """R-E5: of many people's keys only so many are kept open; all open again."""
    vault = Vault(collection("data_keys"), MasterKey(b"k" * 32), capacity=2)
    encryption.use_vault(vault)
    rows: list[Row] = [{"_id": new_id()} for _ in range(4)]
    sealed = [await seal(row["_id"], "x.y", row["_id"], "a") for row in rows]
    assert len(vault._open) == 2
    assert [await reveal("x.y", row["_id"], one) for row, one in zip(rows, sealed, strict=True)] == ["a"] * 4
    assert database is not None


async def test_a_blind_index(database: object) -> None:
    """R-J1: equal values meet under one label; another label or value never does."""
    assert database is not None
    assert blind("iin", " 860615300123 ") == blind("iin", "８６０６１５３００１２３")
    assert blind("iin", "860615300123") != blind("supplier", "860615300123")
    assert b"860615300123" not in blind("iin", "860615300123")


class Model(BaseModel):
    """A model with a personal field."""

    name: Sealed


@pytest.mark.parametrize("value", ["clear", b"clear", b"", b"\x02" + b"x" * 60, None, 5])
def test_a_sealed_field_takes_nothing_in_clear(value: Any) -> None:
    """R-J1: a personal field of a document refuses whatever is not sealed, and says nothing of it."""
    with pytest.raises(ValidationError, match="sealed values only"):
        Model(name=value)


def test_a_sealed_value_is_not_shown() -> None:
    """R-L: a sealed value in a log shows nothing."""
    sealed = Sealed(b"\x01" + b"x" * 50)
    assert f"{sealed} {sealed!r}" == "Sealed(…) Sealed(…)"
    assert Model(name=sealed).name == sealed


def test_no_vault_before_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealing before connecting is a mistake of ours and says so."""
    monkeypatch.setattr(encryption, "_vault", None)
    with pytest.raises(RuntimeError, match="connect"):
        blind("iin", "1")
