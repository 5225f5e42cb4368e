"""Relay connections over the pages that queries give."""

from collections.abc import Mapping
from typing import Any

from documents.base import Row
from documents.cursors import Page

Plain = Mapping[str, Any]


def connection(page: Page, after: str | None, **more: Any) -> Row:
    """The record of a connection type; `more` is what its further fields read."""
    return {"page": page, "after": after, "nodes": page.rows} | more


def edges(record: Plain) -> list[Row]:
    """Relay's edges; made only where they are asked for, since each has a cursor."""
    page: Page = record["page"]
    return [{"cursor": cursor, "node": row} for cursor, row in zip(page.cursors, page.rows, strict=True)]


def page_info(record: Plain) -> Row:
    """Where the page stands."""
    page: Page = record["page"]
    start, end = page.ends
    return {
        "has_next_page": page.has_next,
        "has_previous_page": record["after"] is not None,
        "start_cursor": start,
        "end_cursor": end,
    }
