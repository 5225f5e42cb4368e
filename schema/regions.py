"""The regions of the country as a tree by КАТО."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import strawberry

from documents.base import Row
from domain.regions import Level
from domain.texts import text as portal_text
from execution.fields import batched, computed, stored, value
from resolvers import regions as acts
from resolvers.context import Context
from schema.roots import query
from schema.values import LocalisedText

Plain = Mapping[str, Any]

strawberry.enum(Level, name="RegionLevel", description="Which part of a КАТО code is the last one filled in.")


def level_text(record: Plain, context: Context) -> str:
    """The level as a person reads it."""
    return portal_text(f"region_levels.{record['level']}", context.language)


async def parent_of(context: Context, records: Sequence[Plain]) -> Sequence[Row | None]:
    """What lies next above each place."""
    return await acts.at(context, [record["parent"] for record in records])


async def path_of(context: Context, records: Sequence[Plain]) -> Sequence[list[Row]]:
    """What each place lies in, from the top."""
    return await acts.paths(context, [record["code"] for record in records])


async def children_of(
    context: Context, records: Sequence[Plain], *, first: int = 100, after: str | None = None
) -> Sequence[list[Row]]:
    """What lies next below each place."""
    return await acts.children(context, [record["code"] for record in records], first=first, after=after)


_Region = Annotated["Region", strawberry.lazy("schema.regions")]


@value(description="A place by КАТО: a region, or whatever lies in one.")
class Region:
    """Listings serve places of any level; executive bodies answer for a region."""

    code: str = stored(description="Two digits of a region, nine of everything below.")
    name: LocalisedText = stored("names")
    level: Level = stored()
    level_text: str = computed(level_text)
    parent: _Region | None = batched(
        parent_of, reads=("parent",), description="The nearest place above that exists."
    )
    path: list[_Region] = batched(
        path_of, reads=("code",), description="From the region down to this place, itself included."
    )
    has_children: bool = stored()
    children: list[_Region] = batched(
        children_of,
        cost=5,
        reads=("code",),
        description="What lies next below, by code; `after` is the code of the last one seen.",
    )


async def regions(
    context: Context,
    *,
    parent: str | None = None,
    text: str | None = None,
    first: int = 100,
    after: str | None = None,
) -> list[Row]:
    """The regions; what lies next below a parent; or, with a text, whatever has words that begin so."""
    return await acts.listed(context, parent, text, first=first, after=after)


@strawberry.type
class RegionQueries:
    """Where people live and what is served."""

    regions: list[Region] = query(
        regions,
        cost=5,
        shared=True,
        description="Regions of the country. `parent` asks for what lies next below a place, `text` for "
        "names in Kazakh or Russian by how their words begin, the greater places first. `after` is the code "
        "of the last place seen.",
    )
