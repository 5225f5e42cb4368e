"""One range of bytes out of a content (RFC 9110, 14)."""

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """So many bytes from a place on."""

    start: int
    length: int


class Unsatisfiable(Exception):
    """The range begins behind the end."""


def part_of(header: str | None, total: int) -> Part | None:
    """What a Range header asks for; None for all of it. Raises Unsatisfiable.

    Several ranges, other units and nonsense count as none.
    """
    found = _ONE.fullmatch(header or "")
    if found is None or not (found[1] or found[2]):
        return None
    first, last = found[1], found[2]
    if not first:  # the last so many bytes
        length = min(int(last), total)
        start, end = total - length, total - 1
    else:
        start, end = int(first), min(int(last), total - 1) if last else total - 1
        if last and int(last) < start:
            return None
    if start >= total:
        raise Unsatisfiable
    return Part(start, end - start + 1)
