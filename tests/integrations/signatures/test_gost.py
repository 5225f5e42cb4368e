"""GOST signatures checked without NCANode: consistent with an authority of our own.

Interoperability with Kalkan, the library of the National Certification Authority, is unproven: no signature made
by it is here, and its order of bytes inside a CMS is not known.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from _pytest.mark import ParameterSet
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import CLIENT_AUTH, Material, Purpose, Refusal, SignatureRefused, Verified
from integrations.development_ca import Credential, Period
from integrations.development_ca.certificates import Profile, authority, certified, new_key
from integrations.signatures import RevocationListRefused, RevocationLists
from integrations.signatures.gost import GostVerifier, signed_by
from integrations.signatures.gost_process import GostProcess
from tests.integrations.signatures import forgery
from tests.integrations.signatures.checks import CONTENT, IIN, NOW
from tests.integrations.signatures.gost_ca import (
    Gost,
    GostAuthority,
    GostKey,
    cast,
    gost_cms,
    key_info,
    listed,
)


@pytest.fixture(scope="module")
def ca() -> GostAuthority:
    """An authority with GOST keys."""
    return GostAuthority()


@pytest.fixture(scope="module")
def ivan(ca: GostAuthority) -> Gost:
    """A person of it."""
    return ca.person()


def verifier(ca: GostAuthority, revoked: int | None = None, kept: tuple[int, ...] = (0, 1)) -> GostVerifier:
    """A verifier that trusts the authority and knows some of its lists."""
    process = GostProcess()
    lists = RevocationLists([ca.root.der, ca.middle.der], signed_by=signed_by(process))
    lists.replace([ca.crls(revoked=revoked)[place] for place in kept])
    return GostVerifier([ca.root.der], lists, process=process)


@pytest.fixture(scope="module")
def usual(ca: GostAuthority) -> GostVerifier:
    """A verifier that knows all lists."""
    return verifier(ca)


def check(verifying: GostVerifier, cms: bytes, content: bytes = CONTENT, **other: object) -> Verified:
    """The outcome for a document."""
    purpose = other.get("purpose", Purpose.document)
    assert isinstance(purpose, Purpose)
    return asyncio.run(verifying.verify(cms, content, purpose, NOW))


def refusal(verifying: GostVerifier, cms: bytes, content: bytes = CONTENT, **other: object) -> Refusal:
    """Why it is refused."""
    with pytest.raises(SignatureRefused) as caught:
        check(verifying, cms, content, **other)
    return caught.value.reason


@pytest.mark.parametrize(("attached", "purpose"), [(True, Purpose.document), (False, Purpose.login)])
def test_a_signature_by_our_own_authority_holds(
    ca: GostAuthority, ivan: Gost, usual: GostVerifier, attached: bool, purpose: Purpose
) -> None:
    """R-A2: one key signs in and signs documents; checked again offline (Kalkan's own bytes: unproven)."""
    cms = gost_cms(ivan, ca.middle.certificate, attached=attached)
    found = check(usual, cms, purpose=purpose)
    assert (found.signer.iin, set(found.signer.roles)) == (IIN, {"individual"})
    assert (found.chain, len(found.crls)) == ((ivan.der, ca.middle.der, ca.root.der), 2)
    if not attached:
        return
    offline = GostVerifier([ca.root.der], RevocationLists([]), process=GostProcess())
    assert asyncio.run(offline.recheck(cms, CONTENT, purpose, found.material, NOW)) == found


def test_indefinite_lengths_and_the_name_of_the_key_are_read(
    ca: GostAuthority, ivan: Gost, usual: GostVerifier
) -> None:
    """R-A2: BER, and the algorithm named by its key as some software does (Kalkan's own bytes: unproven)."""
    cms = gost_cms(ivan, ca.middle.certificate, algorithm="1.2.398.3.10.1.1.2.2")
    assert check(usual, forgery.indefinite(cms)).signer.iin == IIN


def short(signed: object) -> None:
    """A signature of half the length."""
    signed["signer_infos"][0]["signature"] = bytes(64)  # type: ignore[index]


COSTLY = {
    "by another key",
    "another certificate named",
    "of another digest",
    "of another authority",
    "too deep",
}
"""Seconds each, in pure Python, for a rule that a cheaper case shows as well."""


def costed(names: Iterable[str]) -> list[str | ParameterSet]:
    """The cases, those that cost much for the long run only."""
    return [pytest.param(name, marks=pytest.mark.long) if name in COSTLY else name for name in names]


Wrong = Callable[[GostAuthority, Gost], bytes]
MIDDLE: Callable[[GostAuthority], x509.Certificate] = lambda ca: ca.middle.certificate  # noqa: E731 - a name for it
WRONG: dict[str, tuple[Wrong, Refusal]] = {
    "flipped": (
        lambda ca, ivan: gost_cms(ivan, MIDDLE(ca), after=forgery.flipped_signature),
        Refusal.invalid,
    ),
    "by another key": (
        lambda ca, ivan: gost_cms(replace(ivan, key=ca.middle.key), MIDDLE(ca)),
        Refusal.invalid,
    ),
    "short": (
        lambda ca, ivan: gost_cms(ivan, MIDDLE(ca), after=short),
        Refusal.invalid,
    ),
    "of other content": (lambda ca, ivan: gost_cms(ivan, MIDDLE(ca), content=b"other"), Refusal.content),
    "of another digest": (lambda ca, ivan: gost_cms(ivan, MIDDLE(ca), digest=bytes(64)), Refusal.content),
    "another certificate named": (
        lambda ca, ivan: gost_cms(ivan, MIDDLE(ca), named=ca.root.certificate),
        Refusal.no_certificate,
    ),
    "two signers": (
        lambda ca, ivan: gost_cms(ivan, MIDDLE(ca), after=forgery.two_signers),
        Refusal.signers,
    ),
    "garbage": (lambda _ca, _ivan: b"garbage", Refusal.unreadable),
    "huge": (lambda _ca, _ivan: bytes(70_000), Refusal.too_large),
    "no issuer": (lambda _ca, ivan: gost_cms(ivan), Refusal.untrusted),
    "elliptic": (
        lambda ca, ivan: gost_cms(ivan, MIDDLE(ca), after=forgery.algorithms("sha256", "sha256_ecdsa")),
        Refusal.algorithm,
    ),
}


@pytest.mark.parametrize("name", costed(WRONG))
def test_wrong_signatures_are_refused(ca: GostAuthority, ivan: Gost, usual: GostVerifier, name: str) -> None:
    """R-A2: the same rules as for RSA: content, signer, name, path, algorithm."""
    make, reason = WRONG[name]
    assert refusal(usual, make(ca, ivan)) is reason


def pretended(ca: GostAuthority) -> Gost:
    """A person whom a stranger certified in the name of the intermediate."""
    return ca.person(issuer=Gost(GostKey(), ca.middle.certificate, ca.middle.twin))


def rooted() -> Gost:
    """A root of the same name, in place of the intermediate."""
    return cast(authority("GOST root", new_key("ec"), path_length=1))


def limited(ca: GostAuthority, **chosen: object) -> Gost:
    """An authority below the root with other extensions."""
    usage = x509.KeyUsage(
        False, False, False, False, False, chosen.get("signs", True) is True, True, False, False
    )
    twin = certified(
        ca.middle.certificate.subject,
        new_key("ec"),
        ca.root.twin,
        [x509.BasicConstraints(ca=True, path_length=0), usage][: int(str(chosen.get("keep", 2)))],
    )
    return cast(twin, ca.root.key)


PEOPLE: dict[str, tuple[Callable[[GostAuthority], tuple[Gost, list[Gost]]], Refusal]] = {
    "certified by a stranger": (lambda ca: (pretended(ca), [ca.middle]), Refusal.untrusted),
    "of another authority": (lambda ca: (ca.person(issuer=(other := rooted())), [other]), Refusal.untrusted),
    "by a person": (
        lambda ca: (ca.person(issuer=(issuer := ca.person())), [issuer, ca.middle]),
        Refusal.untrusted,
    ),
    "too deep": (
        lambda ca: (
            ca.person(issuer=(below := ca.certify_authority("Below", ca.middle))),
            [below, ca.middle],
        ),
        Refusal.untrusted,
    ),
    "by no authority": (
        lambda ca: (ca.person(issuer=(bare := limited(ca, keep=0))), [bare]),
        Refusal.untrusted,
    ),
    "by one without basic constraints marked critical": (
        lambda ca: (ca.person(issuer=(bare := limited(ca))), [bare]),
        Refusal.untrusted,
    ),
    "expired": (
        lambda ca: (ca.person(period=Period(end=NOW - timedelta(seconds=1))), [ca.middle]),
        Refusal.expired,
    ),
    "for sign-in": (
        lambda ca: (
            ca.person(Profile("1.2.398.3.3.2.4", CLIENT_AUTH, non_repudiation=False)),
            [ca.middle],
        ),
        Refusal.purpose,
    ),
    "without a role": (lambda ca: (ca.person(roles=()), [ca.middle]), Refusal.role),
    "a malformed number": (lambda ca: (ca.person(iin="123456789011"), [ca.middle]), Refusal.identity),
}


@pytest.mark.parametrize("name", costed(PEOPLE))
def test_wrong_certificates_are_refused(ca: GostAuthority, usual: GostVerifier, name: str) -> None:
    """R-A2: path, period, use, role and numbers are judged as for RSA."""
    make, reason = PEOPLE[name]
    signer, issuers = make(ca)
    assert refusal(usual, gost_cms(signer, *(issuer.certificate for issuer in issuers))) is reason


def test_a_sign_in_is_signed_now(ca: GostAuthority, ivan: Gost, usual: GostVerifier) -> None:
    """R-A1: a sign-in six minutes old is refused before anything is computed."""
    cms = gost_cms(ivan, ca.middle.certificate)
    with pytest.raises(SignatureRefused, match="SIGNATURE_TIME"):
        asyncio.run(usual.verify(cms, CONTENT, Purpose.login, NOW + timedelta(minutes=6)))


def test_revocation_is_known_or_refused(ca: GostAuthority, ivan: Gost) -> None:
    """R-A2: by the lists of GOST authorities, whose signatures are checked in the process as well."""
    cms = gost_cms(ivan, ca.middle.certificate)
    serial = ivan.certificate.serial_number
    assert refusal(verifier(ca, revoked=serial), cms) is Refusal.revoked
    assert refusal(verifier(ca, kept=(0,)), cms) is Refusal.revocation_unknown
    lists = RevocationLists([ca.root.der, ca.middle.der], signed_by=signed_by(GostProcess()))
    with pytest.raises(RevocationListRefused, match="none of the authorities"):
        lists.replace([listed(rooted(), {}, NOW)])
    with pytest.raises(RevocationListRefused, match="none of the authorities"):
        RevocationLists([ca.root.der]).replace([ca.crls()[0]])
    broken = RevocationLists([ca.root.der], signed_by=signed_by(GostProcess(command=("/nonexistent",))))
    with pytest.raises(RevocationListRefused, match="could not be checked"):
        broken.replace([ca.crls()[0]])


def test_changed_evidence_is_refused(ca: GostAuthority, ivan: Gost, usual: GostVerifier) -> None:
    """R-D2: without the kept lists, or with broken ones, nothing holds offline."""
    cms = gost_cms(ivan, ca.middle.certificate)
    for material in (Material((ivan.der, ca.middle.der, ca.root.der), ()), Material((), (b"x",))):
        with pytest.raises(SignatureRefused, match="REVOCATION_UNKNOWN"):
            asyncio.run(usual.recheck(cms, CONTENT, Purpose.document, material, NOW))


@pytest.mark.parametrize("info", [key_info(bytes(64)), key_info(bytes(128)), b"\x30\x00"])
def test_keys_of_another_shape_are_refused(ca: GostAuthority, usual: GostVerifier, info: bytes) -> None:
    """R-A2: a key of another length, the point at zero, and no key at all."""
    twin = Credential(new_key("ec"), ca.person().twin.certificate)
    try:
        odd = cast(twin, ca.middle.key, info)
    except ValueError:
        return  # cryptography can't even load it, and so nobody can embed it
    assert refusal(usual, gost_cms(odd, ca.middle.certificate)) in {Refusal.algorithm, Refusal.invalid}


def test_an_authority_with_an_odd_extension_is_refused(ca: GostAuthority, usual: GostVerifier) -> None:
    """R-A2: an elliptic issuer of the right name and a critical extension that nobody knows end the path."""
    twin = authority("GOST authority", new_key("ec"), ca.root.twin)
    signer = ca.person(issuer=Gost(ca.middle.key, twin.certificate, twin))
    assert refusal(usual, gost_cms(signer, twin.certificate)) is Refusal.untrusted
    unheard = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.398.99"), b"\x05\x00")
    base = ca.person().twin.certificate
    builder = x509.CertificateBuilder().subject_name(base.subject).issuer_name(base.issuer)
    builder = builder.public_key(ca.root.twin.key.public_key()).serial_number(9)
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=1))
    for extension in base.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    odd = builder.add_extension(unheard, critical=True).sign(ca.middle.twin.key, SHA256())
    signer = cast(Credential(ca.root.twin.key, odd), ca.middle.key)
    assert signer.certificate.public_bytes(Encoding.DER)
    assert refusal(usual, gost_cms(signer, ca.middle.certificate)) is Refusal.untrusted
