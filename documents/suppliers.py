"""Suppliers: the card the gateway certified, the directions it opens, and the details of p. 12 under seal."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field
from pymongo import IndexModel, ReturnDocument

from documents.base import Id, Record, Row, collection, new_id, session, with_kind
from documents.cursors import Order, Page, after, page, page_size
from documents.encryption import Blind, Sealed, blind, met, open_many, reveal, reveal_or, seal
from documents.nodes import readable
from documents.reads import of_row
from domain.categories import Direction
from domain.evidence import ERASED_TEXT
from domain.participants import FieldSource
from domain.search.names import name_keys
from domain.suppliers import SupplierKind

NAME = "suppliers"
BY_DATE = "registered"
BY_DIRECTION = "direction"
BY_NAME = "name"


class Supplier(Record):
    """One supplier; what it publishes is plain, what p. 12 lists beyond that is sealed under its own key.

    A plain individual publishes no name: it is shown after sign-in only, so it is sealed as well.
    """

    supplier_kind: SupplierKind
    identifier: Sealed
    identifier_index: Blind
    name: dict[str, str] | None
    sealed_name: Sealed | None = None
    oked: str | None = None
    name_keys: list[str] = Field(default_factory=list)
    """What the name is found by; nothing where it is sealed."""
    directions: list[Direction] = Field(default_factory=list)
    region: str | None = None
    details: Sealed
    source: FieldSource
    registered_at: datetime | None = None
    consent_at: datetime | None = None

    class Settings(Record.Settings):
        """One row a BIN or IIN; listed by the day of registration: all, of a direction, or found by name."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("identifier_index", 1)], unique=True),
            IndexModel([("registered_at", -1), ("_id", -1)], name=BY_DATE),
            IndexModel([("directions", 1), ("registered_at", -1), ("_id", -1)], name=BY_DIRECTION),
            IndexModel([("name_keys", 1), ("registered_at", -1), ("_id", -1)], name=BY_NAME),
        ]


def identifier_index(identifier: str) -> bytes:
    """The blind index of a BIN or IIN."""
    return blind("supplier", identifier)


async def get(supplier: Id) -> Row | None:
    """The supplier as a record of kind "supplier"."""
    one = collection(NAME, of_row(NAME, supplier))
    return with_kind("supplier", await one.find_one({"_id": supplier}, session=session()))


async def by_identifier(identifier: str) -> Row | None:
    """The supplier with a BIN or IIN, if the portal knows one."""
    query = {"identifier_index": await met("supplier", identifier)}
    return with_kind("supplier", await collection(NAME).find_one(query, session=session()))


PUBLIC = dict.fromkeys(("supplier_kind", "name", "sealed_name", "directions", "region", "registered_at"), 1)
"""What others may see of a supplier; an individual's name is sealed, and shown after sign-in only."""


async def public_by_ids(suppliers: list[Id]) -> list[Row | None]:
    """The public parts of suppliers in the order asked for; None where there is none."""
    these = collection(NAME, *(of_row(NAME, each) for each in suppliers))
    rows = await these.find({"_id": {"$in": suppliers}}, PUBLIC, session=session()).to_list()
    found = {row["_id"]: dict(row, kind="supplier") for row in rows}
    return [found.get(supplier) for supplier in suppliers]


@dataclass(frozen=True, slots=True)
class SupplierFilter:
    """Which suppliers: of a direction, registered in a region, each of the `words` in the name."""

    direction: Direction | None = None
    region: str | None = None
    words: tuple[tuple[str, ...], ...] = ()

    def conditions(self) -> Iterator[Row]:
        """What a supplier has to meet."""
        yield from ({"name_keys": {"$in": list(one)}} for one in self.words)
        scalars = {"directions": self.direction, "region": self.region}
        yield from ({field: {"$eq": str(value)}} for field, value in scalars.items() if value is not None)

    @property
    def index(self) -> str:
        """The index that leads to them in the order of the list."""
        if self.words:
            return BY_NAME
        return BY_DIRECTION if self.direction else BY_DATE


EVERYBODY = SupplierFilter()


def listed_question(where: Row, wanted: SupplierFilter, *, first: int, cursor: str | None) -> Row:
    """The arguments of the one find that reads a page of suppliers, and one row more."""
    return {
        "filter": {"$and": [where, *wanted.conditions(), *after(_LISTED, cursor)]},
        "projection": PUBLIC,
        "sort": _LISTED.sort,
        "limit": page_size(first) + 1,
        "hint": wanted.index,
    }


async def listed(where: Row, wanted: SupplierFilter, *, first: int, cursor: str | None) -> Page:
    """A page of those suppliers that a filter of `auth.visibility` leaves, those registered last first.

    InvalidInput `PAGE_SIZE` or `BAD_CURSOR`.
    """
    question = listed_question(where, wanted, first=first, cursor=cursor)
    rows = await collection(NAME).find(**question, session=session()).to_list()
    for row in rows:
        with_kind("supplier", row)
    return page(_LISTED, rows, first)


_LISTED = Order("suppliers", "registered_at", -1, datetime, BY_DATE)


async def store(
    identifier: str,
    kind: SupplierKind,
    details: dict[str, Any],
    public: dict[str, Any],
    source: FieldSource,
) -> Row | None:
    """Write what a gateway record says; None when a newer record was there already.

    A record is the whole of what p. 12 lists, so the newest replaces all of it; of two of the same instant
    the one received later holds. The registration stays. Inside the transaction under way.
    """
    known = await by_identifier(identifier)
    if known is not None and known["source"]["at"] > source.at:
        return None
    row = known["_id"] if known else new_id()
    published = kind is not SupplierKind.assistant
    fresh = Supplier(
        _id=row,
        supplier_kind=kind,
        identifier=await seal(row, "suppliers.identifier", row, identifier),
        identifier_index=identifier_index(identifier),
        details=await _sealed(row, "details", details),
        source=source,
        sealed_name=None if published else await _sealed(row, "sealed_name", public["name"]),
        name_keys=name_keys(public["name"].values()) if published else [],
        **(public if published else {**public, "name": None}),
    )
    ours = {"directions", "registered_at", "consent_at"}
    stored = await collection(NAME).find_one_and_update(
        {"identifier_index": fresh.identifier_index},
        {
            "$set": fresh.model_dump(exclude={"id", *ours}, mode="python"),
            "$setOnInsert": fresh.model_dump(include=ours, mode="python") | {"_id": row},
        },
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session(),
    )
    return {**(stored or {}), "kind": "supplier"}


async def _sealed(supplier: Id, field: str, value: dict[str, Any]) -> Sealed:
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return await seal(supplier, f"{NAME}.{field}", supplier, plain)


async def names_of(rows: Sequence[Row]) -> list[dict[str, str]]:
    """The names of suppliers by language, in clear; who may see that of an individual, is asked elsewhere."""
    await open_many(row["sealed_name"] for row in rows if row["name"] is None)
    return [row["name"] or json.loads(await _own_name(row)) for row in rows]


async def _own_name(row: Row) -> str:
    erased = json.dumps(ERASED_TEXT)
    return await reveal_or(erased, f"{NAME}.sealed_name", row["_id"], row["sealed_name"])


async def register(supplier: Id, now: datetime, directions: list[Direction]) -> bool:
    """Open the supplier's cabinet with consent and the directions its main code opens; False when it was."""
    opened = {
        "registered_at": now,
        "consent_at": now,
        "directions": [str(direction) for direction in directions],
    }
    done = await collection(NAME).update_one(
        {"_id": supplier, "registered_at": None}, {"$set": opened}, session=session()
    )
    return done.modified_count == 1


async def open_directions(supplier: Id, directions: list[Direction]) -> None:
    """Replace the directions of a supplier whose main code may have changed."""
    await collection(NAME).update_one(
        {"_id": supplier},
        {"$set": {"directions": [str(direction) for direction in directions]}},
        session=session(),
    )


async def identifier(row: Row) -> str:
    """The BIN or IIN in clear."""
    return await reveal("suppliers.identifier", row["_id"], row["identifier"])


async def details(row: Row) -> dict[str, Any]:
    """What p. 12 lists for the supplier's kind, in clear."""
    found: dict[str, Any] = json.loads(await reveal("suppliers.details", row["_id"], row["details"]))
    return found


readable("supplier", get)
