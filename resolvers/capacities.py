"""In which capacities the holder of a certificate may act; newcomers are registered here (A1, A3, A7)."""

from dataclasses import dataclass, field

from documents import participants, representations, suppliers
from documents.base import Row
from documents.consents import SignedChallenge
from documents.identity import Capacity
from domain.audit import Actor
from domain.errors import DomainError, Refused
from domain.identity import Role
from domain.signatures import BINDING, Signer, has_role, require_person
from domain.suppliers import is_branch
from domain.texts import Language, catalogue
from resolvers.context import Context
from resolvers.participants import lacking
from resolvers.participants import register as register_participant
from resolvers.suppliers import register as register_supplier
from resolvers.suppliers import require_admitted, require_present

_CHALLENGE = ("input", "challengeId")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered at sign-in: an IIN or BIN, and whether to register whoever is new.

    `signed` is the challenge that says so with its signature: the proof of the consent.
    """

    identifier: str
    consent: bool
    signed: SignedChallenge | None = None


@dataclass(slots=True)
class _Found:
    capacities: list[Capacity] = field(default_factory=list)
    obstacles: list[DomainError] = field(default_factory=list)


async def capacities_of(ctx: Context, entry: Entry, signer: Signer) -> list[Capacity]:
    """Every capacity of the signer under the identifier entered; Refused with the first obstacle if none."""
    require_person(signer)
    found = _Found()
    if signer.bin is not None and entry.identifier == signer.bin:
        await _organisation(ctx, entry, signer, found)
    else:
        await _person(ctx, entry, found)
        await _organisation(ctx, entry, signer, found)
        await _supplier(ctx, entry, entry.identifier, found)
    if not found.capacities:
        raise found.obstacles[0] if found.obstacles else _no_record(entry, signer)
    return found.capacities


def _no_record(entry: Entry, signer: Signer) -> Refused:
    """Nothing is known under the identifier: what the gateway has to send first."""
    return _missing("records.supplier" if entry.identifier == signer.bin else "records.person")


def _missing(*records: str) -> Refused:
    """GATEWAY_RECORD_MISSING that names what is missing in the reader's language."""
    said = {
        f"name_{language}": ", ".join(catalogue()[one][language] for one in records) for language in Language
    }
    return Refused("GATEWAY_RECORD_MISSING", _CHALLENGE, **said)


async def _person(ctx: Context, entry: Entry, found: _Found) -> None:
    row = await participants.by_iin(entry.identifier)
    if row is None:
        return
    if missing := lacking(row):
        found.obstacles.append(_missing(*(f"records.{one}" for one in missing)))
        return
    by = Actor(str(Role.participant), subject=str(row["_id"]))
    if not await _registered(ctx, row, entry, by):
        found.obstacles.append(Refused("CONSENT_REQUIRED", _CHALLENGE))
        return
    found.capacities.append(Capacity(role=Role.participant, subject=row["_id"]))
    await _wards(ctx, row, entry, found)


async def _wards(ctx: Context, row: Row, entry: Entry, found: _Found) -> None:
    """Those whom the person represents now; whoever the gateway told nothing of has no cabinet yet."""
    for ward in await representations.wards_of(row["_id"], ctx.now):
        by = Actor(str(Role.participant), subject=str(row["_id"]), on_behalf_of=str(ward["_id"]))
        if not lacking(ward) and await _registered(ctx, ward, entry, by):
            found.capacities.append(
                Capacity(role=Role.participant, subject=ward["_id"], representative=row["_id"])
            )


async def _registered(ctx: Context, row: Row, entry: Entry, by: Actor) -> bool:
    """Whether the cabinet is open; it is opened for whoever consents."""
    if row["registered_at"] is None and entry.consent:
        await register_participant(ctx, row, by, entry.signed)
    return row["registered_at"] is not None or entry.consent


async def _organisation(ctx: Context, entry: Entry, signer: Signer, found: _Found) -> None:
    if signer.bin is None:
        return
    if is_branch(signer.bin):
        found.obstacles.append(Refused("BRANCH_NOT_A_SUPPLIER", ("input", "cms")))
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
    try:
        await _opened(ctx, entry, row)
    except Refused as obstacle:
        found.obstacles.append(obstacle)
        return
    found.capacities.append(Capacity(role=Role.supplier, subject=row["_id"]))


async def _opened(ctx: Context, entry: Entry, row: Row) -> None:
    """Let a registered supplier in, and register a new one of a kind that is admitted today."""
    await require_present(ctx, row)
    if row["registered_at"] is not None:
        return
    await require_admitted(ctx, row)
    if not entry.consent:
        raise Refused("CONSENT_REQUIRED", _CHALLENGE)
    by = Actor(str(Role.supplier), subject=str(row["_id"]))
    await register_supplier(ctx, row, by, entry.signed)
