"""Messages of Е-Собес: verified, taken in once, in whatever order they come (requirement C2).

Every message carries the measure whole, under a revision that only grows: what is older than what is known
was overtaken and changes nothing. So the end doesn't depend on the order of arrival.
"""

from dataclasses import dataclass
from typing import Any

from documents import participants
from documents.audit import intend
from documents.base import Id, Row, in_transaction, new_id
from documents.measures import Measure, messages, store, tasks
from documents.measures.records import seal_esobes_id, seal_name
from documents.orders.store import take_turn
from documents.reference import reference_rows
from domain.audit import system_actor
from domain.errors import AccessDenied, InvalidInput, Issue, Refused
from domain.identifiers import parse_iin
from domain.measures import MeasureStatus, NoticeKind, end_of_day
from domain.signatures import HolderRole, Purpose
from domain.time import ASTANA
from integrations.esobes import PARTNER, MeasureMessage, MessageType, Statement, read_message
from integrations.signatures import signed_content
from resolvers.context import Context
from resolvers.measures.changes import announce_change, entry, move_measure, sure
from resolvers.measures.notices import hand_tasks_over, tell, window_end

ACT = "Esobes.message"
ESOBES = system_actor("esobes")
ACCEPTED = "accepted"
IGNORED = "ignored"
_S = MeasureStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a message: accepted, or ignored as overtaken; `duplicate` when it had come before."""

    message_id: str
    outcome: str
    duplicate: bool
    measure: Id


@dataclass(frozen=True, slots=True)
class _Received:
    cms: bytes
    content: bytes
    message: MeasureMessage


async def receive(ctx: Context, cms: bytes) -> Answer:
    """Take in one signed message of Е-Собес.

    SignatureRefused; AccessDenied `PARTNER_UNKNOWN` for a signer who isn't Е-Собес; InvalidInput for what
    isn't a message of the contract; Refused `MESSAGE_ID_REUSED` or `MEASURE_OF_ANOTHER_PERSON`. None of them
    writes anything.
    """
    content = signed_content(cms)
    await _check_signer(ctx, cms, content)
    message = read_message(content)
    await _check_values(ctx, message.measure)
    received = _Received(cms, content, message)
    return await in_transaction(lambda: _take(ctx, received))


async def _check_signer(ctx: Context, cms: bytes, content: bytes) -> None:
    verified = await ctx.services.signatures.verify(cms, content, Purpose.message, ctx.now)
    known = verified.signer.bin in ctx.services.esobes_bins
    if not known or HolderRole.information_system not in verified.signer.roles:
        raise AccessDenied("PARTNER_UNKNOWN", ("signature",))


async def _check_values(ctx: Context, statement: Statement) -> None:
    parse_iin(statement.iin, path=("measure", "iin"))
    if statement.region is None:
        return
    known = await reference_rows("region", ctx.now.astimezone(ASTANA).date())
    if statement.region not in {row["code"] for row in known}:
        raise InvalidInput([Issue("UNKNOWN_REGION", ("measure", "region"))])


async def _take(ctx: Context, received: _Received) -> Answer:
    message = received.message
    before = await messages.find(PARTNER, message.message_id)
    if before is not None:
        return await _repeated(before, received)
    person = await participants.ensure(message.measure.iin, ctx.now)
    await take_turn(person["_id"])  # an erasure at the same time and this wait for each other
    measure, outcome = await _apply(ctx, person, message)
    await messages.keep(
        partner=PARTNER,
        message_id=message.message_id,
        content=received.content,
        original=received.cms,
        person=person["_id"],
        subject=measure["_id"],
        outcome=outcome,
        at=ctx.now,
    )
    subject = ("measure", measure["_id"])
    details = {"type": str(message.type), "outcome": outcome}
    await intend(ACT, by=ESOBES, at=ctx.now, subject=subject, details=details)
    return Answer(message.message_id, outcome, duplicate=False, measure=measure["_id"])


async def _repeated(before: Row, received: _Received) -> Answer:
    if not await messages.has_content(before, received.content):
        raise Refused("MESSAGE_ID_REUSED", ("message_id",))
    named = received.message.message_id
    return Answer(named, before["outcome"], duplicate=True, measure=before["subject"])


async def _apply(ctx: Context, person: Row, message: MeasureMessage) -> tuple[Row, str]:
    known = await store.by_esobes_id(message.measure.id)
    if known is None:
        return await _create(ctx, person, message), ACCEPTED
    if known["participant"] != person["_id"]:
        raise Refused("MEASURE_OF_ANOTHER_PERSON", ("measure", "iin"))
    if message.measure.revision <= known["revision"]:
        return known, IGNORED
    details = await _details(known["_id"], person, message.measure)
    return await _update(ctx, known, message.type, details), ACCEPTED


async def _create(ctx: Context, person: Row, message: MeasureMessage) -> Row:
    measure = new_id()
    withdrawn = message.type is MessageType.measure_withdrawn
    status = _S.ended if withdrawn else _S.choice_open
    fresh = Measure(
        _id=measure,
        participant=person["_id"],
        **await seal_esobes_id(person["_id"], measure, message.measure.id),
        status=status,
        transferred_at=ctx.now,
        withdrawn_at=ctx.now if withdrawn else None,
        history=[entry(ctx, status, str(message.type), 1)],
        **await _details(measure, person, message.measure),
    )
    row = await store.create(fresh)
    await announce_change(ctx, row, str(message.type))
    if not withdrawn:
        await tell(ctx, row, NoticeKind.choice_open)
    return row


async def _details(measure: Id, person: Row, statement: Statement) -> dict[str, Any]:
    """What a statement says about the measure itself; without a region the one of the person's address."""
    names = statement.name.model_dump(exclude_none=True)
    return {
        "region": statement.region or person["region"],
        "name": await seal_name(person["_id"], measure, names),
        "direction": statement.direction,
        "category": statement.category,
        "programme": statement.programme,
        "programme_date": statement.programme_date.isoformat(),
        "term": statement.term.isoformat() if statement.term else None,
        "term_ends_at": end_of_day(statement.term) if statement.term else None,
        "quantity": statement.quantity,
        "assistant_basis": statement.assistant_basis,
        "revision": statement.revision,
    }


async def _update(ctx: Context, known: Row, type_: MessageType, details: dict[str, Any]) -> Row:
    status = MeasureStatus(known["status"])
    if details["region"] not in {None, known["region"]}:
        await hand_tasks_over(ctx, known["_id"], details["region"])
    if type_ is MessageType.measure_withdrawn:
        return await _withdraw(ctx, known, details)
    reopened = {_S.ended} if type_ is not MessageType.measure_reactivated else {_S.ended, *_REACTIVATED}
    if status in reopened:
        return await _open_again(ctx, known, type_, details)
    changes = details | {
        "withdrawn_at": None,
        "window_ends_at": await window_end(known | details),
    }
    return await _amended(ctx, known, changes, "updated")


_REACTIVATED = {_S.choice_open, _S.choice_blocked, _S.activation_requested}


async def _open_again(ctx: Context, known: Row, type_: MessageType, details: dict[str, Any]) -> Row:
    """A new cycle: notice, both instants and window begin anew."""
    changes = details | {
        "cycle": known["cycle"] + 1,
        "transferred_at": ctx.now,
        "notified_at": None,
        "notice": None,
        "window_ends_at": None,
        "withdrawn_at": None,
        "order": None,
    }
    await tasks.close_open(known["_id"], ctx.now)
    if known["status"] == _S.choice_open:
        row = await _amended(ctx, known, changes, str(type_))
    else:
        row = await move_measure(ctx, known, _S.choice_open, str(type_), changes)
    await tell(ctx, row, NoticeKind.choice_open)
    return row


async def _withdraw(ctx: Context, known: Row, details: dict[str, Any]) -> Row:
    """End the measure; one that is ordered ends when its order comes to nothing, for the order is signed."""
    changes = details | {"withdrawn_at": ctx.now}
    if known["status"] in {_S.ordered, _S.fulfilled, _S.ended}:
        return await _amended(ctx, known, changes, str(MessageType.measure_withdrawn))
    await tasks.close_open(known["_id"], ctx.now)
    return await move_measure(ctx, known, _S.ended, str(MessageType.measure_withdrawn), changes)


async def _amended(ctx: Context, known: Row, changes: dict[str, Any], code: str) -> Row:
    after = known | changes
    step = entry(ctx, MeasureStatus(known["status"]), code, after["cycle"])
    row = sure(await store.amend(known, changes, step))
    await announce_change(ctx, row, code)
    return row
