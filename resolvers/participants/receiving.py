"""Records from the e-government gateway: verified, kept as signed, read into cabinets (requirement A4)."""

from dataclasses import dataclass

from documents import gateway, participants, representations, suppliers
from documents.audit import intend
from documents.base import Id, in_transaction, new_id
from documents.events import emit
from documents.representations import Stated
from domain.audit import system_actor
from domain.errors import AccessDenied, Refused
from domain.feeds import participant_topic
from domain.participants import FieldSource
from domain.representatives import Term
from domain.signatures import HolderRole, Purpose, Verified
from integrations.gateway import Authority, GatewayMessage, Person, Supplier, read_message, require_present
from integrations.signatures import signed_content
from resolvers.context import Context
from resolvers.suppliers import opened_directions

GATEWAY = system_actor("gateway")
ACT = "Gateway.record"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message: `new` is False when it had come before."""

    message_id: str
    new: bool


async def receive_gateway_record(ctx: Context, cms: bytes) -> Received:
    """Verify a signed record, keep the original, and write what it says; a repeated message changes nothing.

    AccessDenied unless an information system of a state body signed it; Refused `MESSAGE_ID_REUSED` when the
    same id came with other content from that body. An older record that comes late overwrites nothing newer,
    and one that claims to be of the future is InvalidInput `MESSAGE_OF_THE_FUTURE`.
    """
    content = signed_content(cms)
    verified = await ctx.services.signatures.verify(cms, content, Purpose.message, ctx.now)
    body = _state_body(ctx, verified)
    message = read_message(content)
    require_present(message, ctx.now)
    named = f"{body}:{message.message_id}"  # another body may well count from the same number

    async def work() -> Received:
        try:
            before = await gateway.known(named, content)
        except ValueError as error:
            raise Refused("MESSAGE_ID_REUSED", ("message_id",)) from error
        if before is None:
            row = new_id()
            source = FieldSource(record=str(row), body=body, at=message.issued_at, received_at=ctx.now)
            concerns = await _taken_in(ctx, message, source)
            await gateway.keep(row, named, (content, cms), concerns, ctx.now)
        return Received(message.message_id, before is None)

    return await in_transaction(work)


def _state_body(ctx: Context, verified: Verified) -> str:
    signer = verified.signer
    if signer.bin not in ctx.services.state_body_bins or HolderRole.information_system not in signer.roles:
        raise AccessDenied("NOT_A_STATE_BODY")
    return str(signer.bin)


async def _taken_in(ctx: Context, message: GatewayMessage, source: FieldSource) -> tuple[Id, ...]:
    done = await _write(ctx, message, source)
    await intend(
        ACT,
        by=GATEWAY,
        at=ctx.now,
        subject=done.subject,
        details={"kind": message.type.value, "record": source.record, "written": done.written},
    )
    return done.concerns


@dataclass(frozen=True, slots=True)
class _Done:
    """What a record is about, whom it names, and whether anything of it was newer than what is known."""

    subject: tuple[str, Id] | None
    concerns: tuple[Id, ...]
    written: bool


_NOTHING = _Done(None, (), written=False)


async def _write(ctx: Context, message: GatewayMessage, source: FieldSource) -> _Done:
    if message.person is not None:
        return await _write_person(ctx, message.person, source)
    if message.supplier is not None:
        return await _write_supplier(ctx, message.supplier, source)
    return await _write_authority(ctx, message.authority, source) if message.authority else _NOTHING


async def _write_person(ctx: Context, person: Person, source: FieldSource) -> _Done:
    row = await participants.ensure(person.iin, ctx.now)
    plain = person.model_dump(mode="json", exclude={"iin"})
    written = await participants.fill(row["_id"], plain, source)
    return _Done(("participant", row["_id"]), (row["_id"],), bool(written))


async def _write_supplier(ctx: Context, supplier: Supplier, source: FieldSource) -> _Done:
    public = {"name": supplier.name.model_dump(), "oked": supplier.oked, "region": supplier.region}
    row = await suppliers.store(supplier.identifier, supplier.kind, supplier.details, public, source)
    if row is None:
        known = await suppliers.by_identifier(supplier.identifier)
        return _Done(("supplier", known["_id"]), (known["_id"],), written=False) if known else _NOTHING
    if row["registered_at"] is not None:
        await suppliers.open_directions(row["_id"], await opened_directions(ctx, row))
    return _Done(("supplier", row["_id"]), (row["_id"],), written=True)


async def _write_authority(ctx: Context, authority: Authority, source: FieldSource) -> _Done:
    representative = await participants.ensure(authority.representative, ctx.now)
    ward = await participants.ensure(authority.ward, ctx.now)
    stated = Stated(
        representative=representative["_id"],
        ward=ward["_id"],
        authority=authority.authority,
        basis=authority.basis,
        term=Term(authority.valid_from, authority.valid_to, authority.revoked_at),
    )
    row = await representations.authorise(stated, source)
    if row is not None:
        await emit(
            kind="representation.changed",
            subject=row,
            topics=[participant_topic(one["_id"]) for one in (representative, ward)],
            at=ctx.now,
            data={},
            actor="system",
        )
    people = (ward["_id"], representative["_id"])
    return _Done(("participant", ward["_id"]), people, row is not None)
