"""A supplier's listings: drafted, edited under an expected version, published; and the catalogue of them."""

from resolvers.listings.content import CardInput
from resolvers.listings.counting import facets
from resolvers.listings.drafting import create, edit
from resolvers.listings.publishing import publish, withdraw
from resolvers.listings.reading import (
    COUNTED,
    catalogue,
    draft,
    drafts,
    of_suppliers,
    published,
    total,
    total_of_supplier,
)

__all__ = [
    "COUNTED",
    "CardInput",
    "catalogue",
    "create",
    "draft",
    "drafts",
    "edit",
    "facets",
    "of_suppliers",
    "publish",
    "published",
    "total",
    "total_of_supplier",
    "withdraw",
]
