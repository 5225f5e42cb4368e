"""Categories and the reference data that everybody reads."""

from documents import categories
from documents.base import Row
from domain.time import ASTANA
from resolvers.context import Context


async def all_categories(_ctx: Context) -> list[Row]:
    """Every category under its newest definition."""
    return await categories.all_current()


async def regions(ctx: Context) -> list[Row]:
    """Regions in force today, as records of kind "region"."""
    rows = await ctx.loaders.regions(ctx.now.astimezone(ASTANA).date())
    return [dict(row, kind="region") for row in rows]
