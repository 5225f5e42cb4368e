"""People: found by a blind index, told of by the gateway, represented for a time."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from documents import participants
from documents.base import collection, new_id
from documents.participants import Phones
from domain.participants import FieldSource
from domain.texts import Language

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
IIN = "860615300123"
BODY = "980140000911"


def source(at: datetime = NOW, record: str = "r1") -> FieldSource:
    """A record issued at an instant; it is received now."""
    return FieldSource(record=record, body=BODY, at=at, received_at=NOW)


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
    """R-A4: each field is under seal, knows its source, and opens again, also that there is nothing."""
    assert database is not None
    row = await participants.ensure(IIN, NOW)
    assert await participants.fill(row["_id"], RECORD, source()) == list(RECORD)
    found = await participants.get(row["_id"])
    assert found is not None
    assert (found["region"], found["has_bmg_phone"], found["document"]) == ("71", True, None)
    assert set(found["sources"]) == set(RECORD)
    assert found["sources"]["name"] == source().model_dump()
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
    await participants.fill(row["_id"], {"bmg_phone": None}, source())
    found = await participants.get(row["_id"])
    assert found is not None
    assert found["has_bmg_phone"] is False
    assert await participants.full_name(found) == ""
    assert await participants.fill(row["_id"], {}, source()) == []
    assert [one["_id"] for one in await participants.by_ids([row["_id"], new_id()])] == [row["_id"]]


async def test_an_older_record_that_comes_late(database: object) -> None:
    """R-A4: a late record overwrites nothing newer, field by field; of two at one instant the later one holds."""
    assert database is not None
    row = await participants.ensure(IIN, NOW)
    earlier, later = NOW - timedelta(days=1), NOW + timedelta(days=1)
    newest = {"name": {"surname": "Новая"}, "bmg_phone": None, "address": None}
    await participants.fill(row["_id"], newest, source(later, "r3"))
    old: dict[str, Any] = {"name": {"surname": "Старая"}, "bmg_phone": "+77011234567", "sex": "female"}
    home = {"address": {"region": "75", "text": "Алматы"}}
    assert await participants.fill(row["_id"], old | home, source(earlier, "r2")) == ["sex"]
    found = await participants.get(row["_id"])
    assert found is not None
    assert await participants.full_name(found) == "Новая"
    assert (found["has_bmg_phone"], found["region"], found["address"]) == (False, None, None)
    assert {field: one["record"] for field, one in found["sources"].items()} == {
        "name": "r3",
        "bmg_phone": "r3",
        "address": "r3",
        "sex": "r2",
    }
    await participants.fill(row["_id"], {"name": {"surname": "Третья"}}, source(later, "r4"))
    again = await participants.get(row["_id"])
    assert again is not None
    assert (await participants.full_name(again), again["sources"]["name"]["record"]) == ("Третья", "r4")


async def test_what_the_person_confirmed(database: object) -> None:
    """R-A5: a confirmed number stands beside that of БМГ, and no record of the gateway changes it."""
    assert database is not None
    row = await participants.ensure(IIN, NOW)
    await participants.fill(row["_id"], RECORD, source())
    await participants.confirm(row["_id"], "confirmed_phone", "+77770000000", NOW)
    newer = RECORD | {"bmg_phone": "+77019999999"}
    await participants.fill(row["_id"], newer, source(NOW + timedelta(days=1)))
    found = await participants.get(row["_id"])
    assert found is not None
    assert await participants.phones(found) == Phones("+77019999999", "+77770000000")
    own = found["sources"]["confirmed_phone"]
    assert (own["record"], own["body"], own["at"]) == ("participant", None, NOW)


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
