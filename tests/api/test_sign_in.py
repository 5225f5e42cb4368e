"""Signing in through the API: who gets in, as whom, and what a refused attempt leaves behind."""

import asyncio
from datetime import UTC, datetime

import pytest
from bson import ObjectId

from domain.signatures import HolderRole
from integrations.development_ca import Period, sign_cms
from tests.api.client import Client, base64_of
from tests.api.portal import BORN, Portal
from workers.seed.named import DEMO_ASSISTANT, DEMO_GUARDIAN, DEMO_WARD

VIEWER = "{ viewer { role onBehalf region participant { iin name { surname } } } }"


async def test_a_person_signs_in(portal: Portal) -> None:
    """R-A1: whoever signs the challenge bound to the IIN entered gets a token of exactly one capacity."""
    person, client = await portal.participant()
    seen = (await client.read(VIEWER))["viewer"]
    assert (seen["role"], seen["onBehalf"]) == ("PARTICIPANT", False)
    assert seen["participant"] == {"iin": person.iin, "name": {"surname": person.surname}}


async def test_the_challenge_binds_what_was_entered(portal: Portal) -> None:
    """R-A1: purpose, audience, identifier, consent, nonce and expiry stand in the bytes that are signed."""
    iin = portal.iin()
    first, second = await portal.challenge(iin), await portal.challenge(iin)
    names = [line.partition(":")[0] for line in first["text"].splitlines()[1:]]
    assert names == [
        "act", "audience", "identifier", "registration consent", "consent text", "nonce", "issued", "expires",
    ]  # fmt: skip
    assert f"identifier: {iin}" in first["text"]
    assert first["text"] != second["text"]


async def test_a_challenge_is_good_once(portal: Portal) -> None:
    """R-A1: a replayed answer to a challenge is refused, opens no session and leaves nothing behind."""
    person = await portal.person()
    challenge = await portal.challenge(person.iin)
    given = portal.answer(person.identity, challenge)
    await portal.visitor().done("signInComplete", **given)
    before = await portal.counts()
    again = await portal.visitor().act("signInComplete", **given)
    assert (again["__typename"], again["code"], again["path"]) == (
        "Refused",
        "CHALLENGE_GONE",
        ["input", "challengeId"],
    )
    assert await portal.counts() == before


async def test_one_of_many_parallel_answers_wins(portal: Portal) -> None:
    """R-A1: of ten answers to one challenge at the same time exactly one opens a session."""
    person = await portal.person()
    given = portal.answer(person.identity, await portal.challenge(person.iin))
    answers = await asyncio.gather(*(portal.visitor().act("signInComplete", **given) for _ in range(10)))
    assert sorted(answer["__typename"] for answer in answers) == ["Refused"] * 9 + ["SignedIn"]


async def test_a_certificate_of_another_person(portal: Portal) -> None:
    """R-A1: a challenge for one person signed by another is refused and opens no session."""
    person, other = await portal.person(), await portal.person()
    before = await portal.counts()
    answer = await portal.tried(person.iin, other.identity)
    assert (answer["__typename"], answer["code"]) == ("Refused", "SIGNATURE_OF_ANOTHER_PERSON")
    assert await portal.counts() == before


async def test_a_challenge_of_somebody_else(portal: Portal) -> None:
    """R-A1: whoever answers another's challenge with a signature of his own challenge is refused."""
    victim, thief = await portal.person(), await portal.person()
    theirs, own = await portal.challenge(victim.iin), await portal.challenge(thief.iin)
    before = await portal.counts()
    given = portal.answer(thief.identity, own) | {"challengeId": theirs["challengeId"]}
    answer = await portal.visitor().act("signInComplete", **given)
    assert (answer["__typename"], answer["code"]) == ("Refused", "SIGNATURE_OF_OTHER_CONTENT")
    after = await portal.counts()
    assert after == before | {"challenges": before["challenges"] - 1}


async def test_a_persons_certificate_for_an_organisation(portal: Portal) -> None:
    """R-A1: a personal certificate does not answer for a BIN, not even the head's own."""
    found = await portal.organisation()
    person = await portal.person()
    before = await portal.counts()
    answer = await portal.tried(found.bin, person.identity)
    assert (answer["__typename"], answer["code"]) == ("Refused", "SIGNATURE_OF_ANOTHER_PERSON")
    assert await portal.counts() == before


async def test_an_organisations_certificate_for_others(portal: Portal) -> None:
    """R-A1: an organisation's certificate answers neither for another BIN nor for another person's IIN."""
    found, other, person = await portal.organisation(), await portal.organisation(), await portal.person()
    before = await portal.counts()
    for entered in (other.bin, person.iin):
        answer = await portal.tried(entered, found.head)
        assert (answer["__typename"], answer["code"]) == ("Refused", "SIGNATURE_OF_ANOTHER_PERSON")
    assert await portal.counts() == before


@pytest.mark.parametrize("name", ["purpose", "audience"])
async def test_a_challenge_for_something_else(portal: Portal, name: str) -> None:
    """R-A1: a challenge made for another purpose or by another portal does not sign in here."""
    person = await portal.person()
    challenge = await portal.challenge(person.iin)
    row = ObjectId(challenge["challengeId"])
    await portal.database["challenges"].update_one({"_id": row}, {"$set": {name: "another"}})
    before = await portal.counts()
    answer = await portal.visitor().act("signInComplete", **portal.answer(person.identity, challenge))
    assert (answer["__typename"], answer["code"]) == ("Refused", "CHALLENGE_GONE")
    assert await portal.counts() == before


async def test_a_challenge_that_was_never_made(portal: Portal) -> None:
    """R-A1: an invented challenge is gone, and one that can't be is a bad identifier."""
    person = await portal.person()
    challenge = await portal.challenge(person.iin)
    for invented, code in (("0" * 24, "CHALLENGE_GONE"), ("x", "INVALID_ID"), ("", "INVALID_ID")):
        given = portal.answer(person.identity, challenge) | {"challengeId": invented}
        assert (await portal.visitor().act("signInComplete", **given))["code"] == code


@pytest.mark.parametrize(
    ("period", "code"),
    [
        (Period(end=datetime(2024, 1, 1, tzinfo=UTC)), "CERTIFICATE_EXPIRED"),
        (Period(start=datetime(2035, 1, 1, tzinfo=UTC)), "CERTIFICATE_NOT_YET_VALID"),
    ],
)
async def test_a_certificate_out_of_its_time(portal: Portal, period: Period, code: str) -> None:
    """R-A2: an expired certificate, or one of the future, opens no session and leaves nothing behind."""
    person = await portal.person()
    late = portal.authority.person(f"l-{person.iin}", person.iin, person.surname, "Тест", period=period)
    before = await portal.counts()
    answer = await portal.tried(person.iin, late)
    assert (answer["__typename"], answer["code"]) == ("Refused", code)
    assert await portal.counts() == before


async def test_a_revoked_certificate(portal: Portal) -> None:
    """R-A2: a revoked certificate is refused."""
    person = await portal.person()
    portal.authority.revoke(person.identity, portal.clock())
    answer = await portal.tried(person.iin, person.identity)
    assert (answer["__typename"], answer["code"]) == ("Refused", "CERTIFICATE_REVOKED")


async def test_a_changed_challenge(portal: Portal) -> None:
    """R-A1: a signature over other bytes than the challenge's is refused, and the challenge is spent."""
    person = await portal.person()
    challenge = await portal.challenge(person.iin)
    cms = sign_cms(person.identity, b"something else", when=portal.clock(), key="auth")
    given = {"challengeId": challenge["challengeId"], "cms": base64_of(cms)}
    answer = await portal.visitor().act("signInComplete", **given)
    assert (answer["__typename"], answer["code"]) == ("Refused", "SIGNATURE_OF_OTHER_CONTENT")
    good = await portal.visitor().act("signInComplete", **portal.answer(person.identity, challenge))
    assert good["code"] == "CHALLENGE_GONE"


async def test_the_key_for_documents_does_not_sign_in(portal: Portal) -> None:
    """R-A2: a challenge signed with the certificate for documents is refused."""
    person = await portal.person()
    challenge = await portal.challenge(person.iin)
    given = {
        "challengeId": challenge["challengeId"],
        "cms": portal.sign(person.identity, challenge["content"]),
    }
    answer = await portal.visitor().act("signInComplete", **given)
    assert (answer["__typename"], answer["code"]) == ("Refused", "CERTIFICATE_PURPOSE")


async def test_consent_is_asked_for_at_the_first_sign_in(portal: Portal) -> None:
    """R-A3: without consent nobody is registered; with it the act is recorded, and asked for no more."""
    person = await portal.person()
    before = await portal.counts()
    refused = await portal.tried(person.iin, person.identity, consent=False)
    assert (refused["__typename"], refused["code"]) == ("Refused", "CONSENT_REQUIRED")
    assert await portal.counts() == before
    assert (await portal.tried(person.iin, person.identity))["__typename"] == "SignedIn"
    assert (await portal.tried(person.iin, person.identity, consent=False))["__typename"] == "SignedIn"
    registered = await portal.database["participants"].count_documents(
        {"registered_at": {"$ne": None}, "consent_at": None}
    )
    assert registered == 0


async def test_nobody_without_a_gateway_record(portal: Portal) -> None:
    """R-A3: whoever the gateway has not told of is told what is missing, in each language."""
    unknown = portal.someone()
    before = await portal.counts()
    for language in ("kk", "ru", "en"):
        challenge = await portal.challenge(unknown.iin)
        given = portal.answer(unknown.identity, challenge)
        answer = await portal.visitor(language).act("signInComplete", **given)
        assert (answer["__typename"], answer["code"]) == ("Refused", "GATEWAY_RECORD_MISSING")
        assert answer["message"]
    assert await portal.counts() == before


async def test_a_guardian_acts_for_a_ward(portal: Portal) -> None:
    """R-A1: sign-in returns every capacity, actAs chooses one, and a token carries exactly that one."""
    guardian = portal.cast.person(DEMO_GUARDIAN)
    client = await portal.sign_in(DEMO_GUARDIAN.iin, guardian)
    capacities = client.signed_in["capacities"]
    assert [(one["role"], one["onBehalf"]) for one in capacities] == [
        ("PARTICIPANT", False),
        ("PARTICIPANT", True),
    ]
    given = {"refreshToken": client.signed_in["refreshToken"], "capacity": 1}
    acting = await client.done("signInActAs", **given)
    ward = Client(portal.http, acting["accessToken"])
    seen = (await ward.read(VIEWER))["viewer"]
    assert (seen["onBehalf"], seen["participant"]["iin"]) == (True, DEMO_WARD.iin)


@pytest.mark.parametrize("capacity", [-1, 2, 2**31 - 1])
async def test_a_capacity_that_the_session_lacks(portal: Portal, capacity: int) -> None:
    """R-A1: nobody acts in a capacity that the session does not have."""
    _, client = await portal.participant()
    given = {"refreshToken": client.signed_in["refreshToken"], "capacity": capacity}
    answer = await client.act("signInActAs", **given)
    assert (answer["__typename"], answer["code"]) == ("InvalidInput", "CAPACITY_UNKNOWN")


async def test_a_plain_individual_assistant_today(portal: Portal) -> None:
    """R-A7: an individual assistant may not register today, and is told by which rule."""
    before = await portal.counts()
    answer = await portal.tried(DEMO_ASSISTANT.iin, portal.cast.person(DEMO_ASSISTANT))
    assert (answer["__typename"], answer["code"]) == ("Refused", "SUPPLIER_KIND_NOT_ADMITTED")
    assert "№ 345, п. 2(10)" in answer["message"]
    assert await portal.counts() == before


async def test_an_employee_is_not_entitled(portal: Portal) -> None:
    """R-A1: a certificate of a mere employee does not let anybody act for the organisation."""
    found = await portal.organisation()
    employee = portal.of_organisation(found.bin, HolderRole.employee)
    answer = await portal.tried(found.bin, employee)
    assert (answer["__typename"], answer["code"]) == ("Refused", "CERTIFICATE_NOT_ENTITLED")


async def test_a_person_with_the_right_to_sign(portal: Portal) -> None:
    """R-A1: whoever has the right to sign acts for the organisation as its head does."""
    found = await portal.organisation()
    signer = portal.of_organisation(found.bin, HolderRole.signer)
    client = await portal.sign_in(found.bin, signer)
    assert [one["role"] for one in client.signed_in["capacities"]] == ["SUPPLIER"]


async def test_the_main_code_opens_directions(portal: Portal) -> None:
    """R-B1: the main code of activity opens the directions, and the cabinet names every particular."""
    found, client = await portal.supplier("88100")
    seen = await client.read(
        """{ viewer { supplier { oked source receivedAt supplier { kind directions region }
        particulars { code name lines } } } }"""
    )
    cabinet = seen["viewer"]["supplier"]
    assert cabinet["supplier"]["directions"] == ["SPECIAL_SOCIAL_SERVICES", "ASSISTANT"]
    lines = {one["code"]: one["lines"] for one in cabinet["particulars"]}
    assert lines["identifier"] == [found.bin]
    assert {"address", "full_name", "short_name", "head", "real_estate"} <= set(lines)
    assert cabinet["source"]


async def test_every_employee_signs_in(portal: Portal) -> None:
    """R-A8: each role of staff signs in through OpenID Connect; the region comes with the role."""
    for role in ("executive_body", "contact_centre", "administrator", "authorised_body"):
        client = await portal.employee(role)
        seen = (await client.read("{ viewer { role region } }"))["viewer"]
        assert seen == {"role": role.upper(), "region": "71" if role == "executive_body" else None}


async def test_what_to_do_before_signing_in(portal: Portal) -> None:
    """R-A3: whoever can't sign yet reads what to install and where certificates are issued, in each language."""
    query = "{ signInRequirements { title text url } }"
    told = [
        (await portal.visitor(language).read(query))["signInRequirements"] for language in ("kk", "ru", "en")
    ]
    assert [len(steps) for steps in told] == [3, 3, 3]
    assert len({steps[0]["title"] for steps in told}) == 3


async def test_a_participant_sees_the_gateway_record(portal: Portal) -> None:
    """R-A4: the cabinet shows each certified field with its source and time."""
    person, client = await portal.participant(bmg_phone="+77011234567")
    seen = (
        await client.read(
            """{ viewer { participant { birthDate sex bmgPhone region registeredAt
            address { region text } document { number } sources { field record at } } } }"""
        )
    )["viewer"]["participant"]
    assert (seen["birthDate"], seen["sex"], seen["bmgPhone"]) == (BORN.isoformat(), "male", "+77011234567")
    assert (seen["address"]["region"], seen["document"]["number"]) == ("71", "099999999")
    fields = {one["field"] for one in seen["sources"]}
    assert fields == {"name", "birth_date", "sex", "address", "document", "bmg_phone"}
    assert person.phone == "+77011234567"
