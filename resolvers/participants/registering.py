"""Opening a cabinet: from what the gateway certified, with the consent that was signed (requirement A3)."""

from documents import participants
from documents.audit import intend
from documents.base import Row
from documents.consents import SignedChallenge
from documents.events import emit
from domain.audit import Actor
from domain.feeds import participant_topic
from domain.texts import Language
from resolvers import consents
from resolvers.context import Context

ACT = "Participant.register"
NEEDED = ("name", "birth_date", "sex", "document")
"""What a cabinet can't be opened without; an address and a telephone come where there are any (p. 6)."""


def lacking(row: Row | None) -> list[str]:
    """The fields that the gateway still has to send; all of them for somebody unknown."""
    return [field for field in NEEDED if row is None or row.get(field) is None]


async def register(ctx: Context, row: Row, by: Actor, signed: SignedChallenge | None) -> None:
    """Open the cabinet inside the transaction under way; nothing happens when it is open already.

    `by` is the person, or the representative who consents on behalf of a ward. Without `signed` nothing was
    signed: only demonstration data are registered so.
    """
    person, language = row["_id"], ctx.language
    if signed is not None:
        language = consents.said(signed.content).language
    if not await participants.register(person, ctx.now, Language(language)):
        return
    subject = ("participant", person)
    details = await consents.keep(subject, signed, ctx.now) if signed else {"consent": "demonstration"}
    await intend(ACT, by=by, at=ctx.now, subject=subject, details=details)
    await emit(
        kind="participant.registered",
        subject=person,
        topics=[participant_topic(person)],
        at=ctx.now,
        data={"onBehalf": 1 if by.on_behalf_of else 0},
        actor=by.role,
    )
