"""In which capacities the holder of a certificate may act; newcomers are registered here (A1, A3, A7)."""

from dataclasses import dataclass, field

from documents import participants, staff, suppliers
from documents.base import Row
from documents.identity import Capacity
from documents.reference import reference_value
from domain.categories import Direction
from domain.errors import DomainError, Refused
from domain.identity import Role
from domain.signatures import BINDING, Signer, has_role
from domain.suppliers import SupplierKind
from domain.time import ASTANA
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered at sign-in: an IIN or BIN, and whether to register whoever is new."""

    identifier: str
    consent: bool


@dataclass(slots=True)
class _Found:
    capacities: list[Capacity] = field(default_factory=list)
    obstacles: list[DomainError] = field(default_factory=list)


async def capacities_of(ctx: Context, entry: Entry, signer: Signer) -> list[Capacity]:
    """Every capacity of the signer under the identifier entered; Refused with the first obstacle if none."""
    found = _Found()
    if signer.bin is not None and entry.identifier == signer.bin:
        await _organisation(ctx, entry, signer, found)
    else:
        await _person(ctx, entry, found)
        await _organisation(ctx, entry, signer, found)
        await _supplier(ctx, entry, entry.identifier, found)
        await _staff(entry.identifier, signer.bin, found)
    if not found.capacities:
        raise (
            found.obstacles[0]
            if found.obstacles
            else Refused("GATEWAY_RECORD_MISSING", ("input", "challengeId"))
        )
    return found.capacities


async def _person(ctx: Context, entry: Entry, found: _Found) -> None:
    row = await participants.by_iin(entry.identifier)
    if row is None or row.get("name") is None:
        return
    if row["registered_at"] is None and not entry.consent:
        found.obstacles.append(Refused("CONSENT_REQUIRED", ("input", "challengeId")))
        return
    if row["registered_at"] is None:
        await participants.register(row["_id"], ctx.now, ctx.language)
    found.capacities.append(Capacity(role=Role.participant, subject=row["_id"]))
    for ward in await participants.wards_of(row["_id"], ctx.now):
        found.capacities.append(
            Capacity(role=Role.participant, subject=ward["_id"], representative=row["_id"])
        )


async def _organisation(ctx: Context, entry: Entry, signer: Signer, found: _Found) -> None:
    if signer.bin is None:
        return
    row = await suppliers.by_identifier(signer.bin)
    if row is None:
        return
    if not has_role(signer, BINDING):
        found.obstacles.append(Refused("CERTIFICATE_NOT_ENTITLED", ("input", "cms")))
        return
    await _supplier(ctx, entry, signer.bin, found)


async def _supplier(ctx: Context, entry: Entry, identifier: str, found: _Found) -> None:
    row = await suppliers.by_identifier(identifier)
    if row is None:
        return
    if row["registered_at"] is None:
        obstacle = await _obstacle(ctx, row) or (None if entry.consent else Refused("CONSENT_REQUIRED"))
        if obstacle is not None:
            found.obstacles.append(obstacle)
            return
        await suppliers.register(row["_id"], ctx.now, await opened_directions(ctx, row))
    found.capacities.append(Capacity(role=Role.supplier, subject=row["_id"]))


async def _obstacle(ctx: Context, row: Row) -> DomainError | None:
    """Why this kind of supplier may not register today, with its basis (A7)."""
    day = ctx.now.astimezone(ASTANA).date()
    rule = await reference_value("supplier_kind", row["supplier_kind"], day)
    if rule is not None and rule["value"]:
        return None
    return Refused("SUPPLIER_KIND_NOT_ADMITTED", (), basis=(rule or {}).get("basis") or "—")


async def opened_directions(ctx: Context, row: Row) -> list[Direction]:
    """Directions the main OKED code opens; for an individual assistant, by kind (B1)."""
    if row["supplier_kind"] == SupplierKind.assistant:
        return [Direction.assistant]
    day = ctx.now.astimezone(ASTANA).date()
    rule = await reference_value("oked_direction", row["oked"] or "", day)
    return [Direction(direction) for direction in rule["value"]] if rule else []


async def _staff(iin: str, organisation: str | None, found: _Found) -> None:
    for row in await staff.staff_of(participants.iin_index(iin), organisation):
        found.capacities.append(Capacity(role=row["role"], subject=row["_id"], region=row["region"]))
