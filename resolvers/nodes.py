"""Any record by its identifier, for whoever may see it: the root field `node` and the feeds use it."""

from auth.policy import allows
from documents import nodes
from documents.base import Id, Row
from resolvers.context import Context

PUBLIC = frozenset({"listing", "category", "supplier"})
ACTS = {
    "listing_draft": "ListingDraft.read",
    "participant": "Participant.read",
    "measure": "Measure.read",
    "order": "Order.read",
    "notice_task": "NoticeTask.read",
    "order_application": "Mutation.orderPlace",
}
"""Kind of a record → the row of the policy table that says who may read it."""


async def visible(ctx: Context, kind: str, record: Id) -> Row | None:
    """The record, or None when there is none or the viewer may not know of it."""
    found = await nodes.load(kind, record)
    if found is None or kind in PUBLIC:
        return found
    act = ACTS.get(kind)
    return found if act is not None and allows(ctx.viewer, act, found) else None
