"""Any record by its identifier, for whoever may see it: the root field `node` and the feeds use it."""

from collections.abc import Collection

from auth.visibility import may_know
from documents import nodes
from documents.base import Id, Row
from resolvers.context import Context


async def visible(ctx: Context, kind: str, record: Id, keys: Collection[str] | None = None) -> Row | None:
    """The record, or None when there is none or the viewer may not know of it; perhaps only some `keys`."""
    found = await nodes.load(kind, record, keys)
    return found if found is not None and may_see(ctx, found) else None


def may_see(ctx: Context, record: Row) -> bool:
    """Whether the viewer may know of a record; nobody may of a kind that has no row of its own."""
    return may_know(ctx.viewer, record)
