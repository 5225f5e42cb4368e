"""Telephone and e-mail corrected by the participant, each confirmed by a code (p. 6; requirement A5)."""

import secrets
from datetime import datetime

from auth.policy import require
from documents import contact_codes, idempotency, outbox, participants
from documents.base import Id, Row
from documents.events import emit
from domain import notifications
from domain.errors import AccessDenied, IdempotencyConflict, NotFound, Refused
from domain.feeds import participant_topic
from domain.participants import CODE_DIGITS, CONTACTS, Contact, parse_code, parse_contact
from domain.rate_limits import RateRule
from domain.texts import Language, text
from resolvers.acts import once
from resolvers.context import Context
from resolvers.rate_limits import require_rate
from resolvers.representatives import require_right

RIGHT = "contacts"
"""What a representative needs besides the authority: reference data say which kinds of authority give it."""


async def change_contact(ctx: Context, contact: Contact, value: str, key: str) -> Row:
    """Send a code to a new number or address; the participant comes back, unchanged until it is confirmed.

    InvalidInput for a value that can't be one, AccessDenied AUTHORITY_LACKS_CONTACTS to a representative,
    RateLimited for codes asked for too often by one person or for one number or address.
    """
    operation = operation_of(contact, "Change")
    person = await _corrected(ctx, operation)
    new = parse_contact(contact, value, "input", contact.value)
    await require_rate(ctx, RateRule.contact_code, str(person))
    await require_rate(ctx, RateRule.contact_code_value, new)

    async def work() -> Row:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        row = await contact_codes.open_code(person, contact, new, code, ctx.now)
        return await _sent(ctx, person, contact, new, (row, code))

    return await once(ctx, operation, key, {contact.value: new}, work)


async def _sent(ctx: Context, person: Id, contact: Contact, to: str, made: tuple[Id, str]) -> Row:
    row = await participants.get(person)
    if row is None:  # pragma: no cover - participants are never deleted
        raise NotFound(("viewer",))
    language, (code_row, code) = Language(row["language"]), made
    payload = {
        "to": to,
        "text": notifications.render(notifications.Notice.contact_code, language, code=code),
        "language": language.value,
    }
    if contact is Contact.email:
        payload["subject"] = text("notifications.contact_code_subject", language)
    await outbox.enqueue(
        channel=CONTACTS[contact].channel,
        key=f"contact:{code_row}",
        aggregate=f"contact:{person}",
        person=person,
        payload=payload,
        at=ctx.now,
    )
    return row


async def confirm_contact(ctx: Context, contact: Contact, code: str, key: str) -> Row:
    """Confirm the new number or address by its code; the participant comes back with it.

    Refused CODE_WRONG with the tries left; CODE_GONE when none is under way, or it expired or was tried too
    often.
    """
    operation = operation_of(contact, "Confirm")
    person = await _corrected(ctx, operation)
    written = parse_code(code, "input", "code")
    request = {"code": written}
    if await idempotency.find(idempotency.scope(ctx.viewer.key, operation, key)) is not None:
        return await once(ctx, operation, key, request, _vanished)
    row, value = await _right(person, contact, written, ctx.now)

    async def work() -> Row:
        if not await contact_codes.consume(row):  # pragma: no cover - lost race
            raise Refused("CODE_GONE", ("input", "code"))
        changed = await participants.confirm(person, CONTACTS[contact].field, value, ctx.now)
        await _tell(ctx, person, contact)
        return changed

    return await once(ctx, operation, key, request, work)


async def _right(person: Id, contact: Contact, code: str, now: datetime) -> tuple[Id, str]:
    tried = await contact_codes.attempt(person, contact, code, now)
    if tried is None:
        raise Refused("CODE_GONE", ("input", "code"))
    if tried.value is None:
        raise Refused("CODE_WRONG", ("input", "code"), left=tried.left)
    return tried.row, tried.value


async def _corrected(ctx: Context, operation: str) -> Id:
    """Whose contact it is: the participant acted as."""
    require(ctx.viewer, f"Mutation.{operation}")
    if ctx.viewer.subject is None:  # pragma: no cover - a participant always has a record
        raise AccessDenied
    await require_right(ctx, RIGHT)
    return ctx.viewer.subject


async def _tell(ctx: Context, person: Id, contact: Contact) -> None:
    await emit(
        kind="participant.changed",
        subject=person,
        topics=[participant_topic(person)],
        at=ctx.now,
        data={"contact": contact.value},
        actor=ctx.viewer.key,
    )


async def code_expiry(ctx: Context, participant: Row, contact: Contact) -> datetime | None:
    """Until when the code under way may be given; None when there is none."""
    require(ctx.viewer, "Participant.read", participant)
    row = await contact_codes.pending(participant["_id"], contact, ctx.now)
    return row["expires_at"] if row else None


def operation_of(contact: Contact, act: str) -> str:
    """The mutation of an act: participantPhoneChange, participantEmailConfirm and so on."""
    return f"participant{contact.value.title()}{act}"


async def _vanished() -> Row:  # pragma: no cover - a key that expires between two reads
    """The key was there a moment ago and has expired since: no code was tried, so nothing is done."""
    raise IdempotencyConflict
