"""Listings: the supplier's working copies, the published snapshots, and the catalogue over them."""

from documents.listings.catalogue import catalogue_page, count
from documents.listings.drafts import create_draft, get_draft, listed_drafts, save_draft
from documents.listings.facets import Counted, counted
from documents.listings.published import (
    count_of_supplier,
    get_listing,
    listings_by_ids,
    listings_of_supplier,
    listings_of_suppliers,
    publish,
    withdraw,
)
from documents.listings.questions import ORDERS, CatalogueSort, conditions, page_question
from documents.listings.records import Answer, Attachment, Helper, Listing, ListingDraft
from documents.nodes import readable

__all__ = [
    "ORDERS",
    "Answer",
    "Attachment",
    "CatalogueSort",
    "Counted",
    "Helper",
    "Listing",
    "ListingDraft",
    "catalogue_page",
    "conditions",
    "count",
    "count_of_supplier",
    "counted",
    "create_draft",
    "get_draft",
    "get_listing",
    "listed_drafts",
    "listings_by_ids",
    "listings_of_supplier",
    "listings_of_suppliers",
    "page_question",
    "publish",
    "save_draft",
    "withdraw",
]

readable("listing", get_listing, partly=True)
readable("listing_draft", get_draft)
