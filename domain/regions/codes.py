"""Codes of КАТО: AB region, CD district, EF sub-district, HIJ settlement.

The portal writes a region as two digits and everything below it as nine. What lies above a place stands in
its code; a level may be left out, as for the districts of Astana, which have a sub-district's code.
"""

import re
from collections.abc import Collection
from enum import StrEnum

TOP = 2
"""Digits of a region."""
FULL = 9
_ENDS = (2, 4, 6, 9)
_CODE = re.compile(r"[0-9]{2}(?:[0-9]{7})?", re.ASCII)


class Level(StrEnum):
    """Which part of a code is the last one filled in."""

    region = "region"
    district = "district"
    sub_district = "sub_district"
    settlement = "settlement"


LEVELS = tuple(Level)


def full(code: str) -> str:
    """The nine digits of a code: two of a region are followed by zeros."""
    return code.ljust(FULL, "0")


def short(digits: str) -> str:
    """Nine digits as the portal writes them: two for a region."""
    return digits[:TOP] if digits == full(digits[:TOP]) else digits


def is_code(text: str) -> bool:
    """Whether the text is a code as the portal writes it; nothing hangs below a region without a district."""
    if not _CODE.fullmatch(text) or text.startswith("00"):
        return False
    return len(text) == TOP or text[2:4] != "00"


def level_of(code: str) -> Level:
    """The level that a code ends at."""
    return LEVELS[_ENDS.index(len(part(code)))]


def part(code: str) -> str:
    """The digits that whatever lies in a place begins with, the place itself as well."""
    digits = full(code)
    return next(digits[:end] for end in _ENDS if not digits[end:].strip("0"))


def lineage(code: str) -> tuple[str, ...]:
    """The codes above a place from its region on, and its own; not every one of them need exist.

    A text that is no code has nobody above it.
    """
    if not is_code(code):
        return (code,)
    digits = full(code)
    above = [short(digits[:end].ljust(FULL, "0")) for end in _ENDS]
    return tuple(dict.fromkeys(above[: LEVELS.index(level_of(code)) + 1]))


def serves(served: Collection[str], place: str) -> bool:
    """Whether somebody who serves these places serves a place: whole, or a part of it.

    Whoever names a village is served by its district too; whoever names only a district finds all who serve
    some of it. So a narrower place never has more who serve it.
    """
    if not is_code(place):
        return place in served
    above = lineage(place)
    return any(each in above or each.startswith(part(place)) for each in served)


def rank(code: str) -> str:
    """Orders places by level, then by code."""
    return f"{LEVELS.index(level_of(code)) + 1}{full(code)}"
