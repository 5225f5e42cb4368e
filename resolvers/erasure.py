"""Erasing a person on request, once nothing of theirs is under way (requirement J1)."""

from collections.abc import Sequence

from auth.policy import require
from documents import erasure, participants
from documents.audit import intend
from documents.base import Id, Row
from documents.encryption import vault
from documents.events import emit
from domain.errors import NotFound, Refused
from domain.feeds import ADMINISTRATION
from domain.identifiers import parse_iin
from domain.reasons import checked_reason
from resolvers.acts import once
from resolvers.context import Context

ERASE = "Mutation.participantErase"
_PATH = ("input", "iin")


async def erase(ctx: Context, iin: str, reason: str, key: str) -> Row:
    """Erase the participant with an IIN for good; the erasure comes back as a record.

    NotFound for somebody unknown; Refused ERASURE_ORDERS_OPEN or ERASURE_MEASURES_OPEN, which name the
    records in `records`, or ERASURE_MESSAGES_PENDING.
    """
    require(ctx.viewer, ERASE)
    said, number = checked_reason(reason, "input", "reason"), parse_iin(iin, path=_PATH)

    async def work() -> Row:
        person = await participants.by_iin(number)
        if person is None:
            raise NotFound(_PATH)
        await _require_finished(person["_id"])
        done = await erasure.erase(person["_id"], number, ctx.now)
        await _written_down(ctx, done, said)
        return done

    done = await once(ctx, "participantErase", key, {"iin": number, "reason": said}, work)
    vault().forget()
    return done


async def _require_finished(person: Id) -> None:
    found = await erasure.obstacles(person)
    if found.orders:
        raise _open("ERASURE_ORDERS_OPEN", found.orders)
    if found.measures:
        raise _open("ERASURE_MEASURES_OPEN", found.measures)
    if found.messages:
        raise Refused("ERASURE_MESSAGES_PENDING", _PATH, count=found.messages)


def _open(code: str, records: Sequence[Id]) -> Refused:
    return Refused(code, _PATH, count=len(records), records=", ".join(map(str, records)))


async def _written_down(ctx: Context, done: Row, reason: str) -> None:
    subject = ("participant", done["participant"])
    await intend("Participant.erase", by=ctx.viewer.actor, at=ctx.now, subject=subject, reason=reason)
    await emit(
        kind="participant.erased",
        subject=done["participant"],
        topics=[ADMINISTRATION],
        at=ctx.now,
        data={},
        actor=ctx.viewer.key,
    )
