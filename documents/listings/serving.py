"""Who serves a place: the condition on a listing that says what `domain.regions.serves` says."""

import re

from documents.base import Row
from domain.regions import is_code, lineage, part


def serving(place: str) -> Row:
    """Listings that serve the place, whole or in part."""
    if not is_code(place):
        return {"regions": {"$eq": place}}
    return {"regions": {"$in": [*lineage(place), re.compile(f"^{part(place)}")]}}
