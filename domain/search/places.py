"""Places as parts of index keys: what a listing is stored under, and where a question looks.

A listing stands under each code that it serves, and under what lies above as "within". Whoever asks for a
place looks under its own code and all above it, and under "within" its own: so a village meets its district's
listings, and a region those of its villages, without reading what serves other villages.
"""

from collections.abc import Sequence

from domain.regions import is_code, lineage

WIDE = "+"
WIDE_FROM = 7
"""A listing has fewer places than this: finer ones are taken for what lies above until that is so, and
many regions have one place for all of them."""
_WITHIN = "~"


def listed_places(regions: Sequence[str]) -> Sequence[str]:
    """The places that a listing is stored under."""
    codes = tuple(dict.fromkeys(regions))
    while len(places := _with_above(codes)) >= WIDE_FROM and (rolled := _rolled(codes)) != codes:
        codes = rolled
    return places if len(places) < WIDE_FROM else (WIDE,)


def asked_places(place: str) -> Sequence[str]:
    """The places under which everything stands that serves a place, whole or in part."""
    return (*lineage(place), WIDE, *([_WITHIN + place] if is_code(place) else []))


def _with_above(codes: Sequence[str]) -> tuple[str, ...]:
    within = [_WITHIN + above for code in codes for above in lineage(code)[:-1]]
    return tuple(dict.fromkeys([*codes, *within]))


def _rolled(codes: Sequence[str]) -> tuple[str, ...]:
    """The codes with the deepest of them replaced by what lies next above."""
    depth = max(len(lineage(code)) for code in codes)
    if depth == 1:
        return tuple(codes)
    above = [lineage(code)[-2] if len(lineage(code)) == depth else code for code in codes]
    return tuple(dict.fromkeys(above))
