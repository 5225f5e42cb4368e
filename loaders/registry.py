"""The loaders of one operation: each reads by key, in batches, and remembers nothing.

A subscription is one operation that lasts for hours: what was read for one event is old at the next. What
many operations share stands in `Entities`, which is told of every change.
"""

from collections.abc import Awaitable, Sequence
from datetime import date
from functools import cached_property

from aiodataloader import DataLoader

from documents import categories, reference, suppliers
from documents.base import Id, Row
from documents.cursors import Page
from documents.reads import of_row
from domain.categories import Direction
from loaders.entities import Entities, Key

LISTED_MOST = 24
"""Suppliers of a page that is kept: a longer one takes the room of many entities."""


class Loaders:
    """Made anew for every operation, so that no answer outlives the rights it was read under."""

    def __init__(self, entities: Entities | None = None) -> None:
        self._entities = entities

    def suppliers(self, ids: Sequence[Id]) -> Sequence[Row | None] | Awaitable[Sequence[Row | None]]:
        """The public parts of suppliers in the order asked for: at once if all are in memory."""
        known = self._entities.find([_supplier(each) for each in ids]) if self._entities is not None else None
        return self.supplier_by_id.load_many(list(ids)) if known is None else known

    @cached_property
    def supplier_by_id(self) -> DataLoader[Id, Row | None]:
        """The public parts of suppliers; None where there is none."""
        return DataLoader(self._load_suppliers, cache=False)

    def categories(self, codes: Sequence[str]) -> Sequence[Row | None] | Awaitable[Sequence[Row | None]]:
        """Categories under their newest definitions: at once if all are in memory."""
        known = (
            self._entities.find([_category(each) for each in codes]) if self._entities is not None else None
        )
        return self.category_by_code.load_many(list(codes)) if known is None else known

    async def category(self, code: str) -> Row | None:
        """A category under its newest definition."""
        found = self.categories([code])
        return (await found if isinstance(found, Awaitable) else found)[0]

    async def suppliers_listed(self, where: Row, direction: Direction | None, first: int) -> Page:
        """The first page of the suppliers that a filter leaves; InvalidInput `PAGE_SIZE`."""
        key: Key = (suppliers.NAME, (repr(where), direction, first))
        entities = self._entities if first <= LISTED_MOST else None
        known = entities.find([key]) if entities is not None else None
        if known is not None:
            return known[0]  # type: ignore[no-any-return]
        since = entities.clock if entities is not None else 0
        page = await suppliers.listed(where, direction, first=first, cursor=None)
        if entities is not None:
            entities.keep(key, page, since)
        return page

    async def regions(self, at: date) -> list[Row]:
        """The regions in force on a day."""
        key: Key = (reference.NAME, ("region", at))
        known = self._entities.find([key]) if self._entities is not None else None
        if known is not None:
            return known[0]  # type: ignore[no-any-return]
        since = self._entities.clock if self._entities is not None else 0
        rows = await reference.reference_rows("region", at)
        if self._entities is not None:
            self._entities.keep(key, rows, since)
        return rows

    @cached_property
    def category_by_code(self) -> DataLoader[str, Row | None]:
        """Categories under their newest definition."""
        return DataLoader(self._load_categories, cache=False)

    async def _load_suppliers(self, ids: list[Id]) -> list[Row | None]:
        since = self._entities.clock if self._entities is not None else 0
        rows = await suppliers.public_by_ids(ids)
        for each, row in zip(ids, rows, strict=True):
            self._keep(_supplier(each), row, since)
        return rows

    async def _load_categories(self, codes: list[str]) -> list[Row | None]:
        since = self._entities.clock if self._entities is not None else 0
        rows = await categories.by_codes(codes)
        for each, row in zip(codes, rows, strict=True):
            self._keep(_category(each), row, since)
        return rows

    def _keep(self, key: Key, row: Row | None, since: int) -> None:
        if self._entities is not None:
            self._entities.keep(key, row, since)


def _supplier(supplier: Id) -> Key:
    return of_row(suppliers.NAME, supplier), None


def _category(code: str) -> Key:
    return categories.NAME, code
