"""The recipient's cabinet through the API: registered with consent, each field with its source, corrected."""

import asyncio
import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.canonical import canonical_bytes
from tests.api.client import ERRORS, Client, key
from tests.api.people import Someone
from tests.api.portal import BORN, REGION, Portal, local

CABINET = """{ viewer { participant { id name { surname } bmgPhone confirmedPhone email registeredAt
sources { field record body at receivedAt } } } }"""
PAYLOADS = {"Change": "ContactCodeSent", "Confirm": "ContactConfirmed"}
FIELDS = {
    "Change": "expiresAt participant { id confirmedPhone email }",
    "Confirm": "participant { id email }",
}


async def correct(client: Client, contact: str, act: str, **given: object) -> Any:
    """The answer of a mutation on a contact."""
    input_type = "ParticipantCodeInput" if act == "Confirm" else f"Participant{contact}ChangeInput"
    name = f"participant{contact}{act}"
    query = f"""mutation($input: {input_type}!) {{ {name}(input: $input) {{
        __typename {ERRORS} ... on {PAYLOADS[act]} {{ {FIELDS[act]} }} }} }}"""
    answer = await client.ask(query, input={"idempotencyKey": key()} | given)
    assert "errors" not in answer, answer
    return answer["data"][name]


async def cabinet(client: Client) -> Any:
    """What a participant sees of themselves."""
    return (await client.read(CABINET))["viewer"]["participant"]


async def code_for(portal: Portal, to: str) -> str:
    """The code that reached a number or an address."""
    while True:
        inbox = (await portal.http.get("/simulator/inbox.json")).json()["messages"]
        found = [one["text"] for one in inbox if one["phone"] == to]
        codes = [word.strip(".") for text in found[:1] for word in text.split() if word.strip(".").isdigit()]
        if codes:
            return str(codes[-1])
        await asyncio.sleep(0.05)


def a_number() -> str:
    """A telephone number that nobody else has."""
    return f"+7777{secrets.randbelow(10**7):07d}"


@pytest.mark.parametrize(("contact", "field"), [("Phone", "confirmedPhone"), ("Email", "email")])
async def test_a_contact_is_corrected(portal: Portal, contact: str, field: str) -> None:
    """R-A5: a code goes to the new contact; given back it counts, beside what БМГ says, with its own source."""
    bmg = a_number()
    _, client = await portal.participant(bmg_phone=bmg)
    new = a_number() if contact == "Phone" else f"{secrets.token_hex(6)}@example.kz"
    sent = await correct(client, contact, "Change", **{contact.lower(): new})
    assert sent["__typename"] == "ContactCodeSent", sent
    assert (await cabinet(client))[field] is None
    code = await code_for(portal, new)
    wrong = await correct(client, contact, "Confirm", code=f"{(int(code) + 1) % 10**6:06d}")
    assert (wrong["code"], wrong["path"]) == ("CODE_WRONG", ["input", "code"])
    assert (await cabinet(client))[field] is None
    done = await correct(client, contact, "Confirm", code=code)
    assert done["__typename"] == "ContactConfirmed", done
    again = await correct(client, contact, "Confirm", code=code)
    assert again["code"] == "CODE_GONE"
    seen = await cabinet(client)
    assert (seen[field], seen["bmgPhone"]) == (new, bmg)
    stored = "confirmed_phone" if contact == "Phone" else "email"
    (source,) = [one for one in seen["sources"] if one["field"] == stored]
    assert (source["record"], source["body"]) == ("participant", None)


async def test_notices_go_to_the_confirmed_number(portal: Portal) -> None:
    """R-A5: after a correction notices go to the confirmed number, also when БМГ gets another one."""
    person = await portal.person(bmg_phone=a_number())
    challenge = await portal.visitor("ru").done("signInBegin", identifier=person.iin, consent=True)
    done = await portal.visitor("ru").done("signInComplete", **portal.answer(person.identity, challenge))
    client = Client(portal.http, done["accessToken"], signed_in=done)
    new, other = a_number(), a_number()
    await correct(client, "Phone", "Change", phone=new)
    await correct(client, "Phone", "Confirm", code=await code_for(portal, new))
    await portal.gateway("person", record_of(person, bmg_phone=other))
    seen = await cabinet(client)
    assert (seen["bmgPhone"], seen["confirmedPhone"]) == (other, new)
    await portal.measure(person)
    while not await told(portal, new):
        await asyncio.sleep(0.05)
    assert not await told(portal, other)


async def told(portal: Portal, number: str) -> bool:
    """Whether the notice of a new measure reached a number."""
    inbox = (await portal.http.get("/simulator/inbox.json")).json()["messages"]
    return any(one["phone"] == number and "новая мера" in one["text"] for one in inbox)


async def test_five_wrong_codes_and_the_right_one(portal: Portal) -> None:
    """R-A5: after five wrong codes the right one is refused as well, and nothing changed."""
    _, client = await portal.participant()
    new = a_number()
    await correct(client, "Phone", "Change", phone=new)
    code = await code_for(portal, new)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    codes = [(await correct(client, "Phone", "Confirm", code=wrong))["code"] for _ in range(6)]
    assert codes == ["CODE_WRONG"] * 5 + ["CODE_GONE"]
    last = await correct(client, "Phone", "Confirm", code=code)
    assert (last["__typename"], last["code"]) == ("Refused", "CODE_GONE")
    assert (await cabinet(client))["confirmedPhone"] is None


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_refusals_of_contacts(portal: Portal, language: str) -> None:
    """R-A5: what is no number, address or code is refused by its place, in the reader's language."""
    _, client = await portal.participant()
    speaking = client.speaking(language)
    for contact, act, given, path in (
        ("Phone", "Change", {"phone": "112"}, ["input", "phone"]),
        ("Email", "Change", {"email": "aigul@"}, ["input", "email"]),
        ("Phone", "Confirm", {"code": "12345"}, ["input", "code"]),
    ):
        answer = await correct(speaking, contact, act, **given)
        assert (answer["__typename"], answer["path"]) == ("InvalidInput", path)
        assert answer["message"] not in {"", answer["code"]}


async def test_visitors_and_suppliers_correct_nothing(portal: Portal) -> None:
    """R-J3: nobody but a participant corrects a contact, and no code is sent."""
    _, supplier = await portal.supplier()
    before = await portal.database["contact_codes"].count_documents({})
    for client, code in ((portal.visitor(), "SIGN_IN_REQUIRED"), (supplier, "ACCESS_DENIED")):
        answer = await correct(client, "Phone", "Change", phone=a_number())
        assert (answer["__typename"], answer["code"]) == ("AccessDenied", code)
    assert await portal.database["contact_codes"].count_documents({}) == before


def record_of(person: Someone, **fields: Any) -> dict[str, Any]:
    """The gateway's record of a person."""
    return {
        "iin": person.iin,
        "name": {"surname": person.surname, "given": "Тест"},
        "birth_date": BORN.isoformat(),
        "sex": "male",
        "address": {"region": REGION, "text": "Астана, улица Проверки, 1"},
        "document": {"number": "099999999", "issuer": "МВД РК", "issued": "2020-01-10"},
        **fields,
    }


async def send(portal: Portal, record: dict[str, Any], at: datetime) -> Any:
    """A record that the state body issued at an instant."""
    body: dict[str, Any] = {
        "message_id": f"test-{secrets.token_hex(8)}",
        "type": "person",
        "issued_at": at.isoformat(),
        "person": record,
    }
    return await portal.partner("gateway", portal.cast.as_gateway(canonical_bytes(body)))


async def test_each_field_knows_its_source(portal: Portal) -> None:
    """R-A4: an older record that comes late overwrites no newer field; each says where it comes from, and when."""
    person, client = await portal.participant()
    seen = await cabinet(client)
    first = {one["field"]: one for one in seen["sources"]}
    assert set(first) >= {"name", "birth_date", "sex", "address", "document", "bmg_phone"}
    assert all(one["body"] and one["receivedAt"] >= one["at"][:10] for one in first.values())
    late = await send(
        portal,
        record_of(person, name={"surname": "Прежний", "given": "Тест"}, bmg_phone=a_number()),
        portal.clock() - timedelta(days=30),
    )
    assert (late.status_code, late.json()["outcome"]) == (200, "accepted")
    assert (await cabinet(client)) == seen
    await send(portal, record_of(person, name={"surname": "Новый", "given": "Тест"}), portal.clock())
    after = await cabinet(client)
    assert after["name"]["surname"] == "Новый"
    assert {one["field"]: one["record"] for one in after["sources"]}["name"] != first["name"]["record"]


async def audited(portal: Portal, act: str, actor: str) -> list[Any]:
    """What the audit holds of somebody's act, sealed already or not yet."""
    of_act = {"act": act, "actor": actor}
    waiting = await portal.database["audit_intents"].find(of_act).to_list()
    return waiting or await portal.database["audit"].find(of_act).to_list()


async def test_registration_is_recorded(portal: Portal) -> None:
    """R-A3: the first sign-in leaves the signed words of consent, an audit intent and an event; the second none."""
    person = await portal.person()
    challenge = await portal.visitor("ru").done("signInBegin", identifier=person.iin, consent=True)
    assert "registration consent: yes, text version 1, ru" in challenge["text"]
    assert "Я согласен" in base64.b64decode(challenge["content"]).decode()
    done = await portal.visitor().done("signInComplete", **portal.answer(person.identity, challenge))
    client = Client(portal.http, done["accessToken"], signed_in=done)
    row = local((await cabinet(client))["id"])
    await portal.sign_in(person.iin, person.identity)
    found = [one async for one in portal.database["consents"].find({}) if str(one["subject"]) == row]
    assert [(one["version"], one["language"]) for one in found] == [(1, "ru")]
    (intent,) = await audited(portal, "Participant.register", row)
    assert intent["details"]["consent"] == str(found[0]["_id"])
    events = portal.database["events"].find({"kind": "participant.registered"})
    assert [str(one["subject"]) async for one in events].count(row) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "адам туралы жазба"), ("ru", "запись о физическом лице"), ("en", "the record of a person")],
)
async def test_what_the_gateway_still_has_to_send(portal: Portal, language: str, words: str) -> None:
    """R-A3: without a gateway record sign-in is refused with what is missing, in the reader's language."""
    stranger = portal.someone()
    challenge = await portal.challenge(stranger.iin)
    answer = await portal.visitor(language).act(
        "signInComplete", **portal.answer(stranger.identity, challenge)
    )
    assert (answer["__typename"], answer["code"]) == ("Refused", "GATEWAY_RECORD_MISSING")
    assert words in answer["message"]
