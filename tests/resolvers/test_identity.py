"""Signing in, as far as the database alone decides it."""

import pytest

from auth.viewer import ANONYMOUS
from documents import identity
from documents.base import new_id
from documents.identity import Capacity
from domain.errors import AccessDenied, InvalidInput
from domain.identity import Role
from resolvers import identity as acts
from tests.resolvers.stage import BIN, NOW, acting

pytestmark = pytest.mark.usefixtures("database")


async def session() -> tuple[Capacity, str]:
    """A session of one capacity and its refresh token."""
    capacity = Capacity(role=Role.supplier, subject=new_id())
    row = await identity.open_session(b"holder", [capacity], "secret", NOW)
    return capacity, f"{row['_id']}.secret"


@pytest.mark.parametrize(
    ("number", "code"), [("160340012340", "INVALID_BIN"), ("860615300000", "INVALID_IIN")]
)
async def test_numbers_are_read_as_what_they_look_like(number: str, code: str) -> None:
    """R-A1: a number whose fifth digit is that of a BIN is checked as one, any other as an IIN."""
    with pytest.raises(InvalidInput, match=code):
        await acts.begin(acting(), number, consent=False)
    assert BIN[4] == "4"


async def test_an_unknown_capacity_spends_nothing() -> None:
    """R-A1: a capacity that the session lacks is refused, and the refresh token is still good."""
    _, token = await session()
    with pytest.raises(InvalidInput, match="CAPACITY_UNKNOWN"):
        await acts.act_as(acting(), 1, token)
    assert (await acts.refresh(acting(), token)).session


async def test_the_same_capacity_again() -> None:
    """R-A1: choosing rotates the refresh token and carries the capacity chosen."""
    capacity, token = await session()
    done = await acts.act_as(acting(), 0, token)
    assert done.viewer.subject == capacity.subject
    with pytest.raises(AccessDenied, match="REFRESH_INVALID"):
        await acts.refresh(acting(), token)
    assert await identity.live_session(done.session["_id"], NOW) is None


async def test_a_visitor_has_nothing_to_end() -> None:
    """R-A8: signing out without a session changes nothing."""
    await acts.sign_out(acting(ANONYMOUS))
