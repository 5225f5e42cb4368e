"""Numbers cut into cells, so that a range becomes a short list of index keys.

The cells do not depend on a characteristic's definition: an administrator may widen a range at any time,
and the keys of the listings written before stay right. A cell is a slice of the number's binary form:
256 to an octave (0.3 %), and coarser levels over them; below 1/64 everything is zero.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import frexp, inf

Number = int | float

LEVELS = (0, 3, 6, 9)
"""Widths of the cells, as powers of two of the finest: 0.3 %, 2 %, a quarter of an octave, two octaves."""

WORD_LEVELS = (2, 5, 8)
"""The levels that are joined with each word; fewer, because there are many words."""

DESCRIBED_LEVELS = (8,)
"""Joined with each word of a description, of which there are more still: an octave."""

_BITS = 8
_SMALLEST = -6
_LARGEST = 41  # 10^12 lies below 2^40
_MIDDLE = 1 << 14


def position(value: Number) -> int:
    """The finest cell of a value; never smaller for a greater value."""
    size = min(abs(value), 2.0**_LARGEST)
    if size < 2.0**_SMALLEST:
        return _MIDDLE
    fraction, exponent = frexp(size)
    steps = (exponent - 1 - _SMALLEST << _BITS) + int((fraction * 2 - 1) * (1 << _BITS)) + 1
    return _MIDDLE + steps if value > 0 else _MIDDLE - steps


def cells(value: Number, levels: Sequence[int]) -> list[tuple[int, int]]:
    """The cells (level, number) that hold the value, one for each level."""
    place = position(value)
    return [(level, place >> level) for level in levels]


def cover(low: Number | None, high: Number | None, levels: Sequence[int]) -> list[tuple[int, int]]:
    """The fewest disjoint cells that hold every value from `low` to `high`; None leaves a side open."""
    first = position(-inf if low is None else low) >> levels[0]
    last = position(inf if high is None else high) >> levels[0]
    found: list[tuple[int, int]] = []
    for level, coarser in pairwise(levels):
        step = 1 << (coarser - level)
        while first <= last and first % step:
            found.append((level, first))
            first += 1
        while first <= last and (last + 1) % step:
            found.append((level, last))
            last -= 1
        first, last = first // step, (last + 1) // step - 1
    return found + [(levels[-1], cell) for cell in range(first, last + 1)]
