"""The table of staff."""

from documents import participants, staff
from documents.base import collection
from documents.nodes import load
from domain.identity import Role


async def test_the_table_of_staff(database: object) -> None:
    """R-A8: an employee is listed once, found by person and organisation together, the name under seal."""
    assert database is not None
    index = participants.iin_index("860615300123")
    for _ in range(2):
        await staff.list_staff(index, "100", Role.executive_body, "71", "Ибраева Сәуле")
    (row,) = await staff.staff_of(index, "100")
    assert await staff.staff_of(index, "200") == await staff.staff_of(b"other", "100") == []
    assert await staff.staff_of(index, None) == []
    found = await load("staff", row["_id"])
    assert found is not None
    assert (found["kind"], found["region"]) == ("staff", "71")
    assert "Ибраева" not in str(row)
    await collection("staff").update_one({}, {"$set": {"active": False}})
    assert await staff.staff_of(index, "100") == []
