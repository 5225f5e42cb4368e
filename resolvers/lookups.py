"""Reading who a person is, for those whose task needs it: with a reason, written down before (J2, J3)."""

from collections.abc import Mapping, Sequence

from auth.policy import require, require_visible
from auth.visibility import READS, sees
from documents import lookups, participants
from documents.audit import intend
from documents.base import Id, Row, in_transaction
from documents.encryption import blind, open_many
from documents.measures import queries as measures
from documents.measures import store as measure_store
from documents.measures import tasks
from documents.orders import queries as orders
from documents.orders import store as order_store
from domain.errors import invalid
from domain.identifiers import parse_iin
from domain.identity import Role
from domain.lookups import Access
from domain.masking import Need, Personal, Shown, masked, shown
from domain.rate_limits import RateRule
from domain.reasons import checked_reason
from resolvers.context import Context
from resolvers.rate_limits import require_rate

LOOKUP, PERSON = "Query.participantLookup", "Query.participantOf"
_NEEDS = {
    "measure": (Need.measure, measure_store.get),
    "order": (Need.order, order_store.get),
    "notice_task": (Need.notice, tasks.get),
}
"""Kind of a record that is about a person → what one has to know the person for, and its reader."""
Details = Mapping[str, str | bool] | None
_BLIND = "lookup"
"""Label of its own: what the audit keeps of a number that nobody has leads to no index of people."""


async def participant_lookup(ctx: Context, iin: str, reason: str) -> Row | None:
    """A participant by the whole IIN, with what is needed to answer a call; None when nobody is known by it.

    Written down either way, before anything is answered: without the note there is no answer.
    """
    require(ctx.viewer, LOOKUP)
    said = checked_reason(reason, "reason")
    number = parse_iin(iin, path=("iin",))
    await require_rate(ctx, RateRule.personal_data, ctx.viewer.key)
    person = await participants.by_iin(number)
    unknown: Details = None if person else {"found": False, "iin": blind(_BLIND, number).hex()}
    await _note(ctx, Access.lookup, person["_id"] if person else None, reason=said, details=unknown)
    if person is None:
        return None
    return await _person(person, Need.lookup) | {
        "measures": _counts("measure", await measures.count_by_status(person["_id"])),
        "orders": _counts("order", await orders.count_by_status(person["_id"])),
    }


async def participant_of(ctx: Context, kind: str, record: Id, reason: str) -> Row:
    """Whom a measure, an order or a task of the region is about; NotFound for any other record.

    Written down either way, before anything is answered.
    """
    require(ctx.viewer, PERSON)
    said = checked_reason(reason, "reason")
    if kind not in _NEEDS:
        raise invalid("INVALID_ID", "id")
    await require_rate(ctx, RateRule.personal_data, ctx.viewer.key)
    need, reader = _NEEDS[kind]
    found = await reader(record)
    seen = sees(ctx.viewer, READS[kind], found)
    about = {"about": kind, "record": str(record)} | ({} if seen else {"found": False})
    person = found["participant"] if found and seen else None
    await _note(ctx, Access.person, person, reason=said, details=about)
    row = require_visible(ctx.viewer, READS[kind], found, "id")
    known = require_known(await participants.get(row["participant"]))
    return await _person(known, _still(need, row))


async def recipients(ctx: Context, ordered: Sequence[Row]) -> list[Row | None]:
    """To whom each of these orders goes; a supplier's reading is written down, the person's own is not."""
    if ctx.viewer.role is not Role.participant:
        await in_transaction(lambda: _note_recipients(ctx, ordered))
    people = {row["_id"]: row for row in await participants.by_ids({one["participant"] for one in ordered})}
    await open_many(row["iin"] for row in people.values())
    found = [people.get(one["participant"]) for one in ordered]
    return [await _person(row, Need.delivery) if row else None for row in found]


async def accesses(participant: Row, first: int) -> list[Row]:
    """Who read the participant's data, the newest first: role, instant and purpose."""
    rows = await lookups.accesses(participant["_id"], [access.value for access in Access], first=first)
    return [{"role": row["role"], "at": row["at"], "purpose": Access(row["act"]).name} for row in rows]


def require_known(row: Row | None) -> Row:
    """The participant that a record names; LookupError when there is none."""
    if row is None:
        raise LookupError("a record names a participant who is not there")
    return row


def _still(need: Need, row: Mapping[str, object]) -> Need:
    """A task that is done needs no telephone any more."""
    return Need.measure if need is Need.notice and not row["open"] else need


async def _note_recipients(ctx: Context, ordered: Sequence[Row]) -> None:
    for one in ordered:
        await _note(ctx, Access.recipient, one["participant"], details={"record": str(one["_id"])})


async def _note(
    ctx: Context,
    access: Access,
    person: Id | None,
    *,
    reason: str | None = None,
    details: Details = None,
) -> None:
    subject = ("participant", person) if person else None
    await intend(
        access.value,
        by=ctx.viewer.actor,
        at=ctx.now,
        subject=subject,
        reason=reason,
        person=person,
        details=details,
    )


def _counts(of: str, found: Mapping[str, int]) -> list[Row]:
    return [{"of": of, "status": status, "count": count} for status, count in found.items()]


async def _person(row: Row, need: Need) -> Row:
    """What the need takes; what it hides is not even opened."""
    whole = {what: await _opened(row, what) for what in Personal if shown(need, what) is not Shown.hidden}
    fields: Row = {what.value: _value(need, what, whole.get(what)) for what in Personal}
    return fields | {"region": row["region"], "registered": row["registered_at"] is not None}


def _value(need: Need, what: Personal, value: str | None) -> Row:
    found = masked(need, what, value)
    return {"text": found.text, "shown": found.shown}


async def _opened(row: Row, what: Personal) -> str | None:
    if what is Personal.name:
        return await participants.full_name(row) or None
    if what is Personal.phone:
        return (await participants.phones(row)).preferred
    if what is Personal.address:
        address = await participants.revealed(row, "address") or {}
        return address.get("text")
    number: str | None = await participants.revealed(row, "iin")
    return number
