"""Who is behind a token, at the door of every operation and again while a subscription runs (A8, E4)."""

from datetime import datetime

from auth.tokens import Tokens
from auth.viewer import ANONYMOUS, Viewer
from documents import identity, participants
from documents.base import Row
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
    if viewer.session is None:
        return viewer
    row = await identity.live_session(viewer.session, now)
    if row is None or viewer not in [viewer_of(row, Capacity(**item)) for item in row["capacities"]]:
        raise AccessDenied("SESSION_ENDED")
    if viewer.representative is not None and not await _still_represents(viewer, now):
        raise AccessDenied("AUTHORITY_ENDED")
    if viewer.role in STAFF and not await _still_employed(viewer):
        raise AccessDenied("SESSION_ENDED")
    return viewer


async def _still_represents(viewer: Viewer, now: datetime) -> bool:
    wards = await participants.wards_of(viewer.representative, now) if viewer.representative else []
    return viewer.subject in {ward["_id"] for ward in wards}


async def _still_employed(viewer: Viewer) -> bool:
    """Listed still, in the same role and region."""
    row = await identity.staff_member(viewer.subject) if viewer.subject else None
    return row is not None and row["active"] and (row["role"], row["region"]) == (viewer.role, viewer.region)


def viewer_of(session: Row, capacity: Capacity) -> Viewer:
    """The viewer a session gives in one of its capacities."""
    return Viewer(capacity.role, capacity.subject, session["_id"], capacity.representative, capacity.region)
