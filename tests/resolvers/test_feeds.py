"""Feeds: each viewer follows its own topic and no other."""

from typing import Any

import pytest

from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents.base import new_id
from domain.errors import AccessDenied, InvalidInput
from domain.identity import STAFF, Role
from resolvers import feeds
from tests.resolvers.stage import acting

SELF = new_id()


async def test_each_role_follows_its_own_topic() -> None:
    """R-E4: the topic follows from the viewer, never from the request."""
    followed = [
        feeds.participant_feed(acting(Viewer(Role.participant, SELF)), 3),
        feeds.supplier_feed(acting(Viewer(Role.supplier, SELF)), None),
        feeds.region_feed(acting(Viewer(Role.executive_body, SELF, region="71")), 2**53),
        feeds.administration_feed(acting(Viewer(Role.administrator, SELF)), 7),
    ]
    rows = [await anext(feed) for feed in followed]
    assert [row["topic"] for row in rows] == [
        f"participant:{SELF}",
        f"supplier:{SELF}",
        "region:71",
        "administration",
    ]
    assert [row["seq"] for row in rows] == [3, None, 2**53, 7]


FEEDS = (feeds.participant_feed, feeds.supplier_feed, feeds.region_feed)


@pytest.mark.parametrize("feed", FEEDS)
def test_nobody_follows_anothers(feed: Any) -> None:
    """R-E4: another role, or none, follows nothing; nor does a role without its subject or region."""
    strangers = [ANONYMOUS, SYSTEM, *(Viewer(role, SELF) for role in STAFF)]
    for viewer in (*strangers, Viewer(Role.participant), Viewer(Role.supplier)):
        with pytest.raises(AccessDenied):
            feed(acting(viewer), None)


@pytest.mark.parametrize("after", [-1, 2**53 + 1])
def test_positions_that_are_none(after: int) -> None:
    """R-E2: a position is a whole number that JSON can carry."""
    with pytest.raises(InvalidInput, match="BAD_POSITION"):
        feeds.supplier_feed(acting(Viewer(Role.supplier, SELF)), after)


def test_what_an_event_is_about() -> None:
    """R-E1: an event names the kind of record it is about."""
    assert feeds.record_kind({"kind": "order.changed"}) == "order"
    assert feeds.record_kind({"kind": "listing.changed"}) == "listing_draft"
