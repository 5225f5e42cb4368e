import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identifiers import synthetic_bin, synthetic_iin
from domain.signatures import HolderRole, Material, Purpose, Refusal, SignatureRefused, Verified
from integrations.development_ca import Credential, DevelopmentAuthority, Identity, KeyUse, Period, sign_cms
from integrations.development_ca.certificates import (
    Holder,
    Profile,
    authority,
    issue,
    new_key,
)
from integrations.development_ca.cms import signed_cms
from integrations.signatures import LocalX509Verifier, RevocationListRefused, RevocationLists
from tests.integrations import forgery

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
CONTENT = "Заявление на возмещение гарантированной суммы".encode()
IIN = synthetic_iin(date(1980, 5, 6), male=True, serial=7)
BIN = synthetic_bin(date(2015, 3, 1), serial=5)
Authority = DevelopmentAuthority


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority with elliptic keys."""
    return DevelopmentAuthority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def rsa_ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority with RSA keys."""
    return DevelopmentAuthority(tmp_path_factory.mktemp("rsa"), keys="rsa")


def person(ca: Authority, name: str = "ivan", iin: str = IIN, *, one_key: bool = False) -> Identity:
    """A person of the authority."""
    return ca.person(name, iin, "Иванов", "Иван", "Иванович", one_key=one_key)


def verifier(ca: Authority) -> LocalX509Verifier:
    """A verifier that trusts the authority and knows its lists."""
    return LocalX509Verifier([ca.root], ca.revocation())


def check(
    ca: Authority,
    cms: bytes,
    content: bytes = CONTENT,
    purpose: Purpose = Purpose.document,
    now: datetime = NOW,
) -> Verified:
    """The outcome of a check."""
    return asyncio.run(verifier(ca).verify(cms, content, purpose, now))


def refusal(
    ca: Authority,
    cms: bytes,
    content: bytes = CONTENT,
    purpose: Purpose = Purpose.document,
    now: datetime = NOW,
) -> Refusal:
    """Why a signature is refused."""
    with pytest.raises(SignatureRefused) as caught:
        check(ca, cms, content, purpose, now)
    return caught.value.reason


def signed_by(credential: Credential, ca: Authority, *others: x509.Certificate) -> bytes:
    """A signature of bare credentials."""
    embedded = others or (x509.load_der_x509_certificate(ca.intermediate),)
    return signed_cms(credential, CONTENT, attached=True, when=NOW, others=embedded)


def certified(ca: Authority, policy: str = "1.2.398.3.3.2.3", **holder: object) -> Credential:
    """A signing certificate with any holder."""
    profile = Profile(policy, "1.3.6.1.5.5.7.3.4", non_repudiation=True)
    whole = Holder(**{"iin": IIN, "surname": "Иванов", "given": "Иван"} | holder)  # type: ignore[arg-type]
    return issue(whole, profile, new_key("ec"), ca._intermediate, Period())


@pytest.mark.parametrize("attached", [True, False])
@pytest.mark.parametrize("purpose", Purpose)
def test_elliptic_signatures_hold(ca: Authority, purpose: Purpose, attached: bool) -> None:
    """R-A2: attached and detached ECDSA signatures tell the signer, for each purpose with its own key."""
    key: KeyUse = "auth" if purpose is Purpose.login else "sign"
    found = check(ca, sign_cms(person(ca), CONTENT, when=NOW, attached=attached, key=key), purpose=purpose)
    assert (found.signer.iin, found.signer.bin, set(found.signer.roles)) == (IIN, None, {"individual"})
    assert (found.signed_at, found.checked_at, len(found.chain), len(found.crls)) == (NOW, NOW, 3, 2)
    assert found.chain[1:] == (ca.intermediate, ca.root)


@pytest.mark.parametrize("attached", [True, False])
def test_rsa_signatures_hold(rsa_ca: Authority, attached: bool) -> None:
    """R-A2: RSA with PKCS #1 v1.5 and SHA-256 throughout the path."""
    cms = sign_cms(person(rsa_ca), CONTENT, when=NOW, attached=attached)
    assert check(rsa_ca, cms).signer.name == "ИВАНОВ ИВАН"


@pytest.mark.parametrize("attached", [True, False])
def test_indefinite_lengths_are_read(ca: Authority, attached: bool) -> None:
    """R-A2: BER of indefinite length with the content in chunks is the same signature."""
    cms = forgery.indefinite(sign_cms(person(ca), CONTENT, when=NOW, attached=attached))
    assert check(ca, cms).signer.iin == IIN
    assert refusal(ca, cms, CONTENT + b".") is Refusal.content


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


@pytest.mark.parametrize(
    ("change", "resigned", "reason"),
    [
        (forgery.flipped_signature, False, Refusal.invalid),
        (forgery.with_digest(b"other"), True, Refusal.content),
        (forgery.without("signing_time"), False, Refusal.invalid),
        (forgery.two_signers, False, Refusal.signers),
        (forgery.no_signer, False, Refusal.signers),
        (forgery.embed([]), False, Refusal.no_certificate),
        (forgery.without("message_digest"), True, Refusal.attributes),
        (forgery.without("content_type"), True, Refusal.attributes),
        (forgery.doubled("message_digest"), True, Refusal.attributes),
        (forgery.doubled("content_type"), True, Refusal.attributes),
        (forgery.two_values("message_digest"), True, Refusal.attributes),
        (forgery.two_values("signing_time"), True, Refusal.attributes),
        (forgery.algorithms("sha1", "sha256_ecdsa"), False, Refusal.algorithm),
        (forgery.algorithms("sha256", "sha384_ecdsa"), False, Refusal.algorithm),
        (forgery.algorithms("sha256", "sha256_rsa"), False, Refusal.algorithm),
    ],
)
def test_bent_messages_are_refused(
    ca: Authority, change: forgery.Change, resigned: bool, reason: Refusal
) -> None:
    """R-A2: each broken rule of the message has its reason, even where the signature itself was made anew."""
    ivan = person(ca)
    cms = forgery.bent(sign_cms(ivan, CONTENT, when=NOW), change, ivan.sign if resigned else None)
    assert refusal(ca, cms) is reason


def test_a_signature_without_signed_attributes_is_refused(ca: Authority) -> None:
    """R-A2: a signature over the bare content would let attributes be read as content."""
    ivan = person(ca)
    cms = forgery.bent(sign_cms(ivan, CONTENT, when=NOW), forgery.no_attributes)
    assert refusal(ca, cms) in {Refusal.attributes, Refusal.unreadable}


def test_attributes_are_judged_by_their_one_form(ca: Authority) -> None:
    """RFC 5652 §5.4: attributes sent with an indefinite length are signed, and so checked, in DER."""
    cms = forgery.indefinite(sign_cms(person(ca), CONTENT, when=NOW), attributes=True)
    assert check(ca, cms).signer.iin == IIN


def test_optional_attributes_may_be_left_out(ca: Authority) -> None:
    """A document needs neither the claimed time nor the named certificate."""
    ivan = person(ca)
    cms = sign_cms(ivan, CONTENT, when=NOW)
    for name in ("signing_time", "signing_certificate_v2"):
        cms = forgery.bent(cms, forgery.without(name), ivan.sign)
    assert check(ca, cms).signed_at is None


@pytest.mark.parametrize("attached", [True, False])
@pytest.mark.parametrize("content", [CONTENT + b" ", CONTENT[:-1], b"", b"other"])
def test_other_content_is_refused(ca: Authority, attached: bool, content: bytes) -> None:
    """R-A1: what was signed must be the expected bytes, attached or not, and never nothing."""
    assert refusal(ca, sign_cms(person(ca), CONTENT, when=NOW, attached=attached), content) is Refusal.content
    assert refusal(ca, sign_cms(person(ca), b"", when=NOW, attached=attached), b"") is Refusal.content


def test_another_persons_certificate_is_refused(ca: Authority) -> None:
    """R-A2: a victim's certificate swapped in proves nothing, named by the signer's attribute or not."""
    thief, victim = person(ca), person(ca, "victim", synthetic_iin(date(1970, 1, 1), male=False, serial=1))
    swap = forgery.name_signer(victim.sign.certificate)
    cms = forgery.bent(sign_cms(thief, CONTENT, when=NOW), swap)
    assert refusal(ca, cms) is Refusal.no_certificate
    bare = forgery.bent(cms, forgery.without("signing_certificate_v2"), thief.sign)
    assert refusal(ca, bare) is Refusal.invalid
    also = forgery.embed([thief.sign.certificate, thief.sign.certificate, thief.issuer])
    assert refusal(ca, forgery.bent(sign_cms(thief, CONTENT, when=NOW), also)) is Refusal.no_certificate


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


def broken(cms: bytes) -> list[bytes]:
    """Broken forms of a message."""
    return [
        b"",
        b"\x30",
        b"garbage",
        cms[:-1],
        cms[: len(cms) // 2],
        cms + b"\x00",
        cms + cms,
        b"\x30\x80" * 30_000,
    ]


def test_unreadable_messages_are_refused(ca: Authority) -> None:
    """R-A2: empty, truncated, extended and meaningless bytes are unreadable."""
    cms = sign_cms(person(ca), CONTENT, when=NOW)
    assert {refusal(ca, bad) for bad in broken(cms)} == {Refusal.unreadable}
    assert refusal(ca, ca.root) is Refusal.unreadable


def test_a_huge_message_is_refused_unread(ca: Authority) -> None:
    """R-A2: 64 KB bound the work that anybody can cause."""
    assert refusal(ca, bytes(70_000)) is Refusal.too_large
    big = bytes(range(256)) * 280
    assert refusal(ca, sign_cms(person(ca), big, when=NOW), big) is Refusal.too_large
    assert check(ca, sign_cms(person(ca), big, when=NOW, attached=False), big).signer.iin == IIN


def test_weak_and_unusual_algorithms_are_refused(rsa_ca: Authority) -> None:
    """R-A2: good signatures by RSA-PSS or SHA-1 are off the list."""
    ivan = person(rsa_ca)
    cms = sign_cms(ivan, CONTENT, when=NOW)
    assert refusal(rsa_ca, forgery.pss_signed(cms, ivan.sign)) is Refusal.algorithm
    assert refusal(rsa_ca, forgery.sha1_signed(cms, CONTENT, ivan.sign)) is Refusal.algorithm


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


@pytest.mark.parametrize(("offset", "holds"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_sign_in_is_signed_now(ca: Authority, offset: int, holds: bool) -> None:
    """R-A1: a sign-in more than five minutes off is refused; a document may claim any time."""
    when = NOW + timedelta(seconds=offset)
    cms = sign_cms(person(ca), CONTENT, when=when, key="auth")
    if holds:
        assert check(ca, cms, purpose=Purpose.login).signed_at == when
    else:
        assert refusal(ca, cms, purpose=Purpose.login) is Refusal.time
    assert check(ca, sign_cms(person(ca), CONTENT, when=when)).signed_at == when


def test_a_sign_in_without_a_time_is_refused(ca: Authority) -> None:
    """R-A1: no claimed time is no present time."""
    ivan = person(ca)
    cms = forgery.bent(
        sign_cms(ivan, CONTENT, when=NOW, key="auth"), forgery.without("signing_time"), ivan.auth
    )
    assert refusal(ca, cms, purpose=Purpose.login) is Refusal.time


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


@settings(deadline=None)
@given(data=st.data())
def test_no_change_of_a_message_escapes(fuzzed: tuple[Authority, bytes], data: st.DataObject) -> None:
    """R-A2: any changed, cut or repeated bytes end in a refusal or in the very same signer, never in a crash."""
    ca, cms = fuzzed
    place = data.draw(st.integers(0, len(cms) - 1))
    piece = data.draw(st.binary(max_size=4))
    gone = data.draw(st.integers(0, 4))
    changed = cms[:place] + piece + cms[place + gone :]
    try:
        found = check(ca, changed)
    except SignatureRefused:
        return
    assert found.signer.iin == IIN


@pytest.fixture(scope="module")
def fuzzed(ca: Authority) -> tuple[Authority, bytes]:
    """A good message to change."""
    return ca, sign_cms(person(ca), CONTENT, when=NOW)
