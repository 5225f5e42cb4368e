"""Loaders: batched, and forgotten with the operation."""

from datetime import UTC, datetime

import pytest

from documents import suppliers
from documents.base import new_id
from domain.participants import FieldSource
from domain.suppliers import SupplierKind
from loaders import Loaders

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.usefixtures("database")
async def test_many_keys_at_once() -> None:
    """R-B7: records come in the order asked for, with a gap for what is not there."""
    public = {"name": {"ru": "ТОО", "kk": "ЖШС"}, "region": "71"}
    source = FieldSource(record="r", body=None, at=NOW, received_at=NOW)
    row = await suppliers.store("160340012345", SupplierKind.legal_entity, {}, public, source)
    assert row is not None
    loaders, absent = Loaders(), new_id()
    found = await loaders.supplier_by_id.load_many([absent, row["_id"]])
    assert [one and one["_id"] for one in found] == [None, row["_id"]]
    assert await loaders.category_by_code.load("no_such") is None
    assert loaders.supplier_by_id is loaders.supplier_by_id
    assert loaders.supplier_by_id is not Loaders().supplier_by_id
