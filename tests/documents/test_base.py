"""The connection, transactions and identifiers."""

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from documents import base
from documents.base import Row, in_transaction, literal, new_id, parse_id, session, with_kind
from documents.registry import DOCUMENTS
from documents.seeding import SeedMark
from domain.errors import InvalidInput
from integrations.keys import MasterKey

Database = AsyncDatabase[Row]


async def test_a_transaction_is_whole_or_not_at_all(database: Database) -> None:
    """R-D4: what is written in a transaction that fails never was."""
    await base.collection("leases").insert_one({"_id": "before"})

    async def half() -> None:
        await base.collection("leases").insert_one({"_id": "half"}, session=session())
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        await in_transaction(half)
    assert [row["_id"] async for row in database["leases"].find()] == ["before"]
    assert session() is None


async def test_a_transaction_joins_the_one_under_way(database: Database) -> None:
    """R-D4: work inside a transaction belongs to it, as deep as it may be called."""
    seen = []

    async def inner() -> None:
        seen.append(session())

    async def outer() -> None:
        seen.append(session())
        await in_transaction(inner)

    await in_transaction(outer)
    assert seen[0] is seen[1] is not None
    assert database is base.database()


async def test_two_processes_prepare_one_database(throwaway: Database, mongod: str) -> None:
    """R-L: whoever connects second finds collections, validators and indexes and changes nothing."""
    before = sorted(await throwaway.list_collection_names())
    await base.disconnect()
    await base.connect(mongod, throwaway.name, MasterKey(b"k" * 32), DOCUMENTS)
    assert sorted(await base.database().list_collection_names()) == before


def test_nothing_without_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading before connecting is a mistake of ours and says so."""
    monkeypatch.setattr(base, "_database", None)
    with pytest.raises(RuntimeError, match="connect"):
        base.database()


@pytest.mark.parametrize("text", ["", "x", "0" * 23, "0" * 25, "g" * 24, "$where"])
def test_identifiers_that_are_none(text: str) -> None:
    """R-K: what is no identifier is refused with its place."""
    with pytest.raises(InvalidInput) as refused:
        parse_id(text, "input", "id")
    assert (refused.value.code, refused.value.path) == ("INVALID_ID", ("input", "id"))


def test_small_conveniences() -> None:
    """Values are never operators, kinds are told, absent rows stay absent."""
    row = new_id()
    assert parse_id(str(row)) == row
    assert literal({"code": {"$ne": 1}}) == {"code": {"$eq": {"$ne": 1}}}
    assert with_kind("listing", {"_id": 1}) == {"_id": 1, "kind": "listing"}
    assert with_kind("listing", None) is None
    assert base.collection_name(SeedMark) == "seed_marks"
