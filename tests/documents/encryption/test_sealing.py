"""Personal fields under seal: each opens at its own place only."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from documents.base import collection, new_id
from documents.encryption import (
    Sealed,
    blind,
    met,
    open_many,
    open_vault,
    reveal,
    reveal_bytes,
    reveal_or,
    same,
    seal,
    sealing,
)
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
    """R-J1: moved to another row or field, changed in any byte, or said to be another's, none opens."""
    person, other, row = new_id(), new_id(), new_id()
    sealed = await seal(person, "participants.name", row, b"secret")
    await seal(other, "participants.name", row, b"also has a key")
    assert database is not None
    tries = [("participants.name", new_id(), sealed), ("participants.iin", row, sealed)]
    tries += [("participants.name", row, Sealed(sealed[:-1] + bytes([sealed[-1] ^ 1])))]
    tries += [("participants.name", row, Sealed(sealed[:1] + other.binary + sealed[13:]))]
    for place, where, what in tries:
        with pytest.raises(ValueError, match="changed or moved"):
            await reveal_bytes(place, where, what)


async def test_another_layout_is_refused(database: object) -> None:
    """R-J1: a value of the first layout, or something shorter than any, is refused by name."""
    assert database is not None
    for value in (b"\x01" + b"x" * 60, b"", b"\x02short"):
        with pytest.raises(ValueError, match="only 02 is read"):
            await reveal_bytes("x.y", new_id(), value)


async def test_another_master_key_opens_nothing(database: object) -> None:
    """R-J1: the database alone, without the master key, is of no use."""
    assert database is not None
    with pytest.raises(ValueError, match="not here"):
        await open_vault(collection("data_keys"), MasterKey(b"o" * 32))


async def test_an_erased_value_reads_as_such(database: object) -> None:
    """R-J1: a reader of a list gives another text for somebody erased, and the value for everybody else."""
    assert database is not None
    row = new_id()
    sealed = await seal(row, "x.y", row, "secret")
    assert await reveal_or("erased", "x.y", row, sealed) == "secret"
    await collection("data_keys").update_one({"_id": row}, {"$set": {"keys": []}})
    await open_vault(collection("data_keys"), MasterKey(b"k" * 32))
    assert await reveal_or("erased", "x.y", row, sealed) == "erased"


async def test_many_values_open_together(database: object) -> None:
    """R-J1: the keys of many values are opened at once; what is absent needs none."""
    assert database is not None
    rows = [new_id() for _ in range(3)]
    sealed = [await seal(row, "x.y", row, "a") for row in rows]
    vault = await open_vault(collection("data_keys"), MasterKey(b"k" * 32))
    await open_many([*sealed, None])
    assert set(vault._open) == set(rows)


async def test_a_blind_index(database: object) -> None:
    """R-J1: equal values meet under one label; another label or value never does."""
    assert database is not None
    assert blind("iin", " 860615300123 ") == blind("iin", "８６０６１５３００１２３")
    assert blind("iin", "860615300123") != blind("supplier", "860615300123")
    assert blind("iin", "860615300123").find(b"860615300123") < 0
    assert await met("iin", "860615300123") == {"$in": [blind("iin", "860615300123")]}
    assert await same("iin", "860615300123", blind("iin", "860615300123"))
    assert not await same("iin", "860615300123", blind("iin", "1"))


class Model(BaseModel):
    """A model with a personal field."""

    name: Sealed


@pytest.mark.parametrize("value", ["clear", b"clear", b"", b"\x01" + b"x" * 60, b"\x02short", None, 5])
def test_a_sealed_field_takes_nothing_in_clear(value: Any) -> None:
    """R-J1: a personal field of a document refuses whatever is not sealed, and says nothing of it."""
    with pytest.raises(ValidationError, match="sealed values only"):
        Model(name=value)


def test_a_sealed_value_is_not_shown() -> None:
    """R-L: a sealed value in a log shows nothing."""
    sealed = Sealed(b"\x02" + b"x" * 50)
    assert f"{sealed} {sealed!r}" == "Sealed(…) Sealed(…)"
    assert Model(name=sealed).name == sealed


def test_no_vault_before_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealing before connecting is a mistake of ours and says so."""
    monkeypatch.setattr(sealing, "_vault", None)
    with pytest.raises(RuntimeError, match="connect"):
        blind("iin", "1")
