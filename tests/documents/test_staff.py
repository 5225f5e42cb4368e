"""Employees, and sign-ins of theirs that are under way."""

import asyncio
from datetime import UTC, datetime, timedelta

from documents import staff
from documents.base import collection, new_id
from documents.nodes import load
from domain.identity import Role
from domain.staff import Employment

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
ASTANA = Employment(Role.executive_body, "71")
OPERATOR = Employment(Role.contact_centre)


async def test_an_employee_is_known_by_issuer_and_subject(database: object) -> None:
    """R-A8: one row a provider and `sub`; roles and name are those of the last sign-in."""
    assert database is not None
    index = staff.staff_index("https://one.example", "860615300123")
    first = await staff.enlist(index, [ASTANA], "Ибраева Сәуле", NOW)
    later = await staff.enlist(index, [ASTANA, OPERATOR], "Ибраева С.", NOW + timedelta(days=1))
    assert (later["_id"], later["first_seen_at"]) == (first["_id"], NOW)
    assert staff.employed(later, Role.contact_centre, None)
    assert not staff.employed(later, Role.executive_body, "75")
    assert not staff.employed(None, Role.contact_centre, None)
    assert staff.staff_index("https://other.example", "860615300123") != index
    found = await load("staff", first["_id"])
    assert found is not None
    assert found["kind"] == "staff"


async def test_a_staff_row_names_nobody(database: object) -> None:
    """R-J1: neither the name nor the `sub`, which may be an IIN, stands in the row."""
    assert database is not None
    await staff.enlist(staff.staff_index("https://one.example", "860615300123"), [ASTANA], "Ибраева", NOW)
    (row,) = await collection("staff").find({}).to_list()
    assert "Ибраева" not in str(row)
    assert "860615300123" not in str(row)
    assert "Ибраева".encode() not in row["name"]


async def test_who_was_deactivated_stays_so(database: object) -> None:
    """R-A8: a further word of the provider gives a deactivated employee nothing."""
    assert database is not None
    row = await staff.enlist(b"index", [ASTANA], "Ибраева", NOW)
    ended = await staff.deactivate(row["_id"])
    assert ended is not None
    again = await staff.enlist(b"index", [ASTANA], "Ибраева", NOW)
    assert not again["active"]
    assert not staff.employed(again, Role.executive_body, "71")
    assert await staff.deactivate(new_id()) is None


async def test_roles_are_taken_away(database: object) -> None:
    """R-A8: an employee without a role any more keeps the row, and nothing else."""
    assert database is not None
    await staff.enlist(b"index", [ASTANA], "Ибраева", NOW)
    released = await staff.released(b"index")
    assert released is not None
    assert released["employments"] == []
    assert await staff.released(b"stranger") is None


async def test_what_is_remembered_is_taken_once(database: object) -> None:
    """R-A8: a state is sealed, taken once among twenty who try, by who shows all of it, and not after its end."""
    assert database is not None
    await staff.remember(["state", "s", "browser"], {"nonce": "very secret"}, NOW + timedelta(minutes=1))
    (row,) = await collection("staff_sign_ins").find({}).to_list()
    assert "very secret" not in str(row)
    assert await staff.take(["state", "s", "another"], NOW) is None
    taken = await asyncio.gather(*(staff.take(["state", "s", "browser"], NOW) for _ in range(20)))
    assert [one for one in taken if one is not None] == [{"nonce": "very secret"}]
    await staff.remember(["code", "c"], {}, NOW)
    assert await staff.take(["code", "c"], NOW) is None
