"""A participant's own record."""

from documents import participants
from documents.base import Row
from domain.identity import Role
from resolvers.context import Context


async def own(ctx: Context) -> Row | None:
    """The participant acted as, or None for any other viewer."""
    if ctx.viewer.role is not Role.participant or ctx.viewer.subject is None:
        return None
    return await participants.get(ctx.viewer.subject)
