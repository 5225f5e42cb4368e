"""A supplier's listings: drafted, edited under an expected version, published; and the catalogue of them."""

from resolvers.listings.attachments import DocumentInput
from resolvers.listings.comparing import Comparison, co_payments, comparison, guaranteed
from resolvers.listings.content import CardInput
from resolvers.listings.counting import facets
from resolvers.listings.drafting import create, edit
from resolvers.listings.erasing import erase_person
from resolvers.listings.history import changes, history, restore
from resolvers.listings.moderation import (
    appeal,
    approve,
    changed_since_approval,
    give_back,
    moderation_queue,
    reviews_by_ids,
    reviews_of,
    sent,
)
from resolvers.listings.obstacles import allowed_actions, obstacles
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
from resolvers.listings.scheduling import carry_out_due, schedule
from resolvers.listings.wording import suggestions, understood

__all__ = [
    "COUNTED",
    "CardInput",
    "Comparison",
    "DocumentInput",
    "allowed_actions",
    "appeal",
    "approve",
    "carry_out_due",
    "catalogue",
    "changed_since_approval",
    "changes",
    "co_payments",
    "comparison",
    "create",
    "draft",
    "drafts",
    "edit",
    "erase_person",
    "facets",
    "give_back",
    "guaranteed",
    "history",
    "moderation_queue",
    "obstacles",
    "of_suppliers",
    "people",
    "publish",
    "published",
    "restore",
    "reviews_by_ids",
    "reviews_of",
    "schedule",
    "sent",
    "suggestions",
    "total",
    "total_of_supplier",
    "understood",
    "withdraw",
]
