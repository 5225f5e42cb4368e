"""Feeds: each viewer follows its own topic and no other."""

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents.base import new_id
from domain.errors import AccessDenied, InvalidInput, NotFound
from domain.identity import Role
from resolvers import feeds
from tests.resolvers.stage import acting

SELF = new_id()


async def test_each_role_follows_its_own_topic() -> None:
    """R-E4: the topic follows from the viewer, never from the request."""
    followed = [
        feeds.participant_feed(acting(Viewer(Role.participant, SELF)), 3),
        feeds.supplier_feed(acting(Viewer(Role.supplier, SELF)), None),
        feeds.region_feed(acting(Viewer(Role.executive_body, SELF, region="71")), 2**53),
    ]
    rows = [await anext(feed) for feed in followed]
    assert [row["topic"] for row in rows] == [f"participant:{SELF}", f"supplier:{SELF}", "region:71"]
    assert [row["seq"] for row in rows] == [3, None, 2**53]


def test_nobody_follows_anothers() -> None:
    """R-E4: another role, or none, follows nothing."""
    for viewer in (ANONYMOUS, Viewer(Role.administrator, SELF), Viewer(Role.participant)):
        with pytest.raises(NotFound):
            feeds.participant_feed(acting(viewer), None)
        with pytest.raises(NotFound):
            feeds.supplier_feed(acting(viewer), None)
        with pytest.raises(AccessDenied):
            feeds.region_feed(acting(viewer), None)
    with pytest.raises(AccessDenied):
        feeds.region_feed(acting(Viewer(Role.executive_body, SELF)), None)


@pytest.mark.parametrize("after", [-1, 2**53 + 1])
def test_positions_that_are_none(after: int) -> None:
    """R-E2: a position is a whole number that JSON can carry."""
    with pytest.raises(InvalidInput, match="BAD_POSITION"):
        feeds.supplier_feed(acting(Viewer(Role.supplier, SELF)), after)


def test_what_an_event_is_about() -> None:
    """R-E1: an event names the kind of record it is about."""
    assert feeds.record_kind({"kind": "order.changed"}) == "order"
    assert feeds.record_kind({"kind": "listing.changed"}) == "listing_draft"
