"""Who a person is, through the API: by need and with a reason, and shown to the person afterwards."""

import json
from typing import Any

import pytest

from tests.api.client import Client
from tests.api.generated import NOWHERE
from tests.api.portal import Portal, global_id
from tests.api.reach import Stage

PERSON = """query($id: ID!) { participantOf(id: $id, reason: "проверка доступа") {
name { text shown } iin { text shown } phone { text shown } } }"""


@pytest.mark.parametrize("kind", ["Measure", "Order", "NoticeTask"])
async def test_by_asking_whom_it_is_about(reach: Stage, kind: str) -> None:
    """R-J3: another region's executive body learns nobody's name, and not whether there is anybody."""
    for who, client in reach.strangers.items():
        theirs = await client.errors(PERSON, id=reach.records[kind])
        assert theirs == await client.errors(PERSON, id=global_id(kind, NOWHERE)), who
        expected = {"executive_body": "NOT_FOUND", "anonymous": "SIGN_IN_REQUIRED"}.get(who, "ACCESS_DENIED")
        assert [one["code"] for one in theirs] == [expected]


async def test_by_looking_a_number_up(reach: Stage) -> None:
    """R-J3: nobody but the contact centre looks a number up; it sees no whole number and no address."""
    query = """query($iin: String!) { participantLookup(iin: $iin, reason: "обращение 15") { person {
    name { text } iin { text shown } phone { text shown } address { text shown } } measures { status count } } }"""
    for who, client in reach.strangers.items():
        if who == "contact_centre":
            continue
        (error,) = await client.errors(query, iin=reach.person.iin)
        assert error["code"] in {"SIGN_IN_REQUIRED", "ACCESS_DENIED"}
    found = await reach.strangers["contact_centre"].read(query, iin=reach.person.iin)
    text = json.dumps(found, ensure_ascii=False)
    assert reach.person.iin not in text
    assert "Закрытая" not in text
    assert found["participantLookup"]["person"]["iin"] == {
        "text": f"{'•' * 8}{reach.person.iin[-4:]}",
        "shown": "MASKED",
    }
    assert found["participantLookup"]["person"]["address"] == {"text": None, "shown": "HIDDEN"}


async def test_by_being_the_supplier(portal: Portal) -> None:
    """R-J3: a supplier learns to whom it delivers once it accepted the order, and no longer once it is over."""
    _, supplier = await portal.supplier()
    listing = await portal.published(supplier)
    person, client = await portal.participant(bmg_phone="+77015556677")
    order = (await portal.order(person, client, listing, await portal.measure(person)))["id"]
    query = "query($id: ID!) { node(id: $id) { ... on Order { recipient { name { text } phone { text } iin { shown text } } } } }"

    async def recipient(who: Client) -> Any:
        return (await who.read(query, id=order))["node"]["recipient"]

    assert await recipient(supplier) is None
    await supplier.done("orderAccept", orderId=order)
    shown = {
        "name": {"text": f"{person.surname} Тест"},
        "phone": {"text": "+77015556677"},
        "iin": {"shown": "HIDDEN", "text": None},
    }
    assert await recipient(supplier) == await recipient(client) == shown
    assert await recipient(await portal.employee("executive_body")) is None
    await client.done("orderCancel", orderId=order)
    assert await recipient(supplier) is None


async def test_a_person_sees_who_looked(portal: Portal) -> None:
    """R-J2: whoever was looked up finds the reading in the cabinet, with role and purpose, and nobody else's."""
    person, client = await portal.participant()
    query = (
        'query($iin: String!) { participantLookup(iin: $iin, reason: "обращение 16") { person { region } } }'
    )
    operator = await portal.employee("contact_centre")
    await operator.read(query, iin=person.iin)
    asked = "{ viewer { participant { accesses { role purpose at } } } }"
    found: list[Any] = []
    while not found:  # the sealer takes it over within a second
        found = (await client.read(asked))["viewer"]["participant"]["accesses"]
    assert [(one["role"], one["purpose"]) for one in found] == [
        ("CONTACT_CENTRE", "The contact centre, to answer a call")
    ]
    _, other = await portal.participant()
    assert (await other.read(asked))["viewer"]["participant"]["accesses"] == []
