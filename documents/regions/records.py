"""A place as stored: in force from one version until another, never changed and never deleted.

Versions are numbered. A row counts from `since` to before `until`; what an import stages stands under the
next number, which nobody reads before its version is there. So a version comes into force whole.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Record, Row, new_id
from domain.regions import Level, level_of, lineage, rank
from domain.regions.versions import Node
from domain.search import folded_words

NAME = "regions"
VERSIONS = "region_versions"
BY_CODE = "code"
BY_PARENT = "parent"
BY_PREFIX = "prefix"
OPEN = 2**31 - 1
"""The number of no version: a row that has not ended."""
PREFIX_MAX = 5
"""Letters of a word's beginning that the index knows; whoever types more is compared with the words."""


class RegionVersion(Record):
    """A version in force: it is there once all its rows are."""

    number: int
    name: str
    valid_from: datetime
    places: int
    imported_at: datetime

    class Settings(Record.Settings):
        """Each number once: of two imports at the same time one comes into force."""

        name = VERSIONS
        indexes: ClassVar = [IndexModel([("number", 1)], unique=True)]


class RegionRow(Record):
    """What versions from `since` to before `until` say of a code; `type` is the classifier's digit.

    `above` are the codes that it lies in, `parent` the nearest of them that exists.
    """

    code: str
    level: Level
    parent: str | None
    above: list[str]
    has_children: bool
    names: dict[str, str]
    type: str
    rank: str
    words: list[str]
    prefixes: list[str]
    version: str
    since: int
    until: int = OPEN
    valid_from: datetime
    valid_to: datetime | None = None

    class Settings(Record.Settings):
        """Found by code, by what lies above, by the beginnings of words; and what a version changes."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("code", 1), ("since", -1)], unique=True, name=BY_CODE),
            IndexModel([("parent", 1), ("rank", 1), ("since", 1), ("until", 1)], name=BY_PARENT),
            IndexModel([("prefixes", 1), ("rank", 1), ("since", 1), ("until", 1)], name=BY_PREFIX),
            IndexModel([("since", 1)]),
            IndexModel([("until", 1)]),
        ]


def row_of(node: Node, version: RegionVersion) -> Row:
    """A place of a version as it is stored."""
    place, parent, has_children = node
    words = folded_words(f"{place.kk} {place.ru}")
    row = RegionRow(
        _id=new_id(),
        code=place.code,
        level=level_of(place.code),
        parent=parent,
        above=list(lineage(place.code)[:-1]),
        has_children=has_children,
        names={"kk": place.kk, "ru": place.ru},
        type=place.type,
        rank=rank(place.code),
        words=words,
        prefixes=sorted({*_prefixes(words)}),
        version=version.name,
        since=version.number,
        valid_from=version.valid_from,
    )
    stored: Row = row.model_dump(by_alias=True)
    return stored


def _prefixes(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield from (word[:size] for size in range(1, min(len(word), PREFIX_MAX) + 1))
