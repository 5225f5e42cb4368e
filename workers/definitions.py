"""The documentation of all categories, as their definitions stand in the database."""

from collections.abc import AsyncIterator

from documents import categories
from domain.categories.describing import described
from domain.texts import Language


async def documentation(language: Language) -> AsyncIterator[str]:
    """Lines of Markdown, by direction and code."""
    for row in await categories.all_current():
        for line in described(categories.definition(row), language):
            yield line
