"""Listings: the supplier's working copies, the published snapshots, and the catalogue over them."""

from documents.listings.catalogue import (
    ORDERS,
    CatalogueSort,
    catalogue_page,
    conditions,
    count,
    page_question,
)
from documents.listings.drafts import create_draft, get_draft, listed_drafts, save_draft
from documents.listings.people import moved, opened, sealed
from documents.listings.published import (
    count_of_supplier,
    get_listing,
    listings_by_ids,
    listings_of_supplier,
    listings_of_suppliers,
    publish,
    withdraw,
)
from documents.listings.records import Answer, Attachment, Helper, Listing, ListingDraft, ListingVersion
from documents.listings.versions import Mark, history, history_question, kept_of, kept_versions, steps
from documents.nodes import readable

__all__ = [
    "ORDERS",
    "Answer",
    "Attachment",
    "CatalogueSort",
    "Helper",
    "Listing",
    "ListingDraft",
    "ListingVersion",
    "Mark",
    "catalogue_page",
    "conditions",
    "count",
    "count_of_supplier",
    "create_draft",
    "get_draft",
    "get_listing",
    "history",
    "history_question",
    "kept_of",
    "kept_versions",
    "listed_drafts",
    "listings_by_ids",
    "listings_of_supplier",
    "listings_of_suppliers",
    "moved",
    "opened",
    "page_question",
    "publish",
    "save_draft",
    "sealed",
    "steps",
    "withdraw",
]

readable("listing", get_listing, partly=True)
readable("listing_draft", get_draft)
