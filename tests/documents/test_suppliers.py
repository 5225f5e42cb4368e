"""Suppliers: public card in clear, particulars under seal, registered once."""

from datetime import UTC, datetime, timedelta

from documents import data_keys, suppliers
from documents.base import Row, in_transaction, new_id
from documents.encryption import vault
from documents.nodes import load
from domain.categories import Direction
from domain.participants import FieldSource
from domain.suppliers import SupplierKind

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
BIN = "160340012345"
BODY = "980140000911"
PUBLIC = {"name": {"ru": "ТОО «Тірек»", "kk": "«Тірек» ЖШС"}, "oked": "47741", "region": "71"}


async def stored(
    identifier: str, kind: SupplierKind, details: Row, public: Row, record: str, at: datetime = NOW
) -> Row:
    """A supplier as a record issued at an instant tells of it."""
    source = FieldSource(record=record, body=BODY, at=at, received_at=NOW)
    row = await suppliers.store(identifier, kind, details, public, source)
    assert row is not None
    return row


async def test_a_record_and_the_next_one(database: object) -> None:
    """R-A7: the newest record replaces the particulars; the registration and its directions stay."""
    assert database is not None
    first = await stored(BIN, SupplierKind.legal_entity, {"head": "Ахметов"}, PUBLIC, "r1")
    await suppliers.register(first["_id"], NOW, [Direction.tsr_sale])
    await suppliers.register(first["_id"], NOW + timedelta(days=1), [])
    again = await stored(BIN, SupplierKind.legal_entity, {"head": "Иванов"}, PUBLIC, "r2")
    found = await suppliers.by_identifier(BIN)
    assert found is not None
    assert again["_id"] == first["_id"] == found["_id"]
    assert (found["registered_at"], found["source"]["record"]) == (NOW, "r2")
    assert found["directions"] == ["tsr_sale"]
    assert await suppliers.details(found) == {"head": "Иванов"}
    assert await suppliers.identifier(found) == BIN
    assert "Иванов" not in str(found)
    assert BIN not in str(found)


async def test_many_at_once(database: object) -> None:
    """R-B7: suppliers come in the order asked for, with a gap for each that is not there."""
    assert database is not None
    row = await stored(BIN, SupplierKind.legal_entity, {}, PUBLIC, "r1")
    absent = new_id()
    found = await suppliers.public_by_ids([absent, row["_id"]])
    assert [one and one["_id"] for one in found] == [None, row["_id"]]
    assert await suppliers.get(absent) is None
    assert (await load("supplier", row["_id"]) or {})["kind"] == "supplier"
    assert await suppliers.by_identifier("1") is None


async def test_an_individual_publishes_no_name(database: object) -> None:
    """R-J1: the name of a plain individual is sealed, that of an organisation is published; both are read."""
    assert database is not None
    name = {"kk": "Жұмабек Ералы", "ru": "Жұмабек Ералы"}
    public = {"name": name, "oked": None, "region": "71"}
    rows = []
    for number, kind in (
        ("940308301234", SupplierKind.assistant),
        ("160340012345", SupplierKind.legal_entity),
    ):
        rows.append(await stored(number, kind, {}, public, "r1"))
    assert "Жұмабек" not in str(rows[0])
    assert rows[1]["name"] == name
    assert await suppliers.names_of(rows) == [name, name]
    await in_transaction(lambda: data_keys.destroy([rows[0]["_id"]], NOW))
    vault().forget()
    assert (await suppliers.names_of(rows))[0]["en"] == "Erased"
