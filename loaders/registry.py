"""The loaders of one operation: each reads by key, in batches, and remembers nothing.

A subscription is one operation that lasts for hours: what was read for one event is old at the next.
"""

from functools import cached_property

from aiodataloader import DataLoader

from documents import categories, suppliers
from documents.base import Id, Row


class Loaders:
    """Made anew for every operation, so that no answer outlives the rights it was read under."""

    @cached_property
    def supplier_by_id(self) -> DataLoader[Id, Row | None]:
        """Suppliers; None where there is none."""
        return DataLoader(suppliers.by_ids, cache=False)

    @cached_property
    def category_by_code(self) -> DataLoader[str, Row | None]:
        """Categories under their newest definition."""
        return DataLoader(categories.by_codes, cache=False)
