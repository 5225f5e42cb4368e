"""Messages of Е-Собес and of the gateway at their doors: once, from the right signer, or not at all."""

import asyncio
import json
import secrets
from typing import Any

import pytest

from domain.canonical import canonical_bytes
from tests.api.portal import Portal


async def test_a_measure_message_sent_three_times(portal: Portal) -> None:
    """R-C2: the same message again and again makes one measure, one notice, one row."""
    person = await portal.person(bmg_phone="+77017654321")
    statement = portal.statement(person)
    cms = portal.message(statement)
    first = await portal.partner("esobes", cms)
    known = {**await portal.named(statement), "notified_at": {"$ne": None}}
    while not await portal.database["measures"].count_documents(known):
        await asyncio.sleep(0.05)  # the SMS, and the report of it, follow in their own time
    before = await portal.counts()
    again = await asyncio.gather(*(portal.partner("esobes", cms) for _ in range(2)))
    assert [answer.json()["duplicate"] for answer in (first, *again)] == [False, True, True]
    assert await portal.counts() == before
    assert await portal.database["measures"].count_documents(await portal.named(statement)) == 1


async def test_three_at_the_same_time(portal: Portal) -> None:
    """R-C2: three copies of a message at once are one message."""
    person = await portal.person()
    statement = portal.statement(person)
    cms = portal.message(statement)
    answers = await asyncio.gather(*(portal.partner("esobes", cms) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert sorted(answer.json()["duplicate"] for answer in answers) == [False, True, True]
    assert await portal.database["measures"].count_documents(await portal.named(statement)) == 1


async def refused(portal: Portal, name: str, cms: bytes, status: int) -> Any:
    """The problem that a message is answered with; nothing of it is kept, in any language."""
    before = await portal.counts()
    answers = [await portal.partner(name, cms, language) for language in ("kk", "ru", "en")]
    assert await portal.counts() == before
    assert [answer.status_code for answer in answers] == [status] * 3
    assert len({answer.json()["message"] for answer in answers}) == 3
    return answers[0].json()


async def test_a_message_of_another_signer(portal: Portal) -> None:
    """R-C2: only Е-Собес sends measures, only the gateway's state body sends records."""
    person = await portal.person()
    content = canonical_bytes(
        {
            "contract": "komek.esobes/1",
            "message_id": secrets.token_hex(8),
            "type": "measure_assigned",
            "sent_at": portal.clock().isoformat(),
            "measure": portal.statement(person),
        }
    )
    assert (await refused(portal, "esobes", portal.cast.as_gateway(content), 403))[
        "code"
    ] == "PARTNER_UNKNOWN"
    own = portal.cast.sign_as(person.identity, content)
    assert (await refused(portal, "esobes", own, 403))["code"] == "PARTNER_UNKNOWN"
    assert (await refused(portal, "gateway", own, 403))["code"] == "NOT_A_STATE_BODY"


async def test_the_same_number_with_other_content(portal: Portal) -> None:
    """R-A4: a message id that comes again with other content is refused."""
    body: dict[str, Any] = {
        "message_id": f"test-{secrets.token_hex(8)}",
        "type": "authority",
        "issued_at": portal.clock().isoformat(),
        "authority": {
            "representative": portal.iin(),
            "ward": portal.iin(),
            "authority": "guardian",
            "basis": "Постановление",
            "valid_from": portal.clock().isoformat(),
        },
    }
    first = await portal.partner("gateway", portal.cast.as_gateway(canonical_bytes(body)))
    again = await portal.partner("gateway", portal.cast.as_gateway(canonical_bytes(body)))
    assert [first.json()["duplicate"], again.json()["duplicate"]] == [False, True]
    body["authority"]["basis"] = "Другое"
    other = portal.cast.as_gateway(canonical_bytes(body))
    assert (await refused(portal, "gateway", other, 409))["code"] == "MESSAGE_ID_REUSED"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"iin": "860615300000"}, ["person", "iin"]),
        ({"sex": "unknown"}, ["person", "sex"]),
        ({"birth_date": "yesterday"}, ["person", "birth_date"]),
        ({"name": {"surname": "", "given": "Тест"}}, ["person", "name", "surname"]),
        ({"bmg_phone": "112"}, ["person", "bmg_phone"]),
        ({"$where": "1"}, ["person", "$where"]),
    ],
)
async def test_records_that_break_the_contract(
    portal: Portal, changes: dict[str, Any], path: list[str]
) -> None:
    """R-A4: a record that breaks the contract is refused by the place of the fault, never by its value."""
    person: dict[str, Any] = {
        "iin": portal.iin(),
        "name": {"surname": "Тестов", "given": "Тест"},
        "birth_date": "1986-06-15",
        "sex": "male",
        "document": {"number": "1", "issuer": "МВД", "issued": "2020-01-10"},
    }
    body: dict[str, Any] = {
        "message_id": f"test-{secrets.token_hex(8)}",
        "type": "person",
        "issued_at": portal.clock().isoformat(),
        "person": person | changes,
    }
    answer = await refused(portal, "gateway", portal.cast.as_gateway(canonical_bytes(body)), 400)
    assert answer["path"] == path
    assert "860615300000" not in json.dumps(answer)


@pytest.mark.parametrize("name", ["esobes", "gateway"])
@pytest.mark.parametrize("body", [b"", b"x", b"0\x80", b"\x30\x03\x02\x01\x01", b"x" * 70_000])
async def test_bodies_that_are_no_signature(portal: Portal, name: str, body: bytes) -> None:
    """R-K: what is no signed message is answered with a problem and never with a 500."""
    answer = await portal.partner(name, body)
    assert answer.status_code in {400, 413}
    assert {"code", "path", "message"} <= set(answer.json())


async def test_another_media_type(portal: Portal) -> None:
    """R-K: a message of another media type is answered with 415."""
    answer = await portal.http.post(
        "/partners/esobes", content=b"{}", headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "NOT_SIGNED_MESSAGE")


@pytest.mark.parametrize("path", ["/partners/esobes", "/partners/gateway"])
async def test_doors_take_post_only(portal: Portal, path: str) -> None:
    """R-K: a partner's door is for POST."""
    assert (await portal.http.get(path)).status_code == 405
