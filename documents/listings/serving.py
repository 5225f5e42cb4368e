"""Who serves a place: what `domain.regions.serves` says, as a condition and for counting."""

import re
from functools import lru_cache

from documents.base import Row
from domain.regions import TOP, is_code, lineage, part


@lru_cache(maxsize=2_000)
def serving(place: str) -> Row:
    """Listings that serve the place, whole or in part; for reading only: the same is given again."""
    if not is_code(place):
        return {"regions": {"$eq": place}}
    return {"regions": {"$in": [*lineage(place), re.compile(f"^{part(place)}")]}}


def served(place: str | None) -> Row:
    """Each region that a listing serves any of, once, and the place if it serves that: as an expression."""
    regions: Row = {"$setUnion": [{"$map": {"input": "$regions", "in": _begins(TOP)}}]}
    if place is None:
        return regions
    within = part(place)
    met = {"$or": [{"$in": ["$$this", list(lineage(place))]}, {"$eq": [_begins(len(within)), within]}]}
    serves = {"$anyElementTrue": [{"$map": {"input": "$regions", "in": met}}]}
    return {"$concatArrays": [regions, {"$cond": [serves, [place], []]}]}


def _begins(digits: int) -> Row:
    return {"$substrCP": ["$$this", 0, digits]}
