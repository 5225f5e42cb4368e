"""Loaders: all keys at once, and forgotten with the operation unless everybody may share it."""

from collections.abc import Awaitable
from datetime import UTC, datetime

import pytest

from documents import suppliers
from documents.base import new_id
from documents.suppliers import EVERYBODY, SupplierFilter
from domain.categories import Direction
from domain.participants import FieldSource
from domain.suppliers import SupplierKind
from loaders import Entities, Loaders
from loaders.registry import LISTED_MOST

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.usefixtures("database")
async def test_many_keys_at_once() -> None:
    """R-B7: records come in the order asked for, with a gap for what is not there."""
    public = {"name": {"ru": "ТОО", "kk": "ЖШС"}, "region": "71"}
    source = FieldSource(record="r", body=None, at=NOW, received_at=NOW)
    row = await suppliers.store("160340012345", SupplierKind.legal_entity, {}, public, source)
    assert row is not None
    loaders, absent = Loaders(), new_id()
    asked = loaders.suppliers([absent, row["_id"], absent])
    assert isinstance(asked, Awaitable)
    assert [one and one["_id"] for one in await asked] == [None, row["_id"], None]
    assert await loaders.category("no_such") is None


@pytest.mark.usefixtures("database")
async def test_the_first_page_of_suppliers_is_kept_until_one_of_them_changes() -> None:
    """R-K: read once, whoever asks; other filters, directions and sizes have pages of their own."""
    entities, every = Entities(), {"registered_at": {"$ne": None}}
    entities.opened()
    first = await Loaders(entities).suppliers_listed(every, EVERYBODY, 10)
    assert await Loaders(entities).suppliers_listed(dict(every), EVERYBODY, 10) is first
    others = [
        await Loaders(entities).suppliers_listed({"region": "71"}, EVERYBODY, 10),
        await Loaders(entities).suppliers_listed(every, SupplierFilter(Direction.tsr_sale), 10),
        await Loaders(entities).suppliers_listed(every, EVERYBODY, 11),
        await Loaders(entities).suppliers_listed(every, EVERYBODY, LISTED_MOST + 1),
    ]
    assert all(one is not first for one in others)
    assert len(entities) == 4
    entities.drop([suppliers.NAME])
    assert await Loaders(entities).suppliers_listed(every, EVERYBODY, 10) is not first
