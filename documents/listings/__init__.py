"""Listings: the supplier's working copies, the published snapshots, and the catalogue over them."""

from documents.listings.catalogue import catalogue_page, count
from documents.listings.drafts import (
    create_draft,
    due_drafts,
    get_draft,
    listed_drafts,
    planned,
    save_draft,
    settle_review,
)
from documents.listings.facets import Counted, counted
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
from documents.listings.versions import Mark, history, history_question, kept_of, kept_versions, steps, was_on
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
    "ListingReview",
    "ListingVersion",
    "Mark",
    "catalogue_page",
    "conditions",
    "count",
    "count_of_supplier",
    "counted",
    "create_draft",
    "due_drafts",
    "get_draft",
    "get_listing",
    "get_review",
    "history",
    "history_question",
    "kept_of",
    "kept_versions",
    "listed_drafts",
    "listings_by_ids",
    "listings_of_supplier",
    "listings_of_suppliers",
    "move_review",
    "moved",
    "opened",
    "page_question",
    "planned",
    "publish",
    "queue",
    "queue_question",
    "reviews_by_ids",
    "reviews_of",
    "save_draft",
    "sealed",
    "settle_review",
    "steps",
    "submit",
    "was_on",
    "withdraw",
]

readable("listing", get_listing, partly=True)
readable("listing_draft", get_draft)
