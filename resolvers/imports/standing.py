"""Working copies as a table's definition reads them, while it is the one that new answers follow."""

from collections.abc import Sequence

from documents import categories
from documents.base import Row
from domain.categories import Category
from domain.errors import Refused
from resolvers.categories import as_read


async def standing(definition: Category, drafts: Sequence[Row]) -> list[Row]:
    """These, those of older versions carried to it; Refused when it was changed since the job began.

    The columns of a table are those of one version: under another its cells could mean something else.
    """
    row = await categories.current(definition.code)
    if row is None or row["version"] != definition.version:
        raise Refused("IMPORT_DEFINITION_CHANGED")
    return await as_read(definition, drafts)
