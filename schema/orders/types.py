"""Orders: the application a participant signs, the life of the order, and its evidence."""

import base64
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry

from documents.base import Row
from domain.categories import Direction
from domain.orders.lifecycle import OrderAct, OrderStatus
from domain.texts import text
from execution.fields import batched, computed, record, stored, value
from resolvers import orders as acts
from resolvers.context import Context
from schema import guards
from schema.capacity import OrderDays, order_days
from schema.characteristics import CharacteristicValue, characteristics_of
from schema.connections import PageInfo, page_info
from schema.lookups import PersonInBrief, recipients
from schema.measures import Measure, measures_of
from schema.nodes import Node, global_id
from schema.suppliers import Supplier
from schema.values import (
    LocalisedText,
    Money,
    acted_by,
    is_on_behalf,
    money_of,
    role_of,
    status_text,
)

Plain = Mapping[str, Any]
strawberry.enum(OrderStatus, name="OrderStatus", description="Where an order stands.")
strawberry.enum(OrderAct, name="OrderAct", description="What can be done with an order.")


@value(description="A paper to sign: exact bytes, and the same in words.")
class SignableDocument:
    """Sign the bytes, show the text."""

    content: str = stored(description="The exact bytes to sign, in Base64.")
    sha256: str = stored(description="Of the bytes, in hexadecimal.")
    text: str = stored(description="For a person, in the language asked for.")


def _paper(paper: acts.Paper, context: Context) -> Row:
    content = base64.b64encode(paper.content).decode()
    return {"content": content, "sha256": paper.sha256, "text": paper.text(context.language)}


@value(description="Who pays what, computed by the portal from the frozen version of the listing.")
class OrderSums:
    """Price and guaranteed sum are for one unit, the rest for all."""

    price: Money = computed(money_of("price"))
    guaranteed_sum: Money = computed(money_of("guaranteed_sum"))
    guaranteed_basis: str = stored(description="Act and paragraph of the guaranteed sum.")
    total: Money = computed(money_of("total"))
    reimbursed: Money = computed(money_of("reimbursed"), description="By the state, to the supplier.")
    co_payment: Money = computed(money_of("co_payment"), description="By the participant.")


def itself(record: Plain) -> Plain:
    """The record whose sums they are."""
    return record


async def titles(context: Context, records: Sequence[Plain]) -> list[Row]:
    """The titles of the versions that were chosen."""
    return [found["title"] for found in await acts.contents(context, [dict(row) for row in records])]


async def characteristics(context: Context, records: Sequence[Plain]) -> Sequence[list[Plain]]:
    """The characteristics of the versions that were chosen."""
    contents = await acts.contents(context, [dict(row) for row in records])
    frozen = [
        {**row, "characteristics": found["characteristics"]}
        for row, found in zip(records, contents, strict=True)
    ]
    told = characteristics_of(context, frozen)
    return await told if isinstance(told, Awaitable) else told


async def application_paper(record: Plain, context: Context) -> Row:
    """The application for reimbursement, ready to sign."""
    return _paper(await acts.paper_of(context, dict(record)), context)


@record(
    "order_application", description="An application for reimbursing the supplier, waiting for its signature."
)
class OrderApplication(Node):
    """Order 73, p. 8; good until it expires or the listing changes."""

    document: SignableDocument = guards.resolved(application_paper, policy="OrderApplication.read")
    title: LocalisedText = guards.batched(titles, policy="OrderApplication.read")
    quantity: int = stored()
    days: OrderDays | None = computed(order_days)
    sums: OrderSums = computed(itself)
    prepared_at: datetime = stored()
    expires_at: datetime = stored()


@value(description="One step of an order's history.")
class OrderStep:
    """Who did it in which role, on behalf of whom, and why."""

    status: OrderStatus = stored()
    status_text: str = computed(status_text("order"))
    at: datetime = stored()
    by: str = computed(role_of, description="In which role.")
    by_text: str = computed(acted_by, description="The same for a person: who, and whether on behalf.")
    on_behalf: bool = computed(is_on_behalf, description="By a legal representative.")
    reason: str | None = stored()


def reason_text(record: Plain, context: Context) -> str | None:
    """Why it is not possible now, for a person."""
    if record["reason"] is None:
        return None
    status = text(f"statuses.order_{record['status']}", context.language)
    return text(f"errors.{record['reason']}", context.language, status=status)


@value(description="Something the viewer's role does with orders, and whether it can be done now.")
class AllowedTransition:
    """Ask before you show a button."""

    act: OrderAct = stored()
    to: OrderStatus = stored()
    allowed: bool = stored()
    reason: str | None = stored(description="Code of the reason why not.")
    reason_text: str | None = computed(reason_text)


def transitions(record: Plain, context: Context) -> list[Row]:
    """What the viewer may do with this order."""
    return [
        {
            "act": item.act,
            "to": item.to,
            "allowed": item.allowed,
            "reason": item.reason,
            "status": record["status"],
        }
        for item in acts.transitions(context, dict(record))
    ]


async def history(record: Plain, context: Context) -> list[Row]:
    """The order's steps, the first one first."""
    return await acts.history(context, dict(record))


async def act(record: Plain, context: Context) -> Row | None:
    """The act of handing over, once fulfilment began."""
    if record["started_at"] is None:
        return None
    return _paper(await acts.hand_over_act(context, record["_id"]), context)


def suppliers_of(
    context: Context, records: Sequence[Plain]
) -> Sequence[Row | None] | Awaitable[Sequence[Row | None]]:
    """The suppliers of many orders."""
    return context.loaders.suppliers([record["supplier"] for record in records])


def evidence_ids(record: Plain) -> list[strawberry.ID]:
    """Evidence of the signatures: the application's, and the act's as far as it is signed."""
    found = [record["application"], record["acts"]["supplier"], record["acts"]["participant"]]
    return [global_id("evidence", one) for one in found if one is not None]


@record("order", description="An order for a measure with one supplier (Order 73, p. 8).")
class Order(Node):
    """What was chosen is frozen; the listing may change afterwards."""

    status: OrderStatus = stored()
    status_text: str = computed(status_text("order"))
    title: LocalisedText = guards.batched(titles, policy="Order.read")
    characteristics: list[CharacteristicValue] = guards.batched(characteristics, policy="Order.read")
    direction: Direction = stored()
    category_code: str = stored("category")
    region: str = stored()
    quantity: int = stored()
    days: OrderDays | None = computed(order_days)
    sums: OrderSums = computed(itself)
    supplier: Supplier | None = batched(suppliers_of)
    measure: Measure | None = batched(measures_of)
    recipient: PersonInBrief | None = guards.batched(
        recipients,
        once=True,  # the reading is noted in the audit
        policy="Order.recipient",
        withheld=True,
        cost=10,
        description="To whom it goes: for the supplier from acceptance to handing over; its reading is kept.",
    )
    placed_at: datetime = stored()
    started_at: datetime | None = stored()
    history: list[OrderStep] = guards.resolved(history, policy="Order.read")
    act: SignableDocument | None = guards.resolved(
        act,
        policy="Order.act",
        withheld=True,
        description="To be signed by both; null before fulfilment began, and for who signs nothing.",
    )
    allowed_transitions: list[AllowedTransition] = computed(transitions)
    evidence_ids: list[strawberry.ID] = computed(evidence_ids)
    version: int = stored()


@value()
class OrderConnection:
    """A page of orders, the newest first."""

    nodes: list[Order] = stored()
    page_info: PageInfo = computed(page_info)
