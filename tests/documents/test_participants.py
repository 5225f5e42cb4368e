"""People: found by a blind index, told of by the gateway, represented for a time."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from documents import participants
from documents.base import collection, new_id
from documents.participants import FieldSource, Phones
from domain.texts import Language

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
IIN = "860615300123"
SOURCE = FieldSource(record="r1", at=NOW)
RECORD: dict[str, Any] = {
    "name": {"surname": "Әлиева", "given": "Айгүл", "patronymic": None},
    "birth_date": "1986-06-15",
    "sex": "female",
    "address": {"region": "71", "text": "Астана", "kind": "permanent"},
    "document": None,
    "bmg_phone": "+77011234567",
}


async def test_a_person_is_one_row(database: object) -> None:
    """R-C2: whoever speaks of a person first makes the row, everybody else finds it."""
    assert database is not None
    rows = await asyncio.gather(*(participants.ensure(IIN, NOW) for _ in range(5)))
    assert len({row["_id"] for row in rows}) == 1
    assert await collection("participants").count_documents({}) == 1
    assert await participants.by_iin("860615300999") is None


async def test_what_the_gateway_tells(database: object) -> None:
    """R-A4: each field is under seal, knows its source, and opens again; what is missing is skipped."""
    assert database is not None
    row = await participants.ensure(IIN, NOW)
    await participants.fill(row["_id"], RECORD, SOURCE, "71")
    found = await participants.get(row["_id"])
    assert found is not None
    assert (found["region"], found["has_bmg_phone"], found["document"]) == ("71", True, None)
    assert set(found["sources"]) == {"name", "birth_date", "sex", "address", "bmg_phone"}
    assert "Әлиева" not in str(found)
    assert await participants.revealed(found, "name") == RECORD["name"]
    assert await participants.revealed(found, "document") is None
    profile = await participants.profile(found)
    assert (profile.iin, profile.surname, profile.birth_date) == (IIN, "Әлиева", date(1986, 6, 15))
    assert await participants.phones(found) == Phones("+77011234567", None)


async def test_a_bare_row(database: object) -> None:
    """R-C2: somebody known by a number only has an empty profile."""
    assert database is not None
    row = await participants.ensure(IIN, NOW)
    profile = await participants.profile(row)
    assert (profile.surname, profile.given, profile.birth_date, profile.address) == ("", "", None, None)
    await participants.fill(row["_id"], {"bmg_phone": None}, SOURCE, None)
    found = await participants.get(row["_id"])
    assert found is not None
    assert found["has_bmg_phone"] is False


def test_where_notices_go() -> None:
    """R-A5: notices go to the confirmed number, else to that of БМГ."""
    assert Phones("+7701", "+7702").preferred == "+7702"
    assert Phones("+7701", None).preferred == "+7701"
    assert Phones(None, None).preferred is None


async def test_registering_once(database: object) -> None:
    """R-A3: a cabinet is opened once; the time of consent stays that of the first time."""
    assert database is not None
    row = await participants.ensure(IIN, NOW)
    assert await participants.register(row["_id"], NOW, Language.kk)
    assert not await participants.register(row["_id"], NOW + timedelta(days=1), Language.ru)
    found = await participants.get(row["_id"])
    assert found is not None
    assert (found["registered_at"], found["consent_at"], found["language"]) == (NOW, NOW, "kk")


async def test_an_authority_has_its_time(database: object) -> None:
    """R-A6: a ward is represented from the first day of the authority to its last, unless it is revoked."""
    assert database is not None
    guardian, ward = await participants.ensure(IIN, NOW), await participants.ensure("150611500123", NOW)
    end = NOW + timedelta(days=10)
    valid = (NOW, end)
    given: dict[str, Any] = {
        "authority": "guardian",
        "basis": "Постановление",
        "valid": valid,
        "source": "r1",
    }
    await participants.authorise(guardian["_id"], ward["_id"], **given)

    async def wards(at: datetime) -> list[Any]:
        return [row["_id"] for row in await participants.wards_of(guardian["_id"], at)]

    assert await wards(NOW - timedelta(seconds=1)) == await wards(end) == []
    assert await wards(NOW) == await wards(end - timedelta(seconds=1)) == [ward["_id"]]
    row = await collection("representations").find_one({})
    assert "Постановление" not in str(row)
    await collection("representations").update_one({}, {"$set": {"revoked_at": NOW}})
    assert await wards(NOW) == []
    assert await participants.get(new_id()) is None
