import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import HolderRole, Purpose, Refusal, SignatureRefused
from integrations.development_ca import Credential, DevelopmentAuthority, Period, sign_cms
from integrations.development_ca.certificates import (
    Holder,
    Profile,
    authority,
    issue,
    new_key,
)
from integrations.development_ca.cms import signed_cms
from integrations.signatures import LocalX509Verifier
from tests.integrations.signatures.checks import (
    BIN,
    CONTENT,
    IIN,
    NOW,
    Authority,
    certified,
    check,
    person,
    refusal,
    signed_by,
)


def test_one_key_serves_sign_in_and_documents(ca: Authority) -> None:
    """R-A2: under the policy of one key the same certificate may do both."""
    one = person(ca, "one-key", one_key=True)
    assert one.auth.certificate == one.sign.certificate
    for purpose in Purpose:
        assert check(ca, sign_cms(one, CONTENT, when=NOW), purpose=purpose).signer.iin == IIN


def test_an_entity_is_known_by_its_bin_and_roles(ca: Authority) -> None:
    """R-A2: the BIN comes from OU, the IIN of who acts from serialNumber, the roles from the usages."""
    granted = (HolderRole.head, HolderRole.signer)
    head = ca.entity("head", IIN, "Иванов", "Иван", bin_=BIN, organisation="ТОО «Ромашка»", roles=granted)
    signer = check(ca, sign_cms(head, CONTENT, when=NOW)).signer
    assert (signer.iin, signer.bin, signer.organisation) == (IIN, BIN, "ТОО «Ромашка»")
    assert signer.roles == {"legal_entity", "head", "signer"}


def test_a_machine_of_a_state_body_signs_messages(ca: Authority) -> None:
    """R-A4: an information system has a BIN and no person behind it."""
    system = ca.information_system("sobes", bin_=BIN, organisation="Министерство")
    signer = check(ca, sign_cms(system, CONTENT, when=NOW), purpose=Purpose.message).signer
    assert (signer.iin, signer.bin) == (None, BIN)
    assert signer.roles == {"legal_entity", "information_system"}


def test_known_intermediates_need_not_be_embedded(ca: Authority) -> None:
    """A path is found through a configured issuer, and is refused where nobody knows it."""
    alone = signed_cms(person(ca).sign, CONTENT, attached=True, when=NOW, others=[])
    knowing = LocalX509Verifier([ca.root], ca.revocation(), intermediates=[ca.intermediate])
    assert asyncio.run(knowing.verify(alone, CONTENT, Purpose.document, NOW)).chain[1] == ca.intermediate
    assert refusal(ca, alone) is Refusal.untrusted


def test_each_key_of_a_pair_is_refused_for_the_other_use(ca: Authority) -> None:
    """R-A2: the signing certificate does not sign in, the other signs neither documents nor messages."""
    ivan = person(ca)
    auth = sign_cms(ivan, CONTENT, when=NOW, key="auth")
    assert refusal(ca, sign_cms(ivan, CONTENT, when=NOW), purpose=Purpose.login) is Refusal.purpose
    assert refusal(ca, auth, purpose=Purpose.document) is Refusal.purpose
    assert refusal(ca, auth, purpose=Purpose.message) is Refusal.purpose


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (NOW - timedelta(days=9), NOW - timedelta(seconds=1), Refusal.expired),
        (NOW + timedelta(seconds=1), NOW + timedelta(days=9), Refusal.not_yet_valid),
    ],
)
def test_a_certificate_counts_only_in_its_period(
    ca: Authority, start: datetime, end: datetime, reason: Refusal
) -> None:
    """R-A2: expired and not yet valid certificates are refused by the given clock."""
    short = ca.person("short", IIN, "Иванов", "Иван", period=Period(start, end))
    cms = sign_cms(short, CONTENT, when=NOW)
    assert refusal(ca, cms) is reason
    assert (
        check(ca, cms, now=start + timedelta(days=1) if reason is Refusal.expired else end).signer.iin == IIN
    )


def test_an_expired_root_is_refused(ca: Authority) -> None:
    """R-A2: every link must be valid at the instant, the root as well."""
    lasting = ca.person("lasting", IIN, "Иванов", "Иван", period=Period(end=datetime(2049, 1, 1, tzinfo=UTC)))
    late = datetime(2047, 1, 1, tzinfo=UTC)
    assert refusal(ca, sign_cms(lasting, CONTENT, when=late), now=late) in {
        Refusal.untrusted,
        Refusal.expired,
    }


def test_a_fake_authority_of_the_same_name_is_refused(ca: Authority, tmp_path: Path) -> None:
    """R-A2: embedded certificates are candidates only; the roots are ours."""
    fake = DevelopmentAuthority(tmp_path)
    ivan = person(fake)
    assert refusal(ca, sign_cms(ivan, CONTENT, when=NOW)) is Refusal.untrusted
    root = x509.load_der_x509_certificate(fake.root)
    with_chain = signed_cms(ivan.sign, CONTENT, attached=True, when=NOW, others=[ivan.issuer, root])
    assert refusal(ca, with_chain) is Refusal.untrusted
    mixed = signed_by(ivan.sign, ca)
    assert refusal(ca, mixed) is Refusal.untrusted


def test_a_person_is_no_authority(ca: Authority) -> None:
    """R-A2: a certificate issued with a person's key is refused."""
    ivan = person(ca)
    profile = Profile("1.2.398.3.3.2.3", "1.3.6.1.5.5.7.3.4", non_repudiation=True)
    forged = issue(Holder(IIN, "Петров", "Пётр"), profile, new_key("ec"), ivan.sign, Period())
    assert refusal(ca, signed_by(forged, ca, ivan.sign.certificate, ivan.issuer)) is Refusal.untrusted


def test_an_authority_below_its_depth_is_refused(ca: Authority) -> None:
    """R-A2: the intermediate may certify persons, not further authorities."""
    below = authority("Below", new_key("ec"), ca._intermediate)
    profile = Profile("1.2.398.3.3.2.3", "1.3.6.1.5.5.7.3.4", non_repudiation=True)
    forged = issue(Holder(IIN, "Петров", "Пётр"), profile, new_key("ec"), below, Period())
    issuer = x509.load_der_x509_certificate(ca.intermediate)
    assert refusal(ca, signed_by(forged, ca, below.certificate, issuer)) is Refusal.untrusted


def test_an_authority_signs_no_documents(ca: Authority) -> None:
    """R-A2: the signer's certificate must be an end certificate."""
    assert refusal(ca, signed_by(ca._intermediate, ca, x509.load_der_x509_certificate(ca.root))) in {
        Refusal.purpose,
        Refusal.untrusted,
    }


@pytest.mark.parametrize("roles", [(), (HolderRole.head,), (HolderRole.individual, HolderRole.legal_entity)])
def test_a_certificate_without_a_role_is_refused(ca: Authority, roles: tuple[HolderRole, ...]) -> None:
    """R-A2: exactly one kind of holder must be named among the usages."""
    assert refusal(ca, signed_by(certified(ca, roles=roles), ca)) is Refusal.role


@pytest.mark.parametrize("policy", ["1.2.398.3.3.2.1", "1.2.398.3.3.2.4", "1.2.398.3.3.2.9", "1.2.3"])
def test_a_foreign_policy_is_refused(ca: Authority, policy: str) -> None:
    """R-A2: only a policy that allows this use to this kind of holder counts."""
    assert refusal(ca, signed_by(certified(ca, policy), ca)) is Refusal.purpose


ENTITY = (HolderRole.legal_entity, HolderRole.head)


@pytest.mark.parametrize(
    "holder",
    [
        {"iin": None},
        {"iin": "123456789011"},
        {"iin": "80050630007"},
        {"iin": IIN + "0"},
        {"bin": BIN, "organisation": "ТОО"},
        {"roles": ENTITY},
        {"roles": ENTITY, "bin": "123456789021"},
        {"roles": ENTITY, "bin": "ROMASHKA"},
        {"roles": ENTITY, "bin": BIN, "iin": None},
    ],
)
def test_a_holder_needs_proper_numbers(ca: Authority, holder: dict[str, object]) -> None:
    """R-A2: a malformed, missing or superfluous IIN or BIN is refused."""
    policy = "1.2.398.3.3.2" if "roles" in holder else "1.2.398.3.3.2.3"
    assert refusal(ca, signed_by(certified(ca, policy, **holder), ca)) is Refusal.identity


def test_check_digits_can_be_relaxed(ca: Authority) -> None:
    """The numbers of the authority's own test certificates pass where the profile says so."""
    relaxed = LocalX509Verifier([ca.root], ca.revocation(), check_digits=False)
    cms = signed_by(certified(ca, iin="123456789011"), ca)
    assert asyncio.run(relaxed.verify(cms, CONTENT, Purpose.document, NOW)).signer.iin == "123456789011"


def test_weak_keys_are_refused(ca: Authority) -> None:
    """R-A2: a curve below P-256 and a key of another kind are refused before any path is sought."""
    small = ec.generate_private_key(ec.SECP224R1())
    profile = Profile("1.2.398.3.3.2.3", "1.3.6.1.5.5.7.3.4", non_repudiation=True)
    weak = issue(Holder(IIN, "Петров", "Пётр"), profile, small, ca._intermediate, Period())
    assert refusal(ca, signed_by(weak, ca)) is Refusal.algorithm
    other = ed25519.Ed25519PrivateKey.generate()
    builder = (
        x509.CertificateBuilder().subject_name(ca._root.certificate.subject).public_key(other.public_key())
    )
    builder = builder.issuer_name(ca._root.certificate.subject).serial_number(7)
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    odd = Credential(small, builder.sign(ca._root.key, hashes.SHA256()))
    assert refusal(ca, signed_by(odd, ca)) is Refusal.algorithm


def certificate(
    ca: Authority, key: ec.EllipticCurvePrivateKey, *extensions: x509.ExtensionType
) -> Credential:
    """A certificate of the intermediate with critical extensions of choice."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ПЕТРОВ ПЁТР")])
    issuer = ca._intermediate
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer.certificate.subject)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return Credential(key, builder.sign(issuer.key, hashes.SHA256()))


def test_a_bare_or_unheard_of_certificate_is_refused(ca: Authority) -> None:
    """R-A2: without usages, or with a critical extension that nobody here understands, nothing is allowed."""
    key = ec.generate_private_key(ec.SECP256R1())
    good = person(ca).sign.certificate.extensions
    unheard = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.398.99"), b"\x05\x00")
    assert refusal(ca, signed_by(certificate(ca, key), ca)) is Refusal.purpose
    usages = [
        one.value
        for one in good
        if not isinstance(one.value, (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier))
    ]
    assert refusal(ca, signed_by(certificate(ca, key, *usages, unheard), ca)) is Refusal.untrusted


def test_an_issuer_needs_the_right_to_sign_certificates(tmp_path: Path) -> None:
    """R-A2: an authority whose key usage lacks certificates is no link of a path."""
    ca = DevelopmentAuthority(tmp_path)
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, True, False, False, False, False, True, False, False)
    weak = certificate(ca, key, x509.BasicConstraints(ca=True, path_length=0), usage)
    profile = Profile("1.2.398.3.3.2.3", "1.3.6.1.5.5.7.3.4", non_repudiation=True)
    leaf = issue(Holder(IIN, "Петров", "Пётр"), profile, key, weak, Period())
    trusting = LocalX509Verifier([weak.certificate.public_bytes(Encoding.DER)], ca.revocation())
    with pytest.raises(SignatureRefused, match="CERTIFICATE_UNTRUSTED"):
        asyncio.run(trusting.verify(signed_by(leaf, ca), CONTENT, Purpose.document, NOW))


def test_an_unknown_kind_of_key_is_refused(ca: Authority) -> None:
    """R-A2: a key that this machine can't compute with, such as GOST, is an algorithm off the list."""
    ivan = person(ca).sign
    der = ivan.certificate.public_bytes(Encoding.DER).replace(
        b"\x2a\x86\x48\xce\x3d\x02\x01", b"\x2a\x86\x48\xce\x3d\x02\x0f"
    )
    assert (
        refusal(ca, signed_by(Credential(ivan.key, x509.load_der_x509_certificate(der)), ca))
        is Refusal.algorithm
    )


def test_a_signer_configured_as_a_root_is_refused(ca: Authority) -> None:
    """R-A2: a path of one certificate has no issuer who could revoke it, whatever else is trusted."""
    ivan = person(ca)
    own = ivan.sign.certificate.public_bytes(Encoding.DER)
    for roots in ([own], [own, ca.root]):
        trusting = LocalX509Verifier(roots, ca.revocation())
        with pytest.raises(SignatureRefused, match="CERTIFICATE_UNTRUSTED"):
            asyncio.run(trusting.verify(signed_by(ivan.sign, ca), CONTENT, Purpose.document, NOW))
