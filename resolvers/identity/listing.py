"""A person's own sessions: seen, and ended one by one or all but this one (A8)."""

from documents import identity
from documents.audit import intend
from documents.base import Id, Row
from documents.identity import Origin
from domain.errors import Erased, NotFound
from domain.sessions import serial_tail, shortened_address
from resolvers.acts import once
from resolvers.context import Context


async def own_sessions(ctx: Context) -> list[Row]:
    """The viewer's live sessions, the newest first; none for visitors and systems, who have no session."""
    own = await _own(ctx)
    if own is None:
        return []
    return [await _shown(ctx, row) for row in await identity.sessions_of(await _holders(own), ctx.now)]


async def revoke(ctx: Context, key: str, session: Id) -> Row:
    """End one of the viewer's sessions, this one too; NotFound for another's. The viewer's own comes back."""

    async def work() -> Row:
        own = await _required(ctx)
        if not await identity.revoke_own(await _holders(own), session, ctx.now):
            raise NotFound(("input", "sessionId"))
        await intend("Session.revoke", by=ctx.viewer.actor, at=ctx.now, subject=("session", session))
        return own

    return await once(ctx, "sessionRevoke", key, {"session": str(session)}, work)


async def revoke_others(ctx: Context, key: str) -> Row:
    """End all of the viewer's sessions but this one, which comes back."""

    async def work() -> Row:
        own = await _required(ctx)
        ended = await identity.revoke_others(await _holders(own), own["_id"], ctx.now)
        details = {"ended": ended}
        subject = ("session", own["_id"])
        await intend(
            "Session.revokeOthers", by=ctx.viewer.actor, at=ctx.now, subject=subject, details=details
        )
        return own

    return await once(ctx, "sessionRevokeOthers", key, {}, work)


async def _own(ctx: Context) -> Row | None:
    """The session behind the viewer."""
    return await identity.current_session(ctx.viewer.session) if ctx.viewer.session else None


async def _required(ctx: Context) -> Row:
    own = await _own(ctx)
    if own is None:
        raise NotFound(())
    return own


async def _shown(ctx: Context, row: Row) -> Row:
    """A session as its owner sees it: no address in full, no number of a certificate in full."""
    current = row["capacities"][row["current"]]
    return row | {
        "role": current["role"],
        "on_behalf": current["representative"] is not None,
        "region": current["region"],
        "certificate": await _certificate(row),
        "network": shortened_address(row["address"]),
        "device": row["device"] or None,
        "this_one": row["_id"] == ctx.viewer.session,
    }


async def _certificate(row: Row) -> str | None:
    """The end of the serial number; employees sign in without a certificate."""
    origin = await _origin(row)
    return serial_tail(origin.serial) if origin else None


async def _holders(own: Row) -> list[bytes]:
    return identity.holders(own, await _origin(own))


async def _origin(row: Row) -> Origin | None:
    """What a session was opened with; nothing once its person was erased."""
    try:
        return await identity.origin_of(row)
    except Erased:
        return None
