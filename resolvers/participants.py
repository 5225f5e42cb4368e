"""Records from the e-government gateway, and a participant's own cabinet (requirements A3, A4)."""

from dataclasses import dataclass
from typing import Any

from documents import identity, participants, suppliers
from documents.base import Row, in_transaction
from documents.participants import FieldSource
from domain.errors import AccessDenied, Refused
from domain.signatures import HolderRole, Purpose, Verified
from integrations.gateway import Authority, GatewayMessage, Person, Supplier, read_message
from integrations.signatures import signed_content
from resolvers.capacities import opened_directions
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message: `new` is False when it had come before."""

    message_id: str
    new: bool


async def receive_gateway_record(ctx: Context, cms: bytes) -> Received:
    """Verify a signed record, keep the original, and write what it says; a repeated message changes nothing.

    AccessDenied unless an information system of a state body signed it; Refused `MESSAGE_ID_REUSED` when the
    same id came with other content.
    """
    content = signed_content(cms)
    verified = await ctx.services.signatures.verify(cms, content, Purpose.message, ctx.now)
    _require_state_body(ctx, verified)
    message = read_message(content)

    async def work() -> Received:
        try:
            row, new = await identity.keep_gateway_record(message.message_id, content, cms, ctx.now)
        except ValueError as error:
            raise Refused("MESSAGE_ID_REUSED", ("message_id",)) from error
        if new:
            await _write(ctx, message, FieldSource(record=str(row), at=message.issued_at))
        return Received(message.message_id, new)

    return await in_transaction(work)


def _require_state_body(ctx: Context, verified: Verified) -> None:
    signer = verified.signer
    if signer.bin not in ctx.services.state_body_bins or HolderRole.information_system not in signer.roles:
        raise AccessDenied("NOT_A_STATE_BODY")


async def _write(ctx: Context, message: GatewayMessage, source: FieldSource) -> None:
    if message.person is not None:
        await _write_person(ctx, message.person, source)
    if message.supplier is not None:
        await _write_supplier(ctx, message.supplier, source)
    if message.authority is not None:
        await _write_authority(ctx, message.authority, source)


async def _write_person(ctx: Context, person: Person, source: FieldSource) -> None:
    row = await participants.ensure(person.iin, ctx.now)
    plain: dict[str, Any] = person.model_dump(mode="json", exclude={"iin"})
    region = person.address.region if person.address else None
    await participants.fill(row["_id"], plain, source, region)


async def _write_supplier(ctx: Context, supplier: Supplier, source: FieldSource) -> None:
    public = {"name": supplier.name.model_dump(), "oked": supplier.oked, "region": supplier.region}
    row = await suppliers.store(
        supplier.identifier, supplier.kind, supplier.details, public, source.record, ctx.now
    )
    if row["registered_at"] is not None:
        await suppliers.open_directions(row["_id"], await opened_directions(ctx, row))


async def _write_authority(ctx: Context, authority: Authority, source: FieldSource) -> None:
    representative = await participants.ensure(authority.representative, ctx.now)
    ward = await participants.ensure(authority.ward, ctx.now)
    await participants.authorise(
        representative["_id"],
        ward["_id"],
        authority=authority.authority,
        basis=authority.basis,
        valid=(authority.valid_from, authority.valid_to),
        source=source.record,
    )


async def own(ctx: Context) -> Row | None:
    """The participant acted as, or None for any other viewer."""
    return await participants.get(ctx.viewer.subject) if ctx.viewer.subject else None
