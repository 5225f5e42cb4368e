"""A supplier's listings: drafted, edited under an expected version, published; and the catalogue of them."""

from resolvers.listings.content import CardInput
from resolvers.listings.drafting import create, edit
from resolvers.listings.history import changes, history, restore
from resolvers.listings.publishing import publish, withdraw
from resolvers.listings.reading import (
    COUNTED,
    catalogue,
    draft,
    drafts,
    of_suppliers,
    people,
    published,
    total,
    total_of_supplier,
)

__all__ = [
    "COUNTED",
    "CardInput",
    "catalogue",
    "changes",
    "create",
    "draft",
    "drafts",
    "edit",
    "history",
    "of_suppliers",
    "people",
    "publish",
    "published",
    "restore",
    "total",
    "total_of_supplier",
    "withdraw",
]
