"""The catalogue's search: words in one form, and the index keys that questions and listings share."""

from domain.search.cells import Number
from domain.search.conditions import check_conditions
from domain.search.keys import CatalogueFilter, Facts, Range, drivers, listing_keys
from domain.search.words import QUERY_LENGTH_MAX, fold, folded_words, query_tokens, tokens

__all__ = [
    "QUERY_LENGTH_MAX",
    "CatalogueFilter",
    "Facts",
    "Number",
    "Range",
    "check_conditions",
    "drivers",
    "fold",
    "folded_words",
    "listing_keys",
    "query_tokens",
    "tokens",
]
