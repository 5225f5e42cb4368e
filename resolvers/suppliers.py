"""A supplier's own cabinet: everything p. 12 lists, with source and time (requirement A7)."""

from typing import Any

from auth.policy import require
from documents import suppliers
from documents.base import Row
from resolvers.context import Context


async def own(ctx: Context) -> Row | None:
    """The supplier acted as, or None for any other viewer."""
    return await suppliers.get(ctx.viewer.subject) if ctx.viewer.subject else None


async def particulars(ctx: Context, supplier: Row) -> dict[str, Any]:
    """BIN or IIN and the particulars of the supplier's kind, in clear, for the supplier itself."""
    require(ctx.viewer, "Supplier.cabinet", supplier)
    return {"identifier": await suppliers.identifier(supplier), **await suppliers.details(supplier)}
