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
    return found if found is not None and may_see(ctx, found) else None


def may_see(ctx: Context, record: Row) -> bool:
    """Whether the viewer may know of a record; nobody may of a kind that has no row above."""
    act = ACTS.get(record["kind"])
    return record["kind"] in PUBLIC or (act is not None and allows(ctx.viewer, act, record))
