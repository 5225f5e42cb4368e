"""The one door for an order's status: table, compare-and-set, event and report in one transaction."""

from collections.abc import Mapping
from typing import Any

from auth.policy import require, require_visible
from documents import suppliers
from documents.base import Id, Row
from documents.events import emit
from documents.measures import store as measures
from documents.orders import Step, store
from documents.orders.records import seal_reason
from domain.errors import NotFound, Refused
from domain.feeds import participant_topic, region_topic, supplier_topic
from domain.identity import Role
from domain.orders.lifecycle import REOPENS, Facts, OrderAct, OrderStatus, Side, advance
from domain.reasons import REFUSAL, checked_reason
from domain.suppliers import by_organisation
from integrations.esobes import ReportType
from resolvers.acts import once
from resolvers.capacity import confirm_for_order, release_for_order
from resolvers.context import Context
from resolvers.measures import reopen_after_order, report_to_esobes


def facts_of(order: Row) -> Facts:
    """What the guards of the table look at."""
    return Facts(frozenset(side for side in Side if order["acts"][side.value] is not None))


async def own_order(ctx: Context, act: str, order: Id) -> Row:
    """The order if the viewer may do the act with it; AccessDenied for the role, NotFound for the order."""
    require(ctx.viewer, act)
    return dict(require_visible(ctx.viewer, act, await store.get(order), "input", "orderId"))


async def moved(
    ctx: Context,
    order: Row,
    act: OrderAct,
    *,
    role: Role | None = None,
    reason: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Row:
    """Do one step of the table and tell everybody, inside the transaction under way.

    Refused with the guard's code, or TRANSITION_REFUSED with the status that stands, also when somebody else
    was first. `role` is the viewer's unless the portal itself acts.
    """
    status = OrderStatus(order["status"])
    target = advance(act, status, role or ctx.viewer.role, facts_of(order))
    by = ctx.viewer.key if role is None else role.value
    step = Step(
        status=target,
        at=ctx.now,
        by=by,
        representative=ctx.viewer.representative if role is None else None,
        reason=await seal_reason(order["participant"], order["_id"], reason),
    )
    row = await store.move(order["_id"], status, target, step, changes)
    if row is None:
        standing = await store.get(order["_id"])
        raise Refused("TRANSITION_REFUSED", status=standing["status"] if standing else status.value)
    if target is OrderStatus.accepted:
        await confirm_for_order(ctx, row["_id"])
    elif target in REOPENS:
        await release_for_order(ctx, row["_id"])
    await announce(ctx, row, reason, actor=by)
    return row


async def announce(ctx: Context, order: Row, reason: str | None = None, *, actor: str | None = None) -> None:
    """Emit the event of a status and report it to Е-Собес, inside the transaction under way."""
    await tell(ctx, order, "order.changed", {"status": order["status"]}, actor=actor)
    measure = await measures.get(order["measure"])
    if measure is None:
        raise NotFound(("measure",))
    await report_to_esobes(ctx, measure, ReportType.order_status, await _reported(order, reason))


async def tell(
    ctx: Context, order: Row, kind: str, data: Mapping[str, str | int | None], *, actor: str | None = None
) -> None:
    """Emit an event on an order to its participant, supplier and region."""
    await emit(
        kind=kind,
        subject=order["_id"],
        topics=[
            participant_topic(order["participant"]),
            supplier_topic(order["supplier"]),
            region_topic(order["region"]),
        ],
        at=ctx.now,
        data={**data, "measure": str(order["measure"]), "version": order["version"]},
        actor=actor or ctx.viewer.key,
    )


async def _reported(order: Row, reason: str | None) -> Row:
    supplier = await suppliers.get(order["supplier"])
    number = await suppliers.identifier(supplier) if supplier else None
    return {
        "id": str(order["_id"]),
        "status": order["status"],
        "supplier_bin": number if number and by_organisation(number) else None,
        "quantity": order["quantity"],
        "reimbursed": order["reimbursed"],
        "reason": reason,
    }


async def simple_act(
    ctx: Context, act: OrderAct, order: Id, key: str, changes: Mapping[str, Any] | None = None
) -> Row:
    """A step that changes nothing but the order, as one idempotent mutation."""
    operation = operation_of(act)
    await own_order(ctx, f"Mutation.{operation}", order)

    async def work() -> Row:
        return await moved(ctx, await standing(order), act, changes=changes)

    return await once(ctx, operation, key, {"order": str(order)}, work)


async def standing(order: Id) -> Row:
    """The order as it stands in the transaction under way."""
    row = await store.get(order)
    if row is None:
        raise NotFound(("input", "orderId"))
    return row


def operation_of(act: OrderAct) -> str:
    """The mutation of an act: orderAccept, orderReimburse and so on."""
    return f"order{act.value.title().replace('_', '')}"


async def ending_act(ctx: Context, act: OrderAct, order: Id, key: str, reason: str | None) -> Row:
    """A step that ends the order and gives the measure back; with its reason where one is needed."""
    operation = operation_of(act)
    await own_order(ctx, f"Mutation.{operation}", order)
    said = None if reason is None else checked_reason(reason, "input", "reason", bounds=REFUSAL)

    async def work() -> Row:
        row = await moved(ctx, await standing(order), act, reason=said)
        await reopen_after_order(ctx, row["measure"], order, row["status"])
        return row

    return await once(ctx, operation, key, {"order": str(order), "reason": said}, work)
