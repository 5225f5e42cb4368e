"""Relay connections over the pages that queries give."""

from collections.abc import Mapping
from typing import Any

from documents.base import Row
from documents.cursors import Page, encode
from execution.fields import computed, value
from execution.wanted import Wanted

Plain = Mapping[str, Any]


def connection(page: Page, after: str | None, **more: Any) -> Row:
    """The record of a connection type; `more` is what its further fields read."""
    return {"page": page, "after": after, "nodes": page.rows} | more


def edges(record: Plain) -> list[Row]:
    """Relay's edges."""
    page: Page = record["page"]
    return [{"order": page.order, "node": row} for row in page.rows]


def cursor(record: Plain) -> str:
    """Where the edge's row stands; its keys are read only where this is asked for (`wants_cursors`)."""
    return encode(record["order"], record["node"])


def page_info(record: Plain) -> Plain:
    """Where the page stands: it reads the same record."""
    return record


def wants_cursors(wanted: Wanted) -> bool:
    """Whether a page has to say where it begins and ends, or where each of its rows stands."""
    return wanted.asks("startCursor", "endCursor", "cursor")


def has_next(record: Plain) -> bool:
    """Whether rows follow."""
    page: Page = record["page"]
    return page.has_next


def has_previous(record: Plain) -> bool:
    """Whether rows come before; of a page read forward, whether it was asked for what follows a row."""
    page: Page = record["page"]
    return record["after"] is not None if page.has_previous is None else page.has_previous


def start_cursor(record: Plain) -> str | None:
    """Where the first row stands."""
    page: Page = record["page"]
    return page.start


def end_cursor(record: Plain) -> str | None:
    """Where the last row stands."""
    page: Page = record["page"]
    return page.end


@value(description="Relay's PageInfo.")
class PageInfo:
    """Cursors are made where they are asked for."""

    has_next_page: bool = computed(has_next)
    has_previous_page: bool = computed(has_previous)
    start_cursor: str | None = computed(start_cursor)
    end_cursor: str | None = computed(end_cursor)
