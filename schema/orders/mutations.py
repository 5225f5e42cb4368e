"""What participants, suppliers and executive bodies do with orders."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import strawberry

from documents.base import Id, Row
from domain.capacity import Dates, day_of
from domain.errors import invalid
from domain.texts import text
from execution.fields import as_type
from resolvers import evidence as evidence_acts
from resolvers import orders as acts
from resolvers.context import Context
from schema.errors import answers
from schema.identity import signature
from schema.measures import measure_id
from schema.nodes import local_id
from schema.orders.types import Order, OrderApplication
from schema.roots import given, mutation, payload, query


@given
class OrderPrepareInput:
    """Which listing for which measure."""

    idempotency_key: str
    measure_id: strawberry.ID
    listing_id: strawberry.ID
    quantity: int = 1
    since: str | None = strawberry.field(
        name="from", default=None, description="First day, ISO date of Astana; where orders name days."
    )
    until: str | None = strawberry.field(
        name="to", default=None, description="Last day; of a stay the day of departure."
    )

    def dates(self) -> Dates | None:
        """The days, where one is named; InvalidInput for one without the other."""
        if self.since is None and self.until is None:
            return None
        if self.since is None or self.until is None:
            raise invalid("DAYS_REQUIRED", "input", "from" if self.since is None else "to")
        return Dates(day_of(self.since, "input", "from"), day_of(self.until, "input", "to"))


@given
class OrderPlaceInput:
    """The signature under the application's bytes."""

    idempotency_key: str
    application_id: strawberry.ID
    cms: str = strawberry.field(description="CMS over the document's content, Base64 of DER.")


@given
class OrderInput:
    """Names an order."""

    idempotency_key: str
    order_id: strawberry.ID


@given
class OrderReasonInput:
    """Names an order and says why."""

    idempotency_key: str
    order_id: strawberry.ID
    reason: str


@given
class OrderSignActInput:
    """The signature under the act of handing over."""

    idempotency_key: str
    order_id: strawberry.ID
    cms: str


@payload
class OrderPrepared:
    """Sign `application.document.content`, then place the order."""

    application: OrderApplication


@payload
class OrderPlaced:
    """The supplier has it now; nobody else can take the measure."""

    order: Order


@payload
class OrderChanged:
    """The order as it stands after the act."""

    order: Order


def _order(identifier: str) -> Id:
    return local_id(identifier, "order", "input", "orderId")


async def order_prepare(context: Context, *, input: OrderPrepareInput) -> OrderPrepared:  # noqa: A002
    """Make the application for reimbursement: everything is checked, nothing is bound yet."""
    listing = local_id(input.listing_id, "listing", "input", "listingId")
    measure, key = measure_id(input.measure_id), input.idempotency_key
    row = await acts.prepare(context, measure, listing, input.quantity, key, input.dates())
    return OrderPrepared(application=as_type(OrderApplication, row))


async def order_place(context: Context, *, input: OrderPlaceInput) -> OrderPlaced:  # noqa: A002
    """Place the order with the signed application (p. 8)."""
    application = local_id(input.application_id, "order_application", "input", "applicationId")
    row = await acts.place(context, application, signature(input.cms, "input", "cms"), input.idempotency_key)
    return OrderPlaced(order=as_type(Order, row))


async def order_sign_act(context: Context, *, input: OrderSignActInput) -> OrderChanged:  # noqa: A002
    """Sign the act for one's side; with both signatures the application takes effect."""
    cms = signature(input.cms, "input", "cms")
    row = await acts.sign_act(context, _order(input.order_id), cms, input.idempotency_key)
    return OrderChanged(order=as_type(Order, row))


async def order_accept(context: Context, *, input: OrderInput) -> OrderChanged:  # noqa: A002
    """The supplier takes the order."""
    return await _done(acts.accept(context, _order(input.order_id), input.idempotency_key))


async def order_decline(context: Context, *, input: OrderReasonInput) -> OrderChanged:  # noqa: A002
    """The supplier does not take it; the choice is open again while its window lasts."""
    return await _reasoned(acts.decline, context, input)


async def order_cancel(context: Context, *, input: OrderInput) -> OrderChanged:  # noqa: A002
    """The participant takes it back before fulfilment."""
    return await _done(acts.cancel(context, _order(input.order_id), input.idempotency_key))


async def order_start(context: Context, *, input: OrderInput) -> OrderChanged:  # noqa: A002
    """Fulfilment begins; the act of handing over can be signed from now on."""
    return await _done(acts.start(context, _order(input.order_id), input.idempotency_key))


async def order_approve(context: Context, *, input: OrderInput) -> OrderChanged:  # noqa: A002
    """The executive body approves the reimbursement."""
    return await _done(acts.approve(context, _order(input.order_id), input.idempotency_key))


async def order_refuse(context: Context, *, input: OrderReasonInput) -> OrderChanged:  # noqa: A002
    """The executive body refuses the reimbursement."""
    return await _reasoned(acts.refuse, context, input)


async def order_reimburse(context: Context, *, input: OrderInput) -> OrderChanged:  # noqa: A002
    """The guaranteed sum was paid to the supplier: the measure is fulfilled."""
    return await _done(acts.reimburse(context, _order(input.order_id), input.idempotency_key))


async def _done(work: Awaitable[Row]) -> OrderChanged:
    return OrderChanged(order=as_type(Order, await work))


async def _reasoned(
    act: Callable[[Context, Id, str, str], Awaitable[Row]], context: Context, given: OrderReasonInput
) -> OrderChanged:
    return await _done(act(context, _order(given.order_id), given.reason, given.idempotency_key))


@strawberry.type(description="What checking a signature again, offline, comes to.")
class EvidenceCheck:
    """As of the instant it was first verified."""

    holds: bool
    reason: str | None
    message: str | None
    as_of: datetime
    content_sha256: str
    last_checked_at: datetime = strawberry.field(description="The check that was recorded last.")
    last_held: bool = strawberry.field(description="What came of that check.")
    chain_position: int | None = strawberry.field(
        description="Number of the entry of the audit that holds the digest; null until it is linked."
    )


async def verify_evidence(context: Context, *, id: strawberry.ID) -> EvidenceCheck:  # noqa: A002
    """Check a kept signature again with the certificates and revocation lists of its time (D2)."""
    found = await evidence_acts.verify(context, local_id(id, "evidence", "id"))
    said = text(f"errors.{found.code}", context.language) if found.code else None
    return EvidenceCheck(
        holds=found.code is None,
        reason=found.code,
        message=said,
        as_of=found.as_of,
        content_sha256=found.content_sha256,
        last_checked_at=found.last[0],
        last_held=found.last[1] is None,
        chain_position=found.position,
    )


@strawberry.type
class OrderQueries:
    """Evidence of signatures."""

    verify_evidence: EvidenceCheck = query(verify_evidence)


@strawberry.type
class OrderMutations:
    """The life of an order, one mutation an act."""

    order_prepare: answers("OrderPrepareResult", OrderPrepared) = mutation(order_prepare)  # type: ignore[valid-type]
    order_place: answers("OrderPlaceResult", OrderPlaced) = mutation(order_place)  # type: ignore[valid-type]
    order_accept: answers("OrderAcceptResult", OrderChanged) = mutation(order_accept)  # type: ignore[valid-type]
    order_decline: answers("OrderDeclineResult", OrderChanged) = mutation(order_decline)  # type: ignore[valid-type]
    order_cancel: answers("OrderCancelResult", OrderChanged) = mutation(order_cancel)  # type: ignore[valid-type]
    order_start: answers("OrderStartResult", OrderChanged) = mutation(order_start)  # type: ignore[valid-type]
    order_sign_act: answers("OrderSignActResult", OrderChanged) = mutation(order_sign_act)  # type: ignore[valid-type]
    order_approve: answers("OrderApproveResult", OrderChanged) = mutation(order_approve)  # type: ignore[valid-type]
    order_refuse: answers("OrderRefuseResult", OrderChanged) = mutation(order_refuse)  # type: ignore[valid-type]
    order_reimburse: answers("OrderReimburseResult", OrderChanged) = mutation(order_reimburse)  # type: ignore[valid-type]
