"""Reading orders, each by who may know of it, and what may be done with them."""

from collections.abc import Sequence

from auth.policy import require, require_visible
from auth.visibility import READS, visible
from documents.base import Id, Row
from documents.cursors import Page
from documents.encryption import open_many
from documents.orders import queries, store
from documents.orders.records import content_of, frozen_of, reason_of
from domain.orders.lifecycle import Allowed, OrderStatus, allowed_transitions
from resolvers.context import Context
from resolvers.orders.moving import facts_of
from resolvers.orders.signing import Paper

READ = "Order.read"
PREPARED = "OrderApplication.read"


async def get(ctx: Context, order: Id) -> Row:
    """An order that the viewer may see; NotFound otherwise."""
    return dict(require_visible(ctx.viewer, READ, await store.get(order), "id"))


async def orders_of(ctx: Context, first: int, after: str | None) -> Page:
    """The orders that the viewer may see, the newest first; AccessDenied for roles that see none at all."""
    require(ctx.viewer, READ)
    return await queries.listed(visible(ctx.viewer, READ), first=first, cursor=after)


async def contents(ctx: Context, orders: Sequence[Row]) -> list[Row]:
    """Title by language and characteristics of the chosen version, for each order or application."""
    for order in orders:
        require_visible(ctx.viewer, READS[order["kind"]], order)
    await open_many(order["frozen"] for order in orders)
    return [await frozen_of(order) for order in orders]


async def history(ctx: Context, order: Row) -> list[Row]:
    """The steps of an order, the first one first, with their reasons in clear."""
    require_visible(ctx.viewer, READ, order)
    return [
        step | {"kind": "order_step", "reason": await reason_of(order, step)} for step in order["history"]
    ]


def transitions(ctx: Context, order: Row) -> list[Allowed]:
    """What the viewer's role does with orders, and whether it can be done with this one now."""
    require_visible(ctx.viewer, READ, order)
    return allowed_transitions(OrderStatus(order["status"]), ctx.viewer.role, facts_of(order))


async def application(ctx: Context, application_id: Id) -> Row:
    """A prepared application of the participant's own; NotFound otherwise."""
    found = await store.get_application(application_id)
    return dict(require_visible(ctx.viewer, PREPARED, found, "id"))


async def paper_of(ctx: Context, prepared: Row) -> Paper:
    """The bytes of a prepared application, and their rendering; NotFound for anybody else's."""
    require_visible(ctx.viewer, PREPARED, prepared)
    return Paper(await content_of(prepared))
