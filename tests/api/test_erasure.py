"""Erasure through the running server: its own cache, its lists, and sign-in afterwards."""

import asyncio
from typing import Any

from tests.api.client import Client
from tests.api.people import Someone
from tests.api.portal import Portal

ORDERS = """{ viewer { orders(first: 10) { nodes { id title { text } history { reason }
measure { name { text } } } } } }"""


async def finished(portal: Portal, name: str) -> tuple[Someone, Client, Client, str]:
    """A person with one order, declined and its measure withdrawn; the supplier and the order too."""
    person, client = await portal.participant(bmg_phone="+77013334455")
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    statement = portal.statement(person)
    assert (await portal.partner("esobes", portal.message(statement))).is_success
    row = await portal.database["measures"].find_one(await portal.named(statement))
    assert row is not None
    from tests.api.portal import global_id  # noqa: PLC0415

    order = await portal.order(person, client, listing, global_id("Measure", row["_id"]))
    await supplier.done("orderDecline", orderId=order["id"], reason=f"нет в наличии {name}")
    withdrawn = portal.message(statement | {"revision": 2}, "measure_withdrawn")
    assert (await portal.partner("esobes", withdrawn)).is_success
    return person, client, supplier, order["id"]


async def erased(portal: Portal, person: Someone) -> Any:
    """The administrator's request, repeated while messages are still going out."""
    administrator = await portal.employee("administrator")
    while True:
        answer = await administrator.act("participantErase", iin=person.iin, reason="заявление № 1")
        if answer.get("code") != "ERASURE_MESSAGES_PENDING":
            return answer
        await asyncio.sleep(0.1)


async def test_an_erased_person_is_gone(portal: Portal) -> None:
    """R-J1: the session ends, sign-in finds nobody, and whoever sees the order reads "erased" in a whole page."""
    person, client, supplier, order = await finished(portal, "первый")
    before = await supplier.read(ORDERS)
    assert before["viewer"]["orders"]["nodes"][0]["history"][1]["reason"] == "нет в наличии первый"
    answer = await erased(portal, person)
    assert answer["__typename"] == "ParticipantErased", answer
    page = (await supplier.read(ORDERS))["viewer"]["orders"]["nodes"]
    assert [(one["id"], one["title"]["text"]) for one in page] == [(order, "Erased")]
    assert page[0]["history"][1]["reason"] == "Удалено"
    answer = await client.send("{ viewer { participant { iin } } }")
    assert person.iin not in answer.text
    refused = await portal.tried(person.iin, person.identity)
    assert refused["code"] == "GATEWAY_RECORD_MISSING"
    again = await erased(portal, person)
    assert (again["__typename"], again["path"]) == ("NotFound", ["input", "iin"])


async def test_who_has_something_open_stays(portal: Portal) -> None:
    """R-J1: with an open measure the answer names it, in the reader's language; others may not even ask."""
    person, client = await portal.participant()
    measure = await portal.measure(person)
    administrator = (await portal.employee("administrator")).speaking("ru")
    answer = await administrator.act("participantErase", iin=person.iin, reason="заявление")
    assert (answer["__typename"], answer["code"]) == ("Refused", "ERASURE_MEASURES_OPEN")
    assert measure in answer["message"]
    assert answer["message"].startswith("Удалить нельзя")
    for who in (client, await portal.employee("executive_body"), portal.visitor()):
        refused = await who.act("participantErase", iin=person.iin, reason="заявление")
        assert refused["__typename"] == "AccessDenied"
