"""Suppliers: who may register and trade on a day, which directions open, and the own cabinet (A7, B1)."""

from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Any

from auth.policy import require
from auth.visibility import READS, visible
from documents import suppliers
from documents.audit import intend
from documents.base import Row
from documents.consents import SignedChallenge
from documents.cursors import Page
from documents.events import emit
from documents.reference import reference_value
from documents.suppliers import SupplierFilter
from domain.audit import Actor
from domain.categories import Direction, is_readable
from domain.errors import Refused, invalid
from domain.feeds import supplier_topic
from domain.identity import Role
from domain.search.names import name_question
from domain.suppliers import Standing, SupplierKind
from domain.time import ASTANA
from resolvers import consents
from resolvers.context import Context

ACT = "Supplier.register"


async def own(ctx: Context) -> Row | None:
    """The supplier acted as, or None for any other viewer."""
    if ctx.viewer.role is not Role.supplier or ctx.viewer.subject is None:
        return None
    return await suppliers.get(ctx.viewer.subject)


async def listed(ctx: Context, wanted: SupplierFilter, first: int, after: str | None) -> Page:
    """A page of the suppliers that the viewer may know of, those registered last first."""
    shown = visible(ctx.viewer, READS["supplier"])
    usual = after is None and not (wanted.words or wanted.region)
    if usual and ctx.viewer.subject is None:  # who has signed in reads what he has written
        return await ctx.loaders.suppliers_listed(shown, wanted, first)
    return await suppliers.listed(shown, wanted, first=first, cursor=after)


def wanted(direction: Direction | None, region: str | None, text: str | None) -> SupplierFilter:
    """Which suppliers are asked for; individuals by no name. InvalidInput `NOT_TEXT` or `TOO_LONG`."""
    if text is not None and not is_readable(text):
        raise invalid("NOT_TEXT", "text")
    return SupplierFilter(direction, region, name_question(text or ""))


async def particulars(ctx: Context, supplier: Row) -> dict[str, Any]:
    """BIN or IIN and the particulars of the supplier's kind, in clear, for the supplier itself."""
    require(ctx.viewer, "Supplier.cabinet", supplier)
    return {"identifier": await suppliers.identifier(supplier), **await suppliers.details(supplier)}


def visible_names(
    ctx: Context, rows: Sequence[Row]
) -> Sequence[dict[str, str] | None] | Awaitable[Sequence[dict[str, str] | None]]:
    """The names of suppliers by language; None for an individual's before sign-in.

    An individual's name is sealed and no other is: before sign-in, what is in clear is all there is to see.
    """
    if ctx.viewer.subject is not None and any(row["name"] is None for row in rows):
        return suppliers.names_of(rows)
    return [row["name"] for row in rows]


async def register(ctx: Context, row: Row, by: Actor, signed: SignedChallenge | None) -> None:
    """Open the cabinet inside the transaction under way; nothing happens when it is open already.

    Without `signed` nothing was signed: only demonstration data are registered so.
    """
    directions = await opened_directions(ctx, row)
    if not await suppliers.register(row["_id"], ctx.now, directions):
        return
    subject = ("supplier", row["_id"])
    details = await consents.keep(subject, signed, ctx.now) if signed else {"consent": "demonstration"}
    await intend(ACT, by=by, at=ctx.now, subject=subject, details=details)
    await emit(
        kind="supplier.registered",
        subject=row["_id"],
        topics=[supplier_topic(row["_id"])],
        at=ctx.now,
        data={},
        actor=by.role,
    )


async def require_admitted(ctx: Context, row: Row) -> None:
    """Refused SUPPLIER_KIND_NOT_ADMITTED, with its basis, when this kind may not register today (A7)."""
    rule = await reference_value("supplier_kind", row["supplier_kind"], _day(ctx))
    if rule is None or not rule["value"]:
        raise Refused("SUPPLIER_KIND_NOT_ADMITTED", (), basis=(rule or {}).get("basis") or "—")


async def require_present(ctx: Context, row: Row) -> None:
    """Refused SUPPLIER_KIND_CLOSED when suppliers of this kind may not even sign in today."""
    standing, basis = await _standing(ctx, row)
    if standing is Standing.closed:
        raise Refused("SUPPLIER_KIND_CLOSED", (), basis=basis)


async def require_trading(ctx: Context, row: Row, *path: str | int) -> None:
    """Refused SUPPLIER_KIND_WINDING_UP when this kind may begin nothing new today: no card, no order."""
    standing, basis = await _standing(ctx, row)
    if standing is not Standing.open:
        raise Refused("SUPPLIER_KIND_WINDING_UP", path, basis=basis)


async def _standing(ctx: Context, row: Row) -> tuple[Standing, str]:
    """What reference data let this kind do today, and why; everything where no rule says otherwise."""
    rule = await reference_value("supplier_standing", row["supplier_kind"], _day(ctx))
    if rule is None:
        return Standing.open, "—"
    return Standing(rule["value"]), rule["basis"] or "—"


async def opened_directions(ctx: Context, row: Row) -> list[Direction]:
    """Directions the main OKED code opens; for an individual assistant, by kind (B1)."""
    if row["supplier_kind"] == SupplierKind.assistant:
        return [Direction.assistant]
    rule = await reference_value("oked_direction", row["oked"] or "", _day(ctx))
    return [Direction(direction) for direction in rule["value"]] if rule else []


def _day(ctx: Context) -> date:
    return ctx.now.astimezone(ASTANA).date()
