"""Who is behind a token: as long as the session and the authority last."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auth.token_keys import fresh_keys, key_set
from auth.tokens import Tokens
from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents import identity, participants, representations, staff
from documents.base import collection, new_id
from documents.identity import Capacity
from documents.representations import Stated
from domain.errors import AccessDenied
from domain.identity import Role
from domain.representatives import AuthorityKind, Term
from domain.staff import Employment
from resolvers.admission import admitted, still_admitted, viewer_of
from tests.resolvers.stage import SOURCE

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
TOKENS = Tokens(key_set(fresh_keys()), "test")


async def refused(viewer: Viewer) -> str:
    """Why a viewer is not admitted."""
    with pytest.raises(AccessDenied) as denied:
        await admitted(TOKENS, TOKENS.issue(viewer, NOW), NOW)
    return denied.value.code


async def session(*capacities: Capacity) -> Any:
    """A session with these capacities."""
    return await identity.open_session(b"holder", list(capacities), "r", NOW)


@pytest.mark.usefixtures("database")
async def test_a_live_session_admits_its_capacities_only() -> None:
    """R-A8: a token is admitted while its session lives and has exactly this capacity."""
    own = Capacity(role=Role.supplier, subject=new_id())
    row = await session(own)
    viewer = viewer_of(row, own)
    assert await admitted(TOKENS, TOKENS.issue(viewer, NOW), NOW) == viewer
    stranger = Viewer(Role.supplier, new_id(), row["_id"])
    assert await refused(stranger) == "SESSION_ENDED"
    await identity.revoke(row["_id"], NOW)
    assert await refused(viewer) == "SESSION_ENDED"


async def test_nobody_and_the_portal_itself() -> None:
    """R-A8: without a token everybody is a visitor; the portal itself has no session."""
    assert await admitted(TOKENS, None, NOW) is ANONYMOUS
    assert await still_admitted(SYSTEM, NOW) is SYSTEM


@pytest.mark.usefixtures("database")
async def test_a_representative_without_authority() -> None:
    """R-A6: a representative is admitted while the authority lasts, not before and not after."""
    guardian, ward = new_id(), await participants.ensure("150611500123", NOW)
    own = Capacity(role=Role.participant, subject=ward["_id"], representative=guardian)
    viewer = viewer_of(await session(own), own)
    assert await refused(viewer) == "AUTHORITY_ENDED"
    term = Term(NOW - timedelta(days=1), None, None)
    await representations.authorise(Stated(guardian, ward["_id"], AuthorityKind.guardian, "x", term), SOURCE)
    assert await admitted(TOKENS, TOKENS.issue(viewer, NOW), NOW) == viewer
    await collection("representations").update_one({}, {"$set": {"revoked_at": NOW}})
    assert await refused(viewer) == "AUTHORITY_ENDED"


@pytest.mark.usefixtures("database")
async def test_a_dismissed_employee() -> None:
    """R-E4: an employee is admitted while employed in the same role and region, and no operation longer."""
    member = await staff.enlist(b"index", [Employment(Role.executive_body, "71")], "Ибраева", NOW)
    own = Capacity(role=Role.executive_body, subject=member["_id"], region="71")
    viewer = viewer_of(await session(own), own)
    assert await admitted(TOKENS, TOKENS.issue(viewer, NOW), NOW) == viewer
    await staff.enlist(b"index", [Employment(Role.executive_body, "75")], "Ибраева", NOW)
    assert await refused(viewer) == "SESSION_ENDED"
    await staff.enlist(b"index", [Employment(Role.executive_body, "71")], "Ибраева", NOW)
    assert await admitted(TOKENS, TOKENS.issue(viewer, NOW), NOW) == viewer
    await staff.deactivate(member["_id"])
    assert await refused(viewer) == "SESSION_ENDED"
