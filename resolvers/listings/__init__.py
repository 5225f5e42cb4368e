"""A supplier's listings: drafted, edited under an expected version, published; and the catalogue of them."""

from resolvers.listings.comparing import Comparison, co_payments, comparison, guaranteed
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
from resolvers.listings.wording import suggestions, understood

__all__ = [
    "COUNTED",
    "CardInput",
    "Comparison",
    "catalogue",
    "co_payments",
    "comparison",
    "create",
    "draft",
    "drafts",
    "edit",
    "facets",
    "guaranteed",
    "of_suppliers",
    "publish",
    "published",
    "suggestions",
    "total",
    "total_of_supplier",
    "understood",
    "withdraw",
]
