"""Relay connections over the pages that queries give."""

from typing import Any

from documents.base import Row
from documents.cursors import Page


def connection(page: Page, after: str | None, **more: Any) -> Row:
    """The record of a connection type; `more` is what its further fields read."""
    return {
        "edges": [
            {"cursor": cursor, "node": row} for cursor, row in zip(page.cursors, page.rows, strict=True)
        ],
        "nodes": page.rows,
        "page_info": {
            "has_next_page": page.has_next,
            "has_previous_page": after is not None,
            "start_cursor": page.cursors[0] if page.cursors else None,
            "end_cursor": page.cursors[-1] if page.cursors else None,
        },
    } | more
