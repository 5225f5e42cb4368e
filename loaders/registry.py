"""The loaders of one operation: each reads by key, all keys of a position at once.

What many operations share stands in `Entities`, which is told of every change; the rest is read and not
remembered: a subscription is one operation that lasts for hours, and what was read for one event is old at
the next.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from documents import categories, reference, regions, suppliers
from documents.base import Id, Row
from documents.cursors import Page
from documents.reads import of_row
from documents.suppliers import SupplierFilter
from loaders.entities import Entities, Key

K = TypeVar("K", Id, str)
T = TypeVar("T")
LISTED_MOST = 24
"""Suppliers of a page that is kept: a longer one takes the room of many entities."""


class Loaders:
    """Made anew for every operation, so that no answer outlives the rights it was read under."""

    def __init__(self, entities: Entities | None = None) -> None:
        self._entities = entities

    def suppliers(self, ids: Sequence[Id]) -> Sequence[Row | None] | Awaitable[Sequence[Row | None]]:
        """The public parts of suppliers in the order asked for: at once if all are in memory."""
        known = self._known([_supplier(each) for each in ids])
        return self._read(ids, suppliers.public_by_ids, _supplier) if known is None else known

    def categories(self, codes: Sequence[str]) -> Sequence[Row | None] | Awaitable[Sequence[Row | None]]:
        """Categories under their newest definitions: at once if all are in memory."""
        known = self._known([_category(each) for each in codes])
        return self._read(codes, categories.by_codes, _category) if known is None else known

    async def category(self, code: str) -> Row | None:
        """A category under its newest definition."""
        found = self.categories([code])
        return (await found if isinstance(found, Awaitable) else found)[0]

    async def suppliers_listed(self, where: Row, wanted: SupplierFilter, first: int) -> Page:
        """The first page of those suppliers that a filter leaves; InvalidInput `PAGE_SIZE`."""

        async def read() -> Page:
            return await suppliers.listed(where, wanted, first=first, cursor=None)

        if first > LISTED_MOST:
            return await read()
        return await self._one((suppliers.NAME, (repr(where), wanted, first)), read)

    async def regions(self, at: date) -> list[Row]:
        """The regions in force on a day."""

        async def read() -> list[Row]:
            return await reference.reference_rows("region", at)

        return await self._one((reference.NAME, ("region", at)), read)

    async def reference_known(self, type_: str, at: date) -> list[Row]:
        """The codes of a type of reference data until a day, each with its newest row."""

        async def read() -> list[Row]:
            return await reference.reference_known(type_, at)

        return await self._one((reference.NAME, ("known", type_, at)), read)

    async def region_versions(self) -> list[Row]:
        """The versions of КАТО in force, the oldest first."""
        return await self._one((regions.VERSIONS, "all"), regions.versions)

    async def places(self, codes: Sequence[str], number: int) -> list[Row | None]:
        """Places by code as a version has them: that never changes, and goes with the versions."""
        known = self._known([_place(code, number) for code in codes])
        if known is not None:
            return known
        since = self._clock()
        found = await regions.at(codes, number)
        for code, row in zip(codes, found, strict=True):
            self._keep(_place(code, number), row, since)
        return found

    async def guaranteed_sums(self, at: date) -> dict[str, int]:
        """Guaranteed sums of one unit in tiyn, by category, in force on a day."""

        async def read() -> dict[str, int]:
            rows = await reference.reference_rows("guaranteed_sum", at)
            return {row["code"]: row["value"] for row in rows}

        return await self._one((reference.NAME, ("guaranteed_sum", at)), read)

    async def _one(self, key: Key, read: Callable[[], Awaitable[T]]) -> T:
        known: list[T] | None = self._known([key])
        if known is not None:
            return known[0]
        since = self._clock()
        found = await read()
        self._keep(key, found, since)
        return found

    async def _read(
        self,
        keys: Sequence[K],
        read: Callable[[list[K]], Awaitable[list[Row | None]]],
        named: Callable[[K], Key],
    ) -> list[Row | None]:
        """Rows in the order of their keys, each read once."""
        since = self._clock()
        wanted = list(dict.fromkeys(keys))
        found = dict(zip(wanted, await read(wanted), strict=True))
        for each, row in found.items():
            self._keep(named(each), row, since)
        return [found[each] for each in keys]

    def _known(self, keys: Sequence[Key]) -> list[Any] | None:
        return None if self._entities is None else self._entities.find(keys)

    def _clock(self) -> int:
        return 0 if self._entities is None else self._entities.clock

    def _keep(self, key: Key, entity: object, since: int) -> None:
        if self._entities is not None:
            self._entities.keep(key, entity, since)


def _supplier(supplier: Id) -> Key:
    return of_row(suppliers.NAME, supplier), None


def _category(code: str) -> Key:
    return categories.NAME, code


def _place(code: str, number: int) -> Key:
    return regions.VERSIONS, (code, number)
