"""Categories, which everybody reads."""

from documents import categories
from documents.base import Row
from resolvers.context import Context


async def all_categories(_ctx: Context) -> list[Row]:
    """Every category under its newest definition."""
    return await categories.all_current()
