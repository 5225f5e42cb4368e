"""Listings: what they show, the catalogue of them, and what their supplier does."""

from schema.listings.catalogue import ListingQueries
from schema.listings.comparison import ComparisonQueries
from schema.listings.moderation import ListingReview, ModerationMutations, ModerationQueries
from schema.listings.mutations import ListingMutations
from schema.listings.suggestions import SuggestionQueries
from schema.listings.types import Listing, ListingConnection, ListingDraft, ListingDraftConnection

__all__ = [
    "ComparisonQueries",
    "Listing",
    "ListingConnection",
    "ListingDraft",
    "ListingDraftConnection",
    "ListingMutations",
    "ListingQueries",
    "ListingReview",
    "ModerationMutations",
    "ModerationQueries",
    "SuggestionQueries",
]
