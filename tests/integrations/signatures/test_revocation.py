import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import Material, Purpose, Refusal, SignatureRefused, Verified
from integrations.development_ca import DevelopmentAuthority, sign_cms
from integrations.signatures import LocalX509Verifier, RevocationListRefused, RevocationLists
from tests.integrations.signatures.checks import (
    CONTENT,
    IIN,
    NOW,
    Authority,
    check,
    person,
    refusal,
)


def test_revoked_certificates_are_refused(tmp_path: Path) -> None:
    """R-A2: a revoked signer, then a revoked intermediate, also one revoked by another process."""
    ca = DevelopmentAuthority(tmp_path)
    ivan, olga = person(ca), person(ca, "olga")
    source = ca.revocation()
    trusting = LocalX509Verifier([ca.root], source)
    asyncio.run(trusting.verify(sign_cms(ivan, CONTENT, when=NOW), CONTENT, Purpose.document, NOW))
    DevelopmentAuthority(tmp_path).revoke(ivan, NOW)
    with pytest.raises(SignatureRefused, match="CERTIFICATE_REVOKED"):
        asyncio.run(trusting.verify(sign_cms(ivan, CONTENT, when=NOW), CONTENT, Purpose.document, NOW))
    assert check(ca, sign_cms(olga, CONTENT, when=NOW)).signer.iin == IIN
    ca.revoke_intermediate(NOW)
    assert refusal(ca, sign_cms(olga, CONTENT, when=NOW)) is Refusal.revoked


@pytest.mark.parametrize("age", [timedelta(days=-1), timedelta(days=7)])
def test_a_stale_or_future_list_is_no_answer(ca: Authority, age: timedelta) -> None:
    """R-A2: revocation that is not known at the instant is refused."""
    lists = RevocationLists([ca.root, ca.intermediate])
    lists.replace(ca.crls(NOW - age))
    with pytest.raises(SignatureRefused, match="REVOCATION_UNKNOWN"):
        asyncio.run(
            LocalX509Verifier([ca.root], lists).verify(
                sign_cms(person(ca), CONTENT, when=NOW), CONTENT, Purpose.document, NOW
            )
        )


@pytest.mark.parametrize("kept", [[], [0], [1]])
def test_every_link_needs_a_list(ca: Authority, kept: list[int]) -> None:
    """R-A2: without the list of the root or of the intermediate nothing is accepted."""
    lists = RevocationLists([ca.root, ca.intermediate])
    lists.replace([ca.crls(NOW)[place] for place in kept])
    verify = LocalX509Verifier([ca.root], lists).verify
    with pytest.raises(SignatureRefused, match="REVOCATION_UNKNOWN"):
        asyncio.run(verify(sign_cms(person(ca), CONTENT, when=NOW), CONTENT, Purpose.document, NOW))


def test_lists_by_another_key_are_refused_and_change_nothing(ca: Authority, tmp_path: Path) -> None:
    """R-A2: an authority of the same name can't speak for the real one."""
    fake = DevelopmentAuthority(tmp_path)
    lists = RevocationLists([ca.root, ca.intermediate])
    lists.replace(ca.crls(NOW))
    before = lists.find(x509.load_der_x509_certificate(ca.intermediate), NOW)
    with pytest.raises(RevocationListRefused, match="signed"):
        lists.replace([ca.crls(NOW)[0], fake.crls(NOW)[1]])
    assert lists.find(x509.load_der_x509_certificate(ca.intermediate), NOW) is before
    trusted_by_mistake = RevocationLists([ca.root, fake.intermediate])
    trusted_by_mistake.replace([ca.crls(NOW)[0], fake.crls(NOW)[1]])
    verify = LocalX509Verifier([ca.root], trusted_by_mistake).verify
    with pytest.raises(SignatureRefused, match="REVOCATION_UNKNOWN"):
        asyncio.run(verify(sign_cms(person(ca), CONTENT, when=NOW), CONTENT, Purpose.document, NOW))


def listed(ca: Authority, *extensions: tuple[x509.ExtensionType, bool], until: bool = True) -> bytes:
    """A list of the intermediate with these extensions."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(ca._intermediate.certificate.subject)
    builder = builder.last_update(NOW).next_update(NOW + timedelta(days=1))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(ca._intermediate.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_partial_and_broken_lists_are_refused(ca: Authority) -> None:
    """Delta lists, lists narrowed by kind and garbage can't tell that a certificate is good; a whole one can."""
    lists = RevocationLists([ca.root, ca.intermediate])
    place = [x509.UniformResourceIdentifier("http://crl.example/nca.crl")]
    everything = x509.IssuingDistributionPoint(place, None, False, False, None, False, False)
    users = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
    lists.replace([listed(ca, (everything, True), (x509.CRLNumber(5), False))])
    for bad in (listed(ca, (x509.DeltaCRLIndicator(1), True)), listed(ca, (users, True)), b"", b"garbage"):
        with pytest.raises(RevocationListRefused):
            lists.replace([bad])


def recheck(
    ca: Authority, cms: bytes, material: Material, at: datetime, content: bytes = CONTENT
) -> Verified:
    """A check with kept material; no list is known otherwise."""
    offline = LocalX509Verifier([ca.root], RevocationLists([]))
    return asyncio.run(offline.recheck(cms, content, Purpose.document, material, at))


def test_evidence_is_checked_again_offline(tmp_path: Path) -> None:
    """R-D2: the kept chain and lists prove the signature at its time, whatever was revoked or expired since."""
    ca = DevelopmentAuthority(tmp_path)
    cms = sign_cms(person(ca), CONTENT, when=NOW)
    first = check(ca, cms)
    ca.revoke(person(ca), NOW + timedelta(days=1))
    assert recheck(ca, cms, first.material, NOW) == first
    assert refusal(ca, cms, now=NOW + timedelta(days=2)) is Refusal.revoked


def test_changed_evidence_is_refused(ca: Authority, tmp_path: Path) -> None:
    """R-D2: other content, other lists, another chain, no material or a later instant prove nothing."""
    cms = sign_cms(person(ca), CONTENT, when=NOW)
    good = check(ca, cms).material
    fake = DevelopmentAuthority(tmp_path)
    foreign = check(fake, sign_cms(person(fake), CONTENT, when=NOW)).material
    cases: list[tuple[Material, datetime, bytes]] = [
        (good, NOW, b"other"),
        (good, NOW + timedelta(days=30), CONTENT),
        (Material(good.chain, ()), NOW, CONTENT),
        (Material(good.chain, foreign.crls), NOW, CONTENT),
        (foreign, NOW, CONTENT),
        (Material((), ()), NOW, CONTENT),
        (Material((b"x", b"y"), (b"z",)), NOW, CONTENT),
    ]
    for material, at, content in cases:
        with pytest.raises(SignatureRefused):
            recheck(ca, cms, material, at, content)


def test_a_list_by_a_key_of_another_kind_is_refused(ca: Authority) -> None:
    """An authority with a key that is neither RSA nor elliptic signs no list that counts."""
    key = ed25519.Ed25519PrivateKey.generate()
    name = ca._root.certificate.subject
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    odd = builder.sign(key, None).public_bytes(Encoding.DER)
    with pytest.raises(RevocationListRefused, match="signed"):
        RevocationLists([odd]).replace([ca.crls(NOW)[0]])
