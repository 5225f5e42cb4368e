"""What is judged before NCANode is asked, whom it may speak about, and what its word is worth later."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from domain.signatures import HolderRole, Material, Purpose, Refusal, SignatureRefused
from integrations.development_ca import sign_cms
from integrations.development_ca.cms import signed_cms
from integrations.signatures.ncanode import NcaNodeVerifier
from tests.integrations.signatures import forgery
from tests.integrations.signatures.checks import BIN, CONTENT, IIN, NOW, Authority, certified, person
from tests.integrations.signatures.ncanode import alone, answering, one, right
from tests.integrations.signatures.partner import Partner, Question, http

GOOD = b'{"status":200,"valid":true,"signers":[]}'


def believing(_question: Question) -> bytes:
    """A service that says yes to everything."""
    return http(GOOD)


async def unasked(
    partner: Partner, client: httpx2.AsyncClient, cms: bytes, purpose: Purpose = Purpose.document
) -> Refusal:
    """Why a signature is refused that NCANode is not even asked about."""
    partner.answer = believing
    with pytest.raises(SignatureRefused) as caught:
        await NcaNodeVerifier(client, partner.url).verify(cms, CONTENT, purpose, NOW)
    assert partner.got == []
    return caught.value.reason


async def test_the_signature_is_read_before_anybody_is_asked(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: shape, content, period, use, role, holder and time are judged here, whatever NCANode would say."""
    ivan = person(ca)
    cms = alone(ivan)
    old = signed_cms(ivan.auth, CONTENT, attached=True, when=NOW - timedelta(minutes=6), others=[])
    cases: list[tuple[bytes, Purpose, Refusal]] = [
        (b"", Purpose.document, Refusal.unreadable),
        (bytes(70_000), Purpose.document, Refusal.too_large),
        (forgery.bent(cms, forgery.no_signer), Purpose.document, Refusal.signers),
        (forgery.bent(cms, forgery.two_signers), Purpose.document, Refusal.signers),
        (forgery.bent(cms, forgery.embed([])), Purpose.document, Refusal.no_certificate),
        (sign_cms(ivan, CONTENT, when=NOW), Purpose.document, Refusal.no_certificate),
        (forgery.bent(cms, forgery.other_content), Purpose.document, Refusal.content),
        (signed_cms(ivan.sign, b"", attached=True, when=NOW, others=[]), Purpose.document, Refusal.content),
        (cms, Purpose.login, Refusal.purpose),
        (alone(ivan, login=True), Purpose.document, Refusal.purpose),
        (old, Purpose.login, Refusal.time),
    ]
    for bad, purpose, reason in cases:
        assert await unasked(partner, client, bad, purpose) is reason
    for holder, reason in [({"roles": ()}, Refusal.role), ({"iin": "123456789011"}, Refusal.identity)]:
        wrong = signed_cms(certified(ca, **holder), CONTENT, attached=True, when=NOW, others=[])  # type: ignore[arg-type]
        assert await unasked(partner, client, wrong) is reason
    with pytest.raises(SignatureRefused, match="CERTIFICATE_EXPIRED"):
        await NcaNodeVerifier(client, partner.url).verify(
            cms, CONTENT, Purpose.document, NOW + timedelta(days=9999)
        )


async def test_an_entity_is_compared_by_both_numbers(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: another BIN is refused; roles that only younger versions name may be missing, never invented."""
    granted = (HolderRole.head, HolderRole.signer)
    head = ca.entity("head", IIN, "Иванов", "Иван", bin_=BIN, organisation="ТОО", roles=granted)
    verifier = NcaNodeVerifier(client, partner.url, seconds=2)
    answer = right(head.sign.certificate, bin=BIN)
    one(answer)["keyUser"] = ["ORGANIZATION", "CEO", "CAN_SIGN"]
    answering(partner, answer)
    found = await verifier.verify(alone(head), CONTENT, Purpose.document, NOW)
    assert (found.signer.bin, set(found.signer.roles)) == (BIN, {"legal_entity", "head", "signer"})
    for key, value in [("bin", "700140000019"), ("bin", None)]:
        other = json.loads(json.dumps(answer))
        one(other)["subject"][key] = value
        answering(partner, other)
        with pytest.raises(SignatureRefused, match="CERTIFICATE_IDENTITY"):
            await verifier.verify(alone(head), CONTENT, Purpose.document, NOW)


@pytest.mark.parametrize("named", [[], ["ORGANIZATION_DIGITAL_SYSTEM"]])
async def test_a_machine_may_be_named_or_not(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient, named: list[str]
) -> None:
    """An information system is known to younger versions of NCANode only."""
    system = ca.information_system("sobes", bin_=BIN, organisation="Министерство")
    answer = right(system.sign.certificate, iin=None, bin=BIN)
    one(answer)["keyUser"] = ["ORGANIZATION", *named]
    answering(partner, answer)
    verifier = NcaNodeVerifier(client, partner.url, seconds=2)
    assert (await verifier.verify(alone(system), CONTENT, Purpose.message, NOW)).signer.bin == BIN


async def test_a_sign_in_needs_the_other_usage(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-A2: for a pair NCANode must say AUTH, for one key it says SIGN in both uses."""
    pair, single = person(ca), person(ca, "one-key", one_key=True)
    verifier = NcaNodeVerifier(client, partner.url, seconds=2)
    for identity, usage, holds in [(pair, "AUTH", True), (pair, "SIGN", False), (single, "SIGN", True)]:
        answer = right(identity.auth.certificate)
        one(answer)["keyUsage"] = usage
        answering(partner, answer)
        signing = verifier.verify(alone(identity, login=True), CONTENT, Purpose.login, NOW)
        if holds:
            assert (await signing).signer.iin == IIN
        else:
            with pytest.raises(SignatureRefused, match="CERTIFICATE_PURPOSE"):
                await signing


async def test_a_kept_statement_proves_nothing_again(
    ca: Authority, partner: Partner, client: httpx2.AsyncClient
) -> None:
    """R-D2: offline nobody can repeat NCANode's check, so the evidence doesn't hold; changes are named."""
    cms = alone(person(ca))
    answering(partner, right(person(ca).sign.certificate))
    verifier = NcaNodeVerifier(client, partner.url)
    kept = (await verifier.verify(cms, CONTENT, Purpose.document, NOW)).material
    cases: list[tuple[bytes, Material, str]] = [
        (CONTENT, kept, "SIGNATURE_NOT_CHECKED_OFFLINE"),
        (b"other", kept, "SIGNATURE_OF_OTHER_CONTENT"),
        (CONTENT, replace(kept, chain=()), "SIGNATURE_WITHOUT_CERTIFICATE"),
    ]
    for content, material, code in cases:
        with pytest.raises(SignatureRefused, match=code):
            await verifier.recheck(cms, content, Purpose.document, material, NOW)
    assert len(partner.got) == 1
