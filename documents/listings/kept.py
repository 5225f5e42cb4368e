"""Counts kept of questions too wide to be counted while somebody waits: all, a direction, a category.

A worker makes them anew once the catalogue has changed. What they count everybody may see.
"""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from documents import categories
from documents.base import Record, Row, collection, session
from documents.listings.facets import LIVE_MAX, Counted, counted, narrowest
from domain.categories import Direction
from domain.search import FIXED, CatalogueFilter, Facets, facets_of

NAME = "facet_counts"
UNBOUNDED = 2**31 - 2


class FacetCounts(Record):
    """The counts of one question as they were at an instant, by facet."""

    id: str  # type: ignore[assignment]
    at: datetime
    options: list[dict[str, Any]] = Field(default_factory=list)
    numbers: list[dict[str, Any]] = Field(default_factory=list)

    class Settings(Record.Settings):
        """Asked for by what names the question."""

        name = NAME
        audited: ClassVar = False  # made from listings, whose changes are audited


async def kept_counts(wanted: Collection[CatalogueFilter]) -> dict[CatalogueFilter, Counted]:
    """The kept counts of those of these questions that have any."""
    names = {name: one for one in wanted if (name := _name(one)) is not None}
    if not names:
        return {}
    rows = collection(NAME).find({"_id": {"$in": list(names)}}, session=session())
    return {names[row["_id"]]: _read(row) async for row in rows}


async def count_anew(now: datetime) -> int:
    """Count the wide questions as the catalogue is now, and forget the others; how many are kept."""
    kept = []
    for wanted, facets in [one async for one in _questions()]:
        [(_, keys)] = await narrowest([wanted], LIVE_MAX)
        if keys > LIVE_MAX:
            found = (await counted({wanted: facets}, None, UNBOUNDED))[wanted]
            row = FacetCounts(_id=_name(wanted), at=now, **_written(found)).model_dump(by_alias=True)
            await collection(NAME).replace_one({"_id": row.pop("_id")}, row, upsert=True)
            kept.append(_name(wanted))
    await collection(NAME).delete_many({"_id": {"$nin": kept}})
    return len(kept)


async def _questions() -> AsyncIterator[tuple[CatalogueFilter, Facets]]:
    fixed = Facets(fixed=FIXED)
    yield CatalogueFilter(), fixed
    for direction in Direction:
        yield CatalogueFilter(direction=direction.value), fixed
    for row in await categories.all_current():
        definition = categories.definition(row)
        yield CatalogueFilter(category=definition.code), facets_of(definition, None)


def _name(wanted: CatalogueFilter) -> str | None:
    """What names a question of the kind that is kept; None for one with other conditions."""
    plain = CatalogueFilter(category=wanted.category, direction=wanted.direction)
    return f"{wanted.category or ''}/{wanted.direction or ''}" if wanted == plain else None


def _written(found: Counted) -> Row:
    return {
        "options": [
            {"code": code, "value": value, "rows": rows}
            for code, options in found.options.items()
            for value, rows in options.items()
        ],
        "numbers": [{**one, "code": code} for code, one in found.numbers.items()],
    }


def _read(row: Row) -> Counted:
    options: dict[str, dict[Any, int]] = {}
    for one in row["options"]:
        options.setdefault(one["code"], {})[one["value"]] = one["rows"]
    return Counted(False, row["at"], options, {one["code"]: one for one in row["numbers"]})
