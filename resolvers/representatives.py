"""Legal representatives: who may act for whom, what they may do, and how an authority ends (A6)."""

from collections.abc import Sequence

from auth.policy import allows, require, require_visible
from documents import participants, representations, suppliers
from documents.audit import intend
from documents.base import Id, Row, in_transaction
from documents.events import emit
from documents.reference import reference_value
from domain.errors import AccessDenied, NotFound, Refused
from domain.evidence import ERASED_TEXT
from domain.feeds import participant_topic
from domain.identifiers import parse_iin
from domain.identity import Role
from domain.reasons import checked_reason
from domain.texts import Language
from domain.time import ASTANA
from resolvers.acts import once
from resolvers.context import Context

READ, HELD = "Representation.read", "Representation.held"
"""For the ward and whoever acts for it; for the representative, acting for themselves."""
NOTED = "Query.representations.read"
"""How the audit names what `found` answers."""
REVOKE = "Mutation.representationRevoke"


async def require_right(ctx: Context, right: str) -> None:
    """Nothing for a person who acts for themselves; a representative needs an authority that gives the right.

    Reference data `authority_right` say which kind of authority gives what; what they don't give is refused:
    AccessDenied AUTHORITY_LACKS_<right>, or AUTHORITY_ENDED.
    """
    acting, ward = ctx.viewer.representative, ctx.viewer.subject
    if acting is None or ward is None:
        return
    authority = await representations.active(acting, ward, ctx.now)
    if authority is None:
        raise AccessDenied("AUTHORITY_ENDED")
    day = ctx.now.astimezone(ASTANA).date()
    rule = await reference_value("authority_right", f"{authority['authority']}.{right}", day)
    if rule is None or rule["value"] is not True:
        raise AccessDenied(f"AUTHORITY_LACKS_{right.upper()}")


async def wards(ctx: Context) -> list[Row]:
    """The authorities of the person who asks, in whatever state; none while acting for somebody else."""
    if ctx.viewer.role is not Role.participant or ctx.viewer.subject is None or ctx.viewer.representative:
        return []
    return await representations.of_representative(ctx.viewer.subject)


async def representatives_of(ctx: Context, ward: Row) -> list[Row]:
    """Who may act, might act or acted for a person, for that person and whoever acts for it."""
    require(ctx.viewer, "Participant.read", ward)
    return await representations.of_ward(ward["_id"])


async def found(ctx: Context, iin: str, reason: str) -> list[Row]:
    """The authorities over a ward, for staff who have to end one; the reading is noted before the answer.

    An executive body finds those of its region; for any other ward, known or not, there are none.
    """
    require(ctx.viewer, "Query.representations")
    number, why = parse_iin(iin, path=("iin",)), checked_reason(reason, "reason")
    ward = await participants.by_iin(number)
    rows = await representations.of_ward(ward["_id"]) if ward else []
    shown = [row for row in rows if allows(ctx.viewer, REVOKE, row)]
    person = ward["_id"] if ward and shown else None

    async def noted() -> None:
        subject = ("participant", person) if person else None
        details = {"found": len(shown)}
        await intend(
            NOTED,
            by=ctx.viewer.actor,
            at=ctx.now,
            subject=subject,
            reason=why,
            person=person,
            details=details,
        )

    await in_transaction(noted)
    return shown


async def revoke(ctx: Context, representation: Id, reason: str, key: str) -> Row:
    """End an authority now: its sessions and subscriptions are refused from the next look on.

    NotFound for one of another region, Refused REPRESENTATION_OVER when it counts no more anyway.
    """
    require(ctx.viewer, REVOKE)
    row = require_visible(ctx.viewer, REVOKE, await representations.get(representation), "input", "id")
    why, ward = checked_reason(reason, "input", "reason"), row["ward"]

    async def work() -> Row:
        changed = await representations.revoke(representation, ctx.now, str(ctx.viewer.role), why)
        if changed is None:
            raise Refused("REPRESENTATION_OVER", ("input", "id"))
        await _tell(ctx, changed)
        await intend(
            "Representation.revoke",
            by=ctx.viewer.actor,
            at=ctx.now,
            subject=("representation", representation),
            reason=why,
            person=ward,
        )
        return changed

    request = {"representation": str(representation), "reason": why}
    return await once(ctx, "representationRevoke", key, request, work)


async def _tell(ctx: Context, row: Row) -> None:
    await emit(
        kind="representation.changed",
        subject=row["_id"],
        topics=[participant_topic(row[side]) for side in ("ward", "representative")],
        at=ctx.now,
        data={},
        actor=str(ctx.viewer.role),
    )


async def name_of(ctx: Context, row: Row, side: str) -> str:
    """The full name of the ward or the representative, for the two of them."""
    _require_party(ctx, row)
    return await _named(row[side])


async def name_for_staff(ctx: Context, row: Row, side: str) -> str:
    """The same for staff who were answered by `found`, which noted the reading."""
    require(ctx.viewer, REVOKE, row)
    return await _named(row[side])


async def basis(ctx: Context, row: Row) -> str:
    """On what the authority rests, for the two people it is about."""
    _require_party(ctx, row)
    return await representations.basis(row)


def _require_party(ctx: Context, row: Row) -> None:
    if not allows(ctx.viewer, HELD, row) or ctx.viewer.representative is not None:
        require(ctx.viewer, READ, row)


async def _named(person: Id) -> str:
    row = await participants.get(person)
    if row is None:  # pragma: no cover - participants are never deleted
        raise NotFound
    # Erasure takes authorities along; whoever had one in hand just then finds no name any more.
    return await participants.full_name(row) or ERASED_TEXT[Language.ru]


async def titles(capacities: Sequence[Row]) -> list[dict[str, str] | None]:
    """Whom each capacity acts as, by language: a person's name, a supplier's; None for staff.

    For the session that was just opened for the person behind all of them.
    """
    return [await _title(Role(one["role"]), one["subject"]) for one in capacities]


async def _title(role: Role, subject: Id) -> dict[str, str] | None:
    if role is Role.supplier:
        row = await suppliers.get(subject)
        return (await suppliers.names_of([row]))[0] if row else None
    if role is Role.participant:
        name = await _named(subject)
        return {"kk": name, "ru": name}
    return None
