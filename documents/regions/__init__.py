"""Places by КАТО as stored: versions, each row from one of them until another, and whatever asks for them."""

from documents.regions.queries import at, below, found, known, versions
from documents.regions.records import NAME, OPEN, VERSIONS, RegionRow, RegionVersion, row_of
from documents.regions.staging import (
    closed_codes,
    discard,
    latest,
    put_in_force,
    stage,
    standing,
)

__all__ = [
    "NAME",
    "OPEN",
    "VERSIONS",
    "RegionRow",
    "RegionVersion",
    "at",
    "below",
    "closed_codes",
    "discard",
    "found",
    "known",
    "latest",
    "put_in_force",
    "row_of",
    "stage",
    "standing",
    "versions",
]
