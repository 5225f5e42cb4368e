"""NCANode as a real HTTP server that gives every dangerous answer; only the right one is believed."""

import base64
import json
from collections.abc import Callable

import httpx2
import pytest

from domain.signatures import Purpose, Refusal, SignatureRefused, Verified
from integrations.signatures.ncanode import NcaNodeVerifier
from tests.integrations.signatures.checks import BIN, CONTENT, IIN, NOW, Authority, person
from tests.integrations.signatures.ncanode import Answer, alone, answering, one, right
from tests.integrations.signatures.partner import NEVER, Partner, http

Bend = Callable[[Answer], object]


async def check(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, bend: Bend = lambda _: None
) -> Verified:
    """The outcome for a good signature whose answer is bent."""
    answer = right(person(ca).sign.certificate)
    bend(answer)
    answering(partner, answer)
    verifier = NcaNodeVerifier(client, partner.url, seconds=2)
    return await verifier.verify(alone(person(ca)), CONTENT, Purpose.document, NOW)


async def refusal(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, bend: Bend = lambda _: None
) -> Refusal:
    """Why the bent answer is refused."""
    with pytest.raises(SignatureRefused) as caught:
        await check(ca, partner, client, bend)
    return caught.value.reason


@pytest.mark.parametrize("attached", [True, False])
async def test_the_right_answer_is_believed(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, attached: bool
) -> None:
    """R-A2: revocation is asked for by both ways, and the answer is kept as it came."""
    said = json.dumps(right(person(ca).sign.certificate)).encode()
    partner.answer = lambda _question: http(said)
    cms = alone(person(ca), attached=attached)
    verifier = NcaNodeVerifier(client, partner.url + "/", seconds=2)
    found = await verifier.verify(cms, CONTENT, Purpose.document, NOW)
    assert (found.signer.iin, set(found.signer.roles), found.checked_at) == (IIN, {"individual"}, NOW)
    assert (found.material.statement, found.crls, found.ocsp, len(found.chain)) == (said, (), (), 1)
    asked = json.loads(partner.got[0].body)
    assert partner.got[0].line.startswith("POST /path/cms/verify ")
    assert asked.pop("revocationCheck") == ["OCSP", "CRL"]
    assert base64.b64decode(asked.pop("cms")) == cms
    assert asked == ({} if attached else {"data": base64.b64encode(CONTENT).decode()})


def set_to(key: str, value: object) -> Bend:
    """Gives the whole answer another value."""
    return lambda answer: answer.update({key: value})


def said_of(key: str, value: object) -> Bend:
    """Gives the certificate in the answer another value."""
    return lambda answer: one(answer).update({key: value})


def without(key: str) -> Bend:
    """Leaves something out of what is said of the certificate."""
    return lambda answer: one(answer).pop(key)


def subject(**values: object) -> Bend:
    """Another holder."""
    return lambda answer: one(answer)["subject"].update(values)


def revocations(*entries: tuple[str, bool]) -> Bend:
    """Other answers about revocation."""
    return said_of("revocations", [{"by": by, "revoked": revoked} for by, revoked in entries])


def twice(of: str) -> Bend:
    """Two signers, or two certificates of one."""

    def bend(answer: Answer) -> None:
        entries = answer["signers"] if of == "signers" else answer["signers"][0]["certificates"]
        entries.append(json.loads(json.dumps(entries[0])))

    return bend


def revoked_and_no(answer: Answer) -> None:
    """What NCANode says of a revoked signer."""
    revocations(("CRL", False), ("OCSP", True))(answer)
    one(answer)["valid"] = answer["valid"] = False


BENT: dict[str, tuple[Bend, Refusal]] = {
    "no signer, valid": (set_to("signers", []), Refusal.signers),
    "a signer without certificate, valid": (
        set_to("signers", [{"certificates": []}]),
        Refusal.no_certificate,
    ),
    "two signers": (twice("signers"), Refusal.signers),
    "two certificates": (twice("certificates"), Refusal.no_certificate),
    "no revocations": (said_of("revocations", []), Refusal.revocation_unknown),
    "revocations left out": (without("revocations"), Refusal.revocation_unknown),
    "revocations null": (said_of("revocations", None), Refusal.unavailable),
    "OCSP only": (revocations(("OCSP", False)), Refusal.revocation_unknown),
    "CRL only": (revocations(("CRL", False)), Refusal.revocation_unknown),
    "somebody else": (revocations(("OCSP", False), ("CRL", False), ("X", False)), Refusal.revocation_unknown),
    "revoked, yet valid": (revocations(("OCSP", True), ("CRL", False)), Refusal.revoked),
    "revoked by one of two responders": (
        revocations(("OCSP", False), ("OCSP", True), ("CRL", False)),
        Refusal.revoked,
    ),
    "revoked": (revoked_and_no, Refusal.revoked),
    "revoked as a word": (
        said_of("revocations", [{"by": "OCSP", "revoked": "false"}, {"by": "CRL", "revoked": False}]),
        Refusal.unavailable,
    ),
    "for sign-in": (said_of("keyUsage", "AUTH"), Refusal.purpose),
    "usage unknown": (said_of("keyUsage", "UNKNOWN"), Refusal.purpose),
    "usage left out": (without("keyUsage"), Refusal.unavailable),
    "role left out": (without("keyUser"), Refusal.role),
    "no role": (said_of("keyUser", []), Refusal.role),
    "another kind of holder": (said_of("keyUser", ["ORGANIZATION"]), Refusal.role),
    "one role too many": (said_of("keyUser", ["INDIVIDUAL", "CEO"]), Refusal.role),
    "a later role too many": (said_of("keyUser", ["INDIVIDUAL", "INDIVIDUAL_DIGITAL_SYSTEM"]), Refusal.role),
    "an unknown role": (said_of("keyUser", ["NCA_ADMIN"]), Refusal.role),
    "another IIN": (subject(iin="009900000008"), Refusal.identity),
    "no IIN": (subject(iin=None), Refusal.identity),
    "a BIN of a person": (subject(bin=BIN), Refusal.identity),
    "no holder": (said_of("subject", None), Refusal.unavailable),
    "another certificate": (said_of("serialNumber", "1"), Refusal.no_certificate),
    "no serial number": (said_of("serialNumber", "one"), Refusal.no_certificate),
    "not valid": (set_to("valid", False), Refusal.invalid),
    "valid left out": (lambda answer: answer.pop("valid"), Refusal.unavailable),
    "valid as a word": (set_to("valid", "true"), Refusal.unavailable),
    "valid as a number": (set_to("valid", 1), Refusal.unavailable),
    "certificate not valid": (said_of("valid", False), Refusal.untrusted),
    "status 500": (set_to("status", 500), Refusal.unavailable),
    "signers null": (set_to("signers", None), Refusal.unavailable),
    "a signer null": (set_to("signers", [None]), Refusal.unavailable),
    "a certificate null": (set_to("signers", [{"certificates": [None]}]), Refusal.unavailable),
}


@pytest.mark.parametrize("name", BENT)
async def test_every_dangerous_answer_is_refused(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, name: str
) -> None:
    """R-A2: NCANode's `valid` alone proves nothing; each statement must be there and fit the signature."""
    bend, reason = BENT[name]
    assert (await check(ca, partner, client)).signer.iin == IIN
    assert await refusal(ca, partner, client, bend) is reason


GOOD = b'{"status":200,"valid":true,"signers":[]}'
WIRES = {
    "never": NEVER,
    "HTTP 500": http(GOOD, 500),
    "HTTP 404": http(b"", 404),
    "HTTP 204": http(b"", 204),
    "redirected": http(b"", 307, Location="http://127.0.0.1:9/"),
    "not JSON": http(b"<html>"),
    "nothing": http(b""),
    "null": http(b"null"),
    "a list": http(b"[]"),
    "half": http(GOOD[:20], length=len(GOOD)),
    "too large": http(GOOD + b" " * 300_000),
    "no HTTP": b"valid\r\n\r\n",
    "not UTF-8": http(b'{"status":200,"valid":true,"message":"\xff","signers":[]}'),
}


@pytest.mark.parametrize("name", WIRES)
async def test_no_usable_answer_is_refused(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, name: str
) -> None:
    """R-A2: late, broken, oversized and foreign answers fail closed, under a code of their own."""
    partner.answer = lambda _question: WIRES[name]
    verifier = NcaNodeVerifier(client, partner.url, seconds=0.3 if name == "never" else 5)
    with pytest.raises(SignatureRefused, match="SIGNATURE_CHECK_UNAVAILABLE"):
        await verifier.verify(alone(person(ca)), CONTENT, Purpose.document, NOW)
    assert len(partner.got) == 1


async def test_nobody_listening_is_refused(ca: Authority, client: httpx2.AsyncClient) -> None:
    """R-A2: a service that is down lets nobody in."""
    with pytest.raises(SignatureRefused, match="SIGNATURE_CHECK_UNAVAILABLE"):
        await NcaNodeVerifier(client, "http://127.0.0.1:9").verify(
            alone(person(ca)), CONTENT, Purpose.document, NOW
        )
