"""What the executive body of the region decides on the reimbursement of an order that was handed over."""

from documents.base import Id, Row
from domain.orders.lifecycle import OrderAct
from resolvers.acts import once
from resolvers.context import Context
from resolvers.measures import mark_fulfilled
from resolvers.orders.moving import ending_act, moved, own_order, simple_act, standing


async def approve(ctx: Context, order: Id, key: str) -> Row:
    """The guaranteed sum will be reimbursed."""
    return await simple_act(ctx, OrderAct.approve, order, key)


async def refuse(ctx: Context, order: Id, reason: str, key: str) -> Row:
    """The guaranteed sum will not be reimbursed; the measure goes back to the participant (see REOPENS)."""
    return await ending_act(ctx, OrderAct.refuse, order, key, reason)


async def reimburse(ctx: Context, order: Id, key: str) -> Row:
    """The guaranteed sum was paid to the supplier: the measure is fulfilled."""
    await own_order(ctx, "Mutation.orderReimburse", order)

    async def work() -> Row:
        row = await moved(ctx, await standing(order), OrderAct.reimburse)
        await mark_fulfilled(ctx, row["measure"], order)
        return row

    return await once(ctx, "orderReimburse", key, {"order": str(order)}, work)
