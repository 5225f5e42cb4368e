"""Suppliers: the public card, and the supplier's own cabinet."""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from documents.base import Row
from domain.categories import Direction
from domain.suppliers import SupplierKind
from domain.texts import catalogue, text
from execution.fields import batched, computed, record, stored, value
from execution.wanted import Wanted
from resolvers import listings as listing_acts
from resolvers import suppliers as acts
from resolvers.context import Context
from schema import guards
from schema.connections import PageInfo, connection, cursor, edges, page_info, wants_cursors
from schema.nodes import Node
from schema.roots import query
from schema.values import LocalisedText

if TYPE_CHECKING:
    from schema.listings import ListingConnection

Plain = Mapping[str, Any]
strawberry.enum(SupplierKind, name="SupplierKind", description="Kinds of supplier (Order 73, p. 12).")


async def published(
    context: Context, records: Sequence[Plain], wanted: Wanted, *, first: int = 24, after: str | None = None
) -> Sequence[Plain]:
    """The published listings of each supplier, the newest first."""
    ids = [record["_id"] for record in records]
    keys, cursors = wanted.of("listing"), wants_cursors(wanted)
    pages = await listing_acts.of_suppliers(context, ids, first, after, keys, cursors=cursors)
    return [connection(page, after, of_supplier=each) for each, page in zip(ids, pages, strict=True)]


def visible_names(
    context: Context, records: Sequence[Row]
) -> Sequence[Plain | None] | Awaitable[Sequence[Plain | None]]:
    """An organisation's name is public; an individual's only after sign-in."""
    return acts.visible_names(context, records)


@record("supplier", description="A supplier of goods or services (Order 73, p. 2(11)).")
class Supplier(Node):
    """What everybody may see."""

    kind: SupplierKind = stored("supplier_kind")
    name: LocalisedText | None = batched(
        visible_names,
        reads=("_id", "supplier_kind", "name", "sealed_name"),
        description="An individual's name needs sign-in.",
    )
    directions: list[Direction] = stored(description="Opened by the main code of activity (p. 13).")
    region: str | None = stored()
    registered_at: datetime | None = stored()
    listings: Annotated["ListingConnection", strawberry.lazy("schema.listings")] = batched(
        published, cost=10, reads=("_id",), description="The published ones, the newest first."
    )


@value()
class SupplierEdge:
    """Relay's edge."""

    cursor: str = computed(cursor)
    node: Supplier = stored()


@value()
class SupplierConnection:
    """A page of suppliers."""

    edges: list[SupplierEdge] = computed(edges)
    nodes: list[Supplier] = stored()
    page_info: PageInfo = computed(page_info)


async def suppliers(
    context: Context,
    *,
    first: int = 24,
    after: str | None = None,
    direction: Direction | None = None,
    region: str | None = None,
    text: str | None = None,
) -> Plain:
    """Registered suppliers, those registered last first; an organisation is found by words of its name."""
    return connection(await acts.listed(context, acts.wanted(direction, region, text), first, after), after)


@strawberry.type
class SupplierQueries:
    """Who offers."""

    suppliers: SupplierConnection = query(suppliers, cost=10, shared=True)


async def particulars(record: Plain, context: Context) -> list[Plain]:
    """The particulars of p. 12, named in the reader's language, each with where it comes from."""
    found = await acts.particulars(context, dict(record))
    return [
        {
            "code": code,
            "name": text(f"particulars.{code}", context.language),
            "lines": _lines(value),
            "source": record["source"],
        }
        for code, value in found.items()
        if f"particulars.{code}" in catalogue()
    ]


def itself(record: Plain) -> Plain:
    """The supplier whose cabinet it is."""
    return record


def _lines(value: object) -> list[str]:
    """A particular as lines for a person: a text, an object's values, or one line for each of several."""
    if isinstance(value, dict):
        return [", ".join(str(part) for part in value.values() if part not in (None, ""))]
    if isinstance(value, list):
        return [line for item in value for line in _lines(item)]
    return [str(value)]


@value(description="Where a supplier's data come from.")
class RecordSource:
    """The signed record, whose it is, and its two instants."""

    record: str = stored(description="The record kept as signed.")
    body: str | None = stored(description="BIN of the state body that certified it.")
    at: datetime = stored(description="When the state body issued the record.")
    received_at: datetime = stored(description="When the portal received it.")


@value(description="One of the particulars p. 12 lists for the supplier's kind.")
class SupplierParticular:
    """As the state body certified it."""

    code: str = stored()
    name: str = stored()
    lines: list[str] = stored()
    source: RecordSource = stored(description="A record lists all of them: they share one source.")


def source_record(record: Plain) -> str:
    """The identifier of the gateway record."""
    return str(record["source"]["record"])


def received_at(record: Plain) -> datetime:
    """When the newest record came."""
    instant: datetime = record["source"]["received_at"]
    return instant


@value(description="«Кабинет поставщика»: everything the gateway certified, shown to the supplier itself.")
class SupplierCabinet:
    """Reads the same record as Supplier."""

    supplier: Supplier = computed(itself)
    oked: str | None = stored(description="Main code of activity: the only one that opens directions.")
    particulars: list[SupplierParticular] = guards.resolved(particulars, policy="Supplier.cabinet")
    source: str = computed(source_record, description="The signed record it was read from.")
    received_at: datetime = computed(received_at)
    consent_at: datetime | None = stored(description="When the supplier consented to be registered.")
