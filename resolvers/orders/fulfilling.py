"""What becomes of a placed order: taken, declined and begun by the supplier, or cancelled."""

from documents.base import Id, Row
from domain.orders.lifecycle import OrderAct
from resolvers.context import Context
from resolvers.orders.moving import ending_act, simple_act


async def accept(ctx: Context, order: Id, key: str) -> Row:
    """The supplier takes the order."""
    return await simple_act(ctx, OrderAct.accept, order, key)


async def decline(ctx: Context, order: Id, reason: str, key: str) -> Row:
    """The supplier does not take the order; the participant may choose again while the window lasts."""
    return await ending_act(ctx, OrderAct.decline, order, key, reason)


async def start(ctx: Context, order: Id, key: str) -> Row:
    """Fulfilment begins; from now on the act of handing over can be read and signed."""
    return await simple_act(ctx, OrderAct.start, order, key, {"started_at": ctx.now})


async def cancel(ctx: Context, order: Id, key: str) -> Row:
    """The participant takes the order back before fulfilment; no reason is owed."""
    return await ending_act(ctx, OrderAct.cancel, order, key, None)
