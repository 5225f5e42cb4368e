"""Listings: the supplier's working copies, the published snapshots, and the catalogue over them."""

from documents.listings.bulk import (
    Overtaken,
    drafts_named,
    drafts_of_category,
    publish_many,
    write_drafts,
)
from documents.listings.carrying import (
    category_drafts,
    count_of_category,
    rewrite_draft,
    rewrite_snapshot,
    whole_snapshots,
)
from documents.listings.catalogue import catalogue_page, count
from documents.listings.drafts import (
    create_draft,
    due_drafts,
    get_draft,
    listed_drafts,
    planned,
    ready,
    save_draft,
    settle_review,
)
from documents.listings.facets import Counted, counted
from documents.listings.kept import FacetCounts, count_anew, kept_counts
from documents.listings.people import moved, namesakes, opened, sealed
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
from documents.listings.records import Answer, Attachment, Helper, Listing, ListingDraft, ListingVersion
from documents.listings.reviews import (
    ListingReview,
    get_review,
    move_review,
    queue,
    queue_question,
    reviews_by_ids,
    reviews_of,
    submit,
)
from documents.listings.versions import Mark, history, history_question, kept_of, kept_versions, steps
from documents.nodes import readable

__all__ = [
    "ORDERS",
    "Answer",
    "Attachment",
    "CatalogueSort",
    "Counted",
    "FacetCounts",
    "Helper",
    "Listing",
    "ListingDraft",
    "ListingReview",
    "ListingVersion",
    "Mark",
    "Overtaken",
    "catalogue_page",
    "category_drafts",
    "conditions",
    "count",
    "count_anew",
    "count_of_category",
    "count_of_supplier",
    "counted",
    "create_draft",
    "drafts_named",
    "drafts_of_category",
    "due_drafts",
    "get_draft",
    "get_listing",
    "get_review",
    "history",
    "history_question",
    "kept_counts",
    "kept_of",
    "kept_versions",
    "listed_drafts",
    "listing",
    "listing_draft",
    "listings_by_ids",
    "listings_of_supplier",
    "listings_of_suppliers",
    "move_review",
    "moved",
    "namesakes",
    "opened",
    "page_question",
    "planned",
    "publish",
    "publish_many",
    "queue",
    "queue_question",
    "ready",
    "reviews_by_ids",
    "reviews_of",
    "rewrite_draft",
    "rewrite_snapshot",
    "save_draft",
    "sealed",
    "settle_review",
    "steps",
    "submit",
    "whole_snapshots",
    "withdraw",
    "write_drafts",
]

readable("listing", get_listing, partly=True)
readable("listing_draft", get_draft)
