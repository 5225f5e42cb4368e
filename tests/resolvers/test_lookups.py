"""Reading who a person is: by need, with a reason, written down before anything is answered."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import WriteError

from auth.viewer import ANONYMOUS, SYSTEM, Viewer
from documents import participants
from documents.base import Id, Row, collection, new_id
from documents.encryption import blind, reveal
from domain.audit import CHAIN
from domain.errors import AccessDenied, InvalidInput, NotFound
from domain.identifiers import synthetic_iin
from domain.identity import Role
from domain.lookups import Access
from domain.masking import Shown
from domain.participants import FieldSource
from domain.rate_limits import Limits, Rate, RateLimited, RateRule
from resolvers import lookups
from tests.resolvers.stage import NOW, acting

IIN = synthetic_iin(date(1980, 5, 17), male=True, serial=7)
NOBODY = synthetic_iin(date(1980, 5, 17), male=True, serial=8)
REASON = "обращение № 15"
PHONE = "+77011234577"
OPERATOR = acting(Viewer(Role.contact_centre, new_id(), new_id()))
BODY = acting(Viewer(Role.executive_body, new_id(), new_id(), region="71"))
OTHERS = [ANONYMOUS, SYSTEM, *(Viewer(role, new_id(), region="71") for role in Role)]


async def person(**fields: Any) -> Row:
    """Somebody the portal knows."""
    row = await participants.ensure(IIN, NOW)
    known = {
        "name": {"surname": "Ахметов", "given": "Серик"},
        "bmg_phone": PHONE,
        "address": {"region": "71", "text": "Астана, 1", "kind": "permanent"},
    }
    source = FieldSource(record="r1", body=None, at=NOW, received_at=NOW)
    await participants.fill(row["_id"], known | fields, source)
    return await participants.get(row["_id"]) or {}


async def about(kind: str, row: Row, **more: Any) -> Id:
    """A record about the person, as far as it is looked at."""
    name = {"measure": "measures", "order": "orders", "notice_task": "notice_tasks"}[kind]
    stored = {
        "_id": new_id(),
        "participant": row["_id"],
        "region": "71",
        "status": "placed",
        "esobes_index": new_id().binary,
    }
    await collection(name).insert_one(stored | more)
    return Id(stored["_id"])


async def noted() -> list[Row]:
    """What was written down."""
    return await collection("audit_intents").find({}, sort=[("_id", 1)]).to_list()


async def test_nobody_reads_one_person_after_another(database: object) -> None:
    """R-J3: a member of staff asks who somebody is so often and no more; what is refused reads nothing."""
    few = replace(OPERATOR.services, limits=Limits({RateRule.personal_data: Rate(2, timedelta(hours=1))}))
    hasty = replace(OPERATOR, services=few)
    for _ in range(2):
        await lookups.participant_lookup(hasty, NOBODY, REASON)
    with pytest.raises(RateLimited):
        await lookups.participant_lookup(hasty, NOBODY, REASON)
    assert len(await noted()) == 2


def seen(found: Row) -> dict[str, str | None]:
    """The values that are shown."""
    return {name: found[name]["text"] for name in ("name", "iin", "phone", "address")}


async def test_the_contact_centre_finds_by_the_whole_number(database: object) -> None:
    """R-J3: a look-up by IIN answers with the name, ends of numbers, and how many measures and orders stand where."""
    row = await person()
    await about("measure", row, status="choice_open")
    await about("order", row)
    found = await lookups.participant_lookup(OPERATOR, IIN, f" {REASON} ") or {}
    assert seen(found) == {
        "name": "Ахметов Серик",
        "iin": f"{'•' * 8}{IIN[-4:]}",
        "phone": "+7••••••••77",
        "address": None,
    }
    assert (found["phone"]["shown"], found["address"]["shown"]) == (Shown.masked, Shown.hidden)
    assert (found["region"], found["registered"]) == ("71", False)
    assert found["measures"] == [{"of": "measure", "status": "choice_open", "count": 1}]
    assert found["orders"] == [{"of": "order", "status": "placed", "count": 1}]
    (intent,) = await noted()
    assert (intent["act"], intent["role"], intent["subject"]) == (Access.lookup, "contact_centre", row["_id"])
    assert await reveal("audit.reason", intent["_id"], intent["reason"]) == REASON


async def test_a_number_that_nobody_has(database: object) -> None:
    """R-J2: a look-up that finds nobody is written down, without the number in clear."""
    assert await lookups.participant_lookup(OPERATOR, NOBODY, REASON) is None
    (intent,) = await noted()
    assert intent["subject"] is None
    assert intent["details"] == {"found": False, "iin": blind("lookup", NOBODY).hex()}
    assert NOBODY not in str(intent)
    assert participants.iin_index(NOBODY).hex() not in str(intent)


@pytest.mark.parametrize(
    ("iin", "reason", "path"),
    [(IIN, "abcd", "reason"), (IIN, "x" * 501, "reason"), (IIN[:-1], REASON, "iin"), ("8005", REASON, "iin")],
)
async def test_look_ups_that_are_none(database: object, iin: str, reason: str, path: str) -> None:
    """R-J2: without a reason or the whole number nothing is looked for, and nothing is written."""
    await person()
    with pytest.raises(InvalidInput) as refused:
        await lookups.participant_lookup(OPERATOR, iin, reason)
    assert refused.value.path == (path,)
    assert await noted() == []


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda viewer: str(viewer.role))
async def test_nobody_else_looks_up(database: object, viewer: Viewer) -> None:
    """R-J3: only the contact centre looks people up, only an executive body asks whom something is about."""
    row = await person()
    ctx, measure = acting(viewer), await about("measure", row)
    if viewer.role is not Role.contact_centre:
        with pytest.raises(AccessDenied):
            await lookups.participant_lookup(ctx, IIN, REASON)
    if viewer.role is not Role.executive_body:
        with pytest.raises(AccessDenied):
            await lookups.participant_of(ctx, "measure", measure, REASON)
    assert await noted() == []


@pytest.mark.parametrize(
    ("kind", "more", "phone", "address"),
    [
        ("measure", {}, None, None),
        ("order", {}, None, None),
        ("notice_task", {"open": True}, PHONE, "Астана, 1"),
        ("notice_task", {"open": False}, None, None),
    ],
)
async def test_whom_something_is_about(
    database: object, kind: str, more: Row, phone: str | None, address: str | None
) -> None:
    """R-J3: the executive body learns the name; telephone and address only while a notice has to be given."""
    row = await person()
    record = await about(kind, row, **more)
    found = await lookups.participant_of(BODY, kind, record, REASON)
    masked_iin = f"{'•' * 8}{IIN[-4:]}"
    assert seen(found) == {"name": "Ахметов Серик", "iin": masked_iin, "phone": phone, "address": address}
    (intent,) = await noted()
    assert (intent["act"], intent["subject"]) == (Access.person, row["_id"])
    assert intent["details"] == {"about": kind, "record": str(record)}


@pytest.mark.parametrize("region", ["75", None])
async def test_what_lies_elsewhere(database: object, region: str | None) -> None:
    """R-J2: asking for another region's record, or one that is not there, gives the same refusal, written down."""
    row = await person()
    for record in (await about("measure", row, region=region), new_id()):
        with pytest.raises(NotFound) as hidden:
            await lookups.participant_of(BODY, "measure", record, REASON)
        assert hidden.value.path == ("id",)
    first, second = await noted()
    assert first["subject"] is second["subject"] is None
    assert first["details"]["found"] is second["details"]["found"] is False


async def test_records_that_are_about_nobody(database: object) -> None:
    """R-J3: only measures, orders and tasks lead to a person; a person who is not there is a fault of ours."""
    with pytest.raises(InvalidInput, match="INVALID_ID"):
        await lookups.participant_of(BODY, "listing", new_id(), REASON)
    record = await about("measure", {"_id": new_id()})
    with pytest.raises(LookupError):
        await lookups.participant_of(BODY, "measure", record, REASON)


async def test_to_whom_an_order_goes(database: object) -> None:
    """R-J2: a supplier's reading of a recipient is written down, the person's own is not."""
    row = await person(bmg_phone=None, address=None, name=None)
    order = {"_id": new_id(), "participant": row["_id"]}
    gone = {"_id": new_id(), "participant": new_id()}
    own = acting(Viewer(Role.participant, row["_id"]))
    (found,) = await lookups.recipients(own, [order])
    assert found is not None
    assert set(seen(found).values()) == {None}
    assert await noted() == []
    supplier = acting(Viewer(Role.supplier, new_id(), new_id()))
    known, missing = await lookups.recipients(supplier, [order, gone])
    assert (known, missing) == (found, None)
    intents = await noted()
    assert [intent["act"] for intent in intents] == [Access.recipient] * 2
    assert [intent["details"] for intent in intents] == [{"record": str(one["_id"])} for one in (order, gone)]


async def _refuse(database: AsyncDatabase[Row]) -> None:
    await database.command("collMod", "audit_intents", validator={"$expr": False})


@pytest.mark.parametrize("way", ["lookup", "unknown", "person", "recipient"])
async def test_without_the_note_there_is_no_answer(throwaway: AsyncDatabase[Row], way: str) -> None:
    """R-J2: where the reading can't be written down, nothing is answered."""
    row = await person()
    measure = await about("measure", row)
    await _refuse(throwaway)
    supplier = acting(Viewer(Role.supplier, new_id()))
    asked = {
        "lookup": lookups.participant_lookup(OPERATOR, IIN, REASON),
        "unknown": lookups.participant_lookup(OPERATOR, NOBODY, REASON),
        "person": lookups.participant_of(BODY, "measure", measure, REASON),
        "recipient": lookups.recipients(supplier, [{"_id": new_id(), "participant": row["_id"]}]),
    }
    wanted = asked.pop(way)
    for other in asked.values():
        other.close()
    with pytest.raises(WriteError, match="failed validation"):
        await wanted


async def test_a_person_sees_who_read(database: object) -> None:
    """R-J2: a person sees which roles read the data, when and what for, but no names."""
    row = await person()
    entry = {
        "chain": CHAIN,
        "kind": "act",
        "subject": str(row["_id"]),
        "role": "contact_centre",
        "at": NOW,
        "actor": "x",
    }
    await collection("audit").insert_one(entry | {"seq": 1, "act": Access.lookup.value})
    (found,) = await lookups.accesses(row, 10)
    assert found == {"role": "contact_centre", "at": NOW, "purpose": "lookup"}
