"""Authorities: dated, found from either side, ended for good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documents import participants, representations
from documents.base import collection, new_id
from documents.nodes import load
from documents.representations import Stated
from domain.participants import FieldSource
from domain.representatives import AuthorityKind, AuthorityState, Term

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
END = NOW + timedelta(days=10)
IIN, WARD = "860615300123", "150611500123"
pytestmark = pytest.mark.usefixtures("database")


def source(at: datetime = NOW) -> FieldSource:
    """A record issued at an instant."""
    return FieldSource(record="r1", body="980140000911", at=at, received_at=NOW)


async def stated(until: datetime | None = END, revoked: datetime | None = None) -> Stated:
    """An authority from now on."""
    guardian, ward = await participants.ensure(IIN, NOW), await participants.ensure(WARD, NOW)
    term = Term(NOW, until, revoked)
    return Stated(guardian["_id"], ward["_id"], AuthorityKind.guardian, "Постановление", term)


async def wards(given: Stated, at: datetime) -> list[Any]:
    """Whom the representative may act for at an instant; both ways of asking agree."""
    found = [row["_id"] for row in await representations.wards_of(given.representative, at)]
    active = await representations.active(given.representative, given.ward, at)
    assert (active is not None) == (found == [given.ward])
    return found


async def test_an_authority_has_its_time() -> None:
    """R-A6: a ward is represented from the first instant of the authority until its end, which is outside."""
    given = await stated()
    row = await representations.authorise(given, source())
    assert row is not None
    assert await wards(given, NOW - timedelta(seconds=1)) == await wards(given, END) == []
    assert await wards(given, NOW) == await wards(given, END - timedelta(seconds=1)) == [given.ward]
    assert "Постановление" not in str(await collection("representations").find_one({}))
    found = await load("representation", row)
    assert found is not None
    assert await representations.basis(found) == "Постановление"
    assert representations.state_of(found, NOW) is AuthorityState.active
    assert await representations.get(new_id()) is None
    assert await representations.active(given.representative, None, NOW) is None


async def test_both_sides_find_it_with_the_wards_region() -> None:
    """R-A6: either side finds every authority, whether it counts or not, with the region that answers for it."""
    given = await stated(until=NOW + timedelta(seconds=1))
    await representations.authorise(given, source())
    home = {"address": {"region": "71", "text": "Астана"}}
    await participants.fill(given.ward, home, source())
    (one,) = await representations.of_ward(given.ward)
    (other,) = await representations.of_representative(given.representative)
    assert one == other
    assert (one["kind"], one["region"]) == ("representation", "71")


async def test_the_newest_record_moves_the_end() -> None:
    """R-A4: a newer record about the same authority moves its end, an older one does nothing."""
    given, later = await stated(), NOW + timedelta(days=1)
    row = await representations.authorise(given, source())
    longer = replace(given, term=replace(given.term, valid_to=None))
    assert await representations.authorise(longer, source(later)) == row
    assert await representations.authorise(given, source()) is None
    assert await wards(given, END) == [given.ward]
    assert await collection("representations").count_documents({}) == 1


async def test_revoked_is_revoked() -> None:
    """R-A6: what was revoked stays so, whatever comes later; a second revocation finds nothing to end."""
    given = await stated()
    row = await representations.authorise(given, source())
    assert row is not None
    changed = await representations.revoke(row, NOW, "executive_body", "Лишена полномочий")
    assert changed is not None
    assert (changed["revoked_at"], changed["revoked_by"]) == (NOW, "executive_body")
    assert "Лишена" not in str(changed)
    assert await representations.revoke(row, NOW + timedelta(hours=1), "administrator", "Ещё раз") is None
    assert await representations.revoke(new_id(), NOW, "administrator", "Никого") is None
    await representations.authorise(given, source(NOW + timedelta(days=2)))
    gateway = replace(given, term=replace(given.term, revoked_at=END))
    await representations.authorise(gateway, source(NOW + timedelta(days=3)))
    found = await representations.get(row)
    assert found is not None
    assert (found["revoked_at"], found["revoked_by"]) == (NOW, "executive_body")
    assert await wards(given, NOW) == []


async def test_a_revocation_may_come_first() -> None:
    """R-A6: a record that tells of the authority and its end at once never lets anybody act."""
    given = await stated(revoked=NOW)
    await representations.authorise(given, source())
    assert await wards(given, NOW) == []
