"""The history of a draft: its versions page by page, and what differs between any two of them."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from typing import Any

from documents.base import Row
from execution.fields import computed, stored, value
from resolvers import listings as acts
from resolvers.context import Context
from schema.changes import VersionStep, told_changes
from schema.connections import PageInfo, connection, cursor, edges, page_info
from schema.listings.card import ListingPreview

Plain = Mapping[str, Any]


def itself(record: Plain) -> Plain:
    """The version, as a card."""
    return record


@value(description="A version of a card: who made it by what act, and the whole card as it stood.")
class ListingVersion(VersionStep):
    """Written once and never changed."""

    definition_version: int = stored(description="Of the category's definition that its answers follow.")
    content_hash: str = stored(description="SHA-256 of the content: equal content, equal hash.")
    content: ListingPreview = computed(itself)


@value()
class ListingVersionEdge:
    """Relay's edge."""

    cursor: str = computed(cursor)
    node: ListingVersion = stored()


@value()
class ListingVersionConnection:
    """A page of a card's history."""

    edges: list[ListingVersionEdge] = computed(edges)
    nodes: list[ListingVersion] = stored()
    page_info: PageInfo = computed(page_info)


async def history(
    context: Context, records: Sequence[Plain], *, first: int = 24, after: str | None = None
) -> list[Row]:
    """The versions of each draft, the newest first."""
    pages = await gather(*(acts.history(context, dict(row), first, after) for row in records))
    return [connection(page, after) for page in pages]


async def changes(context: Context, records: Sequence[Plain], *, from_: int, to: int) -> list[list[Row]]:
    """What changed in each draft from one version to another, which may be the earlier one."""
    found = await gather(*(acts.changes(context, dict(row), from_, to) for row in records))
    return [told_changes(each) for each in found]
