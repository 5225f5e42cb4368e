"""The recipient's cabinet: what the gateway certified about a person, each field with its source."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from auth.policy import require
from documents import participants
from documents.base import Row
from documents.encryption import open_many, reveal
from domain.participants import Contact
from execution.fields import as_type, computed, record, stored, value
from resolvers import participants as acts
from resolvers import representatives as representative_acts
from resolvers.context import Context
from schema import guards
from schema.errors import answers
from schema.lookups import PersonalDataAccess, accesses
from schema.nodes import Node
from schema.roots import given, mutation, payload

if TYPE_CHECKING:
    from schema.representatives import Representation

Plain = Mapping[str, Any]


def revealed(field: str) -> Any:
    """A loader that opens one personal field of many participants, for whoever may read them."""

    async def load(context: Context, records: Sequence[Plain]) -> list[Any]:
        for row in records:
            require(context.viewer, "Participant.read", row)
        await open_many(row.get(field) for row in records)
        return [await participants.revealed(dict(row), field) for row in records]

    return load


async def iins(context: Context, records: Sequence[Plain]) -> list[str]:
    """The IIN of many participants, for whoever may read them."""
    for row in records:
        require(context.viewer, "Participant.read", row)
    await open_many(row["iin"] for row in records)
    return [await reveal("participants.iin", row["_id"], row["iin"]) for row in records]


@value(description="A name as documents write it.")
class PersonName:
    """Surname first."""

    surname: str = stored()
    given: str = stored()
    patronymic: str | None = stored()


@value(description="Where a person is registered, permanently or for a time.")
class Address:
    """`region` is the top level of КАТО."""

    region: str = stored()
    text: str = stored()
    kind: str = stored()


@value(description="The document that proves who somebody is.")
class IdentityDocument:
    """Dates are ISO 8601."""

    number: str = stored()
    issuer: str = stored()
    issued: str = stored()
    expires: str | None = stored()


@value(description="Where a field came from.")
class FieldSource:
    """The signed record it was read from, whose that is, and its two instants."""

    field: str = stored()
    record: str = stored(description="The record kept as signed; `participant` for what the person said.")
    body: str | None = stored(description="BIN of the state body that certified it.")
    at: datetime = stored(description="When the state body issued the record.")
    received_at: datetime = stored(description="When the portal received it.")


def sources(record: Plain) -> list[Plain]:
    """The source of every field that has one."""
    return [{"field": field, **source} for field, source in sorted(record["sources"].items())]


async def representatives(record: Plain, context: Context) -> list[Row]:
    """The authorities over the participant."""
    return await representative_acts.representatives_of(context, dict(record))


@record("participant", description="A participant of the portal (Order 73, p. 2(10)); shown to itself.")
class Participant(Node):
    """Order 73, p. 6."""

    iin: str = guards.batched(iins, policy="Participant.read")
    name: PersonName | None = guards.batched(revealed("name"), policy="Participant.read")
    birth_date: str | None = guards.batched(revealed("birth_date"), policy="Participant.read")
    sex: str | None = guards.batched(revealed("sex"), policy="Participant.read")
    address: Address | None = guards.batched(revealed("address"), policy="Participant.read")
    document: IdentityDocument | None = guards.batched(revealed("document"), policy="Participant.read")
    bmg_phone: str | None = guards.batched(
        revealed("bmg_phone"),
        policy="Participant.read",
        description="The number in the base of mobile citizens, whatever the person corrected.",
    )
    confirmed_phone: str | None = guards.batched(
        revealed("confirmed_phone"),
        policy="Participant.read",
        description="The number that the person corrected and confirmed; notices go there.",
    )
    email: str | None = guards.batched(
        revealed("email"), policy="Participant.read", description="Added and confirmed by the person."
    )
    region: str | None = stored()
    registered_at: datetime | None = stored()
    sources: list[FieldSource] = computed(sources)
    accesses: list[PersonalDataAccess] = guards.resolved(
        accesses,
        policy="Participant.read",
        cost=10,
        description="Who else read this person's data, the newest first.",
    )
    representatives: list[Annotated["Representation", strawberry.lazy("schema.representatives")]] = (
        guards.resolved(
            representatives,
            policy="Participant.read",
            cost=10,
            description="Who may act for this person, and who might or did.",
        )
    )


@given
class ParticipantPhoneChangeInput:
    """A new number, written with +7, 7, 8 or none of them."""

    idempotency_key: str
    phone: str


@given
class ParticipantEmailChangeInput:
    """A new address."""

    idempotency_key: str
    email: str


@given
class ParticipantCodeInput:
    """The six digits that were sent to the new number or address."""

    idempotency_key: str
    code: str


@payload
class ContactCodeSent:
    """A code is on its way; nothing changes until it is given back."""

    participant: Participant
    expires_at: datetime | None = strawberry.field(description="Until when the code is good, if it still is.")


@payload
class ContactConfirmed:
    """The new number or address counts from now on; what БМГ says is kept beside it."""

    participant: Participant


async def _sent(context: Context, contact: Contact, value: str, key: str) -> ContactCodeSent:
    row = await acts.change_contact(context, contact, value, key)
    expires = await acts.code_expiry(context, row, contact)
    return ContactCodeSent(participant=as_type(Participant, row), expires_at=expires)


async def _confirmed(context: Context, contact: Contact, code: str, key: str) -> ContactConfirmed:
    row = await acts.confirm_contact(context, contact, code, key)
    return ContactConfirmed(participant=as_type(Participant, row))


async def participant_phone_change(
    context: Context,
    *,
    input: ParticipantPhoneChangeInput,  # noqa: A002
) -> ContactCodeSent:
    """Send a code to a new number by SMS (p. 6)."""
    return await _sent(context, Contact.phone, input.phone, input.idempotency_key)


async def participant_phone_confirm(
    context: Context,
    *,
    input: ParticipantCodeInput,  # noqa: A002
) -> ContactConfirmed:
    """Confirm the new number by its code."""
    return await _confirmed(context, Contact.phone, input.code, input.idempotency_key)


async def participant_email_change(
    context: Context,
    *,
    input: ParticipantEmailChangeInput,  # noqa: A002
) -> ContactCodeSent:
    """Send a code to a new e-mail address (p. 6)."""
    return await _sent(context, Contact.email, input.email, input.idempotency_key)


async def participant_email_confirm(
    context: Context,
    *,
    input: ParticipantCodeInput,  # noqa: A002
) -> ContactConfirmed:
    """Confirm the new address by its code."""
    return await _confirmed(context, Contact.email, input.code, input.idempotency_key)


@strawberry.type
class ParticipantMutations:
    """What participants correct and add."""

    participant_phone_change: answers("ParticipantPhoneChangeResult", ContactCodeSent) = mutation(  # type: ignore[valid-type]
        participant_phone_change
    )
    participant_phone_confirm: answers("ParticipantPhoneConfirmResult", ContactConfirmed) = mutation(  # type: ignore[valid-type]
        participant_phone_confirm
    )
    participant_email_change: answers("ParticipantEmailChangeResult", ContactCodeSent) = mutation(  # type: ignore[valid-type]
        participant_email_change
    )
    participant_email_confirm: answers("ParticipantEmailConfirmResult", ContactConfirmed) = mutation(  # type: ignore[valid-type]
        participant_email_confirm
    )
