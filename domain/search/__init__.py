"""The catalogue's search: words in one form, and the index keys that questions and listings share."""

from domain.search.cells import Number
from domain.search.conditions import check_conditions
from domain.search.facets import (
    CATEGORY,
    DIRECTION,
    FIXED,
    REGION,
    Facets,
    facet_questions,
    facets_of,
    is_facet,
)
from domain.search.keys import Facts, Part, drivers, listing_keys
from domain.search.questions import CatalogueFilter, Range
from domain.search.spelling import (
    EXPANDED_MAX,
    is_near,
    last_word,
    spelling_keys,
    typed_keys,
    typing_keys,
)
from domain.search.words import (
    QUERY_LENGTH_MAX,
    described,
    fold,
    folded_words,
    query_tokens,
    spelt,
    tokens,
)

__all__ = [
    "CATEGORY",
    "DIRECTION",
    "EXPANDED_MAX",
    "FIXED",
    "QUERY_LENGTH_MAX",
    "REGION",
    "CatalogueFilter",
    "Facets",
    "Facts",
    "Number",
    "Part",
    "Range",
    "check_conditions",
    "described",
    "drivers",
    "facet_questions",
    "facets_of",
    "fold",
    "folded_words",
    "is_facet",
    "is_near",
    "last_word",
    "listing_keys",
    "query_tokens",
    "spelling_keys",
    "spelt",
    "tokens",
    "typed_keys",
    "typing_keys",
]
