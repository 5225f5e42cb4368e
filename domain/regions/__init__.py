"""Regions by КАТО: what a code says by itself, how a workbook is read, and how versions differ."""

from domain.regions.codes import (
    TOP,
    Level,
    full,
    is_code,
    level_of,
    lineage,
    part,
    rank,
    serves,
    short,
)
from domain.regions.rows import ROWS_MAX, Cell, Line, Place, Reading, read_lines
from domain.regions.versions import Differences, compare, placed

__all__ = [
    "ROWS_MAX",
    "TOP",
    "Cell",
    "Differences",
    "Level",
    "Line",
    "Place",
    "Reading",
    "compare",
    "full",
    "is_code",
    "level_of",
    "lineage",
    "part",
    "placed",
    "rank",
    "read_lines",
    "serves",
    "short",
]
