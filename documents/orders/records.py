"""Orders and applications as stored: what was chosen is frozen, what tells about a person is sealed."""

import json
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pymongo import IndexModel

from documents.base import Id, Record, Row
from documents.encryption import Sealed, reveal_bytes, reveal_or, seal
from documents.reference import midnight
from domain.capacity import Dates
from domain.categories import CapacityUnit, Direction
from domain.evidence import ERASED_TEXT
from domain.orders.lifecycle import OrderStatus
from domain.orders.papers import Days

NAME = "orders"
KIND = "order"
APPLICATIONS = "applications"
APPLICATION_KIND = "order_application"
BY_PARTICIPANT = "participant"
BY_SUPPLIER = "supplier"
BY_REGION = "region"
_ERASED = json.dumps({"title": ERASED_TEXT, "characteristics": []})


class _Part(BaseModel):
    model_config = Record.model_config


class Step(_Part):
    """One step of an order's history; `representative` acted on behalf of the participant where it is set."""

    status: OrderStatus
    at: datetime
    by: str
    representative: Id | None = None
    reason: Sealed | None = None


class Signatures(_Part):
    """Evidence of the two signatures under the act of handing over."""

    supplier: Id | None = None
    participant: Id | None = None


class Dated(_Part):
    """The days that were chosen: midnights, the last one as `domain.capacity` reads it."""

    unit: CapacityUnit
    since: datetime
    until: datetime


class _Chosen(Record):
    """What application and order share. Sums in tiyn: price and guaranteed sum for one unit, others in all.

    `frozen` holds title and characteristics of the listing's version: they tell what the person needs.
    """

    participant: Id
    representative: Id | None
    supplier: Id
    region: str
    measure: Id
    listing: Id
    listing_version: int
    listing_hash: str
    definition_version: int
    direction: Direction
    category: str
    frozen: Sealed
    quantity: int
    dates: Dated | None = None
    price: int
    guaranteed_sum: int
    guaranteed_basis: str
    total: int
    reimbursed: int
    co_payment: int


class Application(_Chosen):
    """The application as prepared, waiting for its signature; `order` is set once it was used."""

    content: Sealed
    content_sha256: str
    prepared_at: datetime
    expires_at: datetime
    order: Id | None = None

    class Settings(Record.Settings):
        """Found by expiry, for housekeeping."""

        name = APPLICATIONS
        indexes: ClassVar = [IndexModel([("expires_at", 1)])]


class Order(_Chosen):
    """An order from its placing on; `active` is false once it has given the measure back."""

    application: Id
    status: OrderStatus = OrderStatus.placed
    active: bool = True
    acts: Signatures = Field(default_factory=Signatures)
    placed_at: datetime
    started_at: datetime | None = None
    history: list[Step]
    version: int = 1

    class Settings(Record.Settings):
        """Three lists, newest first; never two active orders for one measure; units ordered in a term."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("participant", 1), ("placed_at", -1), ("_id", -1)], name=BY_PARTICIPANT),
            IndexModel([("supplier", 1), ("placed_at", -1), ("_id", -1)], name=BY_SUPPLIER),
            IndexModel([("region", 1), ("placed_at", -1), ("_id", -1)], name=BY_REGION),
            IndexModel(
                [("measure", 1)], name="one_active", unique=True, partialFilterExpression={"active": True}
            ),
            IndexModel([("participant", 1), ("category", 1), ("placed_at", 1)], name="quota"),
        ]


class OrderTurn(Record):
    """Counts a participant's orders: two at once meet here, so that no quota is passed by both."""

    turns: int

    class Settings(Record.Settings):
        """Found by the participant's identifier."""

        name = "order_turns"
        audited: ClassVar = False  # a lock beside the order


def dated(days: Days | None) -> Dated | None:
    """Days as they are stored."""
    if days is None:
        return None
    return Dated(unit=days.unit, since=midnight(days.since), until=midnight(days.until))


def dates_of(row: Row) -> Dates | None:
    """The days of an order or application, where it has any; those of before had none."""
    found = row.get("dates")
    return None if found is None else Dates(found["since"].date(), found["until"].date())


async def seal_frozen(place: str, person: Id, row: Id, frozen: Row) -> Sealed:
    """Title and characteristics under the person's key; `place` is the collection."""
    return await seal(person, f"{place}.frozen", row, json.dumps(frozen, ensure_ascii=False, sort_keys=True))


async def frozen_of(row: Row) -> Row:
    """Title by language and characteristics of the version that was chosen; "erased" after an erasure."""
    place = NAME if row["kind"] == KIND else APPLICATIONS
    sealed = await reveal_or(_ERASED, f"{place}.frozen", row["_id"], row["frozen"])
    found: dict[str, Any] = json.loads(sealed)
    return found


async def seal_content(person: Id, row: Id, content: bytes) -> Sealed:
    """An application's bytes under the person's key."""
    return await seal(person, f"{APPLICATIONS}.content", row, content)


async def content_of(application: Row) -> bytes:
    """The exact bytes to be signed."""
    return await reveal_bytes(f"{APPLICATIONS}.content", application["_id"], application["content"])


async def seal_reason(person: Id, row: Id, reason: str | None) -> Sealed | None:
    """The reason of a step, free text about a person."""
    return None if reason is None else await seal(person, f"{NAME}.history.reason", row, reason)


async def reason_of(order: Row, step: Row) -> str | None:
    """The reason of a step in clear, where one was given; "erased" after an erasure."""
    sealed = step.get("reason")
    if not sealed:
        return None
    return await reveal_or(ERASED_TEXT["ru"], f"{NAME}.history.reason", order["_id"], sealed)
