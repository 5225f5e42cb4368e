"""Who is behind a token, at the door of every operation and again while a subscription runs (A8, E4)."""

from asyncio import gather
from collections.abc import Collection, Mapping
from datetime import datetime

from auth.tokens import Tokens
from auth.viewer import ANONYMOUS, Viewer
from documents import identity, representations, staff, systems
from documents.base import Id, Row
from documents.identity import Capacity
from domain.errors import AccessDenied
from domain.identity import STAFF


async def admitted(tokens: Tokens, token: str | None, now: datetime) -> Viewer:
    """The viewer of an access token; anonymous without one.

    AccessDenied `TOKEN_INVALID`, `TOKEN_EXPIRED`, `SESSION_ENDED`, or `AUTHORITY_ENDED` when a
    representative's authority has ended meanwhile.
    """
    if token is None:
        return ANONYMOUS
    return await still_admitted(tokens.read(token, now), now)


async def still_admitted(viewer: Viewer, now: datetime) -> Viewer:
    """The viewer, if its session is live and still has this capacity."""
    for code in (await refusals([viewer], now)).values():
        raise AccessDenied(code)
    return viewer


async def refusals(viewers: Collection[Viewer], now: datetime) -> dict[Viewer, str]:
    """Why viewers who were admitted are so no longer; all sessions are asked for in one query."""
    asked = [viewer for viewer in viewers if viewer.session is not None]
    live = (
        await identity.live_sessions([viewer.session for viewer in asked if viewer.session], now)
        if asked
        else {}
    )
    systems_asked = [viewer for viewer in viewers if viewer.client is not None]
    codes = await gather(
        *(_refusal(viewer, live, now) for viewer in asked), *map(_system_refusal, systems_asked)
    )
    return {viewer: code for viewer, code in zip([*asked, *systems_asked], codes, strict=True) if code}


async def _system_refusal(viewer: Viewer) -> str | None:
    """A system's token has no session: the registration is asked instead."""
    row = await systems.system_client(viewer.client) if viewer.client else None
    return None if systems.entitled(row, viewer.scopes) else "SYSTEM_DISABLED"


async def _refusal(viewer: Viewer, live: Mapping[Id, Row], now: datetime) -> str | None:
    row = live.get(viewer.session) if viewer.session else None
    if row is None or viewer not in [viewer_of(row, Capacity(**item)) for item in row["capacities"]]:
        return "SESSION_ENDED"
    if viewer.representative and not await representations.active(viewer.representative, viewer.subject, now):
        return "AUTHORITY_ENDED"
    if viewer.role in STAFF and not await _still_employed(viewer):
        return "SESSION_ENDED"
    return None


async def _still_employed(viewer: Viewer) -> bool:
    """Given this role for this region by the last sign-in, and not deactivated since."""
    row = await staff.staff_member(viewer.subject) if viewer.subject else None
    return staff.employed(row, viewer.role, viewer.region)


def viewer_of(session: Row, capacity: Capacity) -> Viewer:
    """The viewer a session gives in one of its capacities."""
    return Viewer(capacity.role, capacity.subject, session["_id"], capacity.representative, capacity.region)
