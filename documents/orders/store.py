"""Writing orders: every change is compare-and-set inside the transaction under way."""

from collections.abc import Mapping
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from documents.base import Id, Row, collection, insert, session, with_kind
from documents.nodes import readable
from documents.orders.records import APPLICATION_KIND, APPLICATIONS, KIND, NAME, Application, Order, Step
from domain.errors import Refused
from domain.orders.lifecycle import REOPENS, OrderStatus, Side


async def get(order: Id) -> Row | None:
    """The order as a record of kind "order"."""
    return with_kind(KIND, await collection(NAME).find_one({"_id": order}, session=session()))


async def create(order: Order) -> Row:
    """Store a new order; Refused MEASURE_ALREADY_ORDERED when the measure has an active one.

    The failed write has ended the transaction on the server: an answer could not be committed any more.
    """
    try:
        return dict(await insert(order), kind=KIND)
    except DuplicateKeyError as error:
        raise Refused("MEASURE_ALREADY_ORDERED", ("input", "measureId")) from error


async def move(
    order: Id, source: OrderStatus, target: OrderStatus, step: Step, changes: Mapping[str, Any] | None = None
) -> Row | None:
    """Move from one status to another, if it still stands there; None when somebody else was first."""
    fields = {**(changes or {}), "status": target.value, "active": target not in REOPENS}
    entry = step.model_dump(mode="python") | {"status": target.value}
    row = await collection(NAME).find_one_and_update(
        {"_id": order, "status": source.value},
        {"$set": fields, "$push": {"history": entry}, "$inc": {"version": 1}},
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return with_kind(KIND, row)


async def add_signature(order: Id, side: Side, evidence: Id) -> Row | None:
    """Note a side's signature under the act; None unless in fulfilment and not signed by the side yet."""
    place = f"acts.{side.value}"
    row = await collection(NAME).find_one_and_update(
        {"_id": order, "status": OrderStatus.in_fulfilment.value, place: None},
        {"$set": {place: evidence}, "$inc": {"version": 1}},
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return with_kind(KIND, row)


async def take_turn(participant: Id) -> None:
    """Let this transaction and any other order of the participant wait for each other."""
    await collection("order_turns").update_one(
        {"_id": participant}, {"$inc": {"turns": 1}}, upsert=True, session=session()
    )


async def get_application(application: Id) -> Row | None:
    """The application as a record of kind "order_application"."""
    row = await collection(APPLICATIONS).find_one({"_id": application}, session=session())
    return with_kind(APPLICATION_KIND, row)


async def create_application(application: Application) -> Row:
    """Store a prepared application."""
    return dict(await insert(application), kind=APPLICATION_KIND)


async def use_application(application: Id, order: Id) -> bool:
    """Bind an application to its order; False when it was used already."""
    done = await collection(APPLICATIONS).update_one(
        {"_id": application, "order": None}, {"$set": {"order": order}}, session=session()
    )
    return done.modified_count == 1


readable(KIND, get)
readable(APPLICATION_KIND, get_application)
