"""Listings: the supplier's working copies, the published snapshots, and the catalogue over them."""

from documents.listings.bulk import (
    Overtaken,
    drafts_named,
    drafts_of_category,
    publish_many,
    ready,
    write_drafts,
)
from documents.listings.carrying import (
    category_drafts,
    count_of_category,
    rewrite_draft,
    rewrite_snapshot,
    whole_snapshots,
)
from documents.listings.catalogue import (
    ORDERS,
    CatalogueSort,
    catalogue_page,
    conditions,
    count,
    page_question,
)
from documents.listings.drafts import create_draft, get_draft, listed_drafts, save_draft
from documents.listings.published import (
    count_of_supplier,
    get_listing,
    listings_by_ids,
    listings_of_supplier,
    listings_of_suppliers,
    publish,
    withdraw,
)
from documents.listings.records import Answer, Attachment, Helper, Listing, ListingDraft
from documents.nodes import readable

__all__ = [
    "ORDERS",
    "Answer",
    "Attachment",
    "CatalogueSort",
    "Helper",
    "Listing",
    "ListingDraft",
    "Overtaken",
    "catalogue_page",
    "category_drafts",
    "conditions",
    "count",
    "count_of_category",
    "count_of_supplier",
    "create_draft",
    "drafts_named",
    "drafts_of_category",
    "get_draft",
    "get_listing",
    "listed_drafts",
    "listings_by_ids",
    "listings_of_supplier",
    "listings_of_suppliers",
    "page_question",
    "publish",
    "publish_many",
    "ready",
    "rewrite_draft",
    "rewrite_snapshot",
    "save_draft",
    "whole_snapshots",
    "withdraw",
    "write_drafts",
]

readable("listing", get_listing, partly=True)
readable("listing_draft", get_draft)
