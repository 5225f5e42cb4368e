from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identifiers import synthetic_iin
from domain.signatures import Purpose, Refusal, SignatureRefused
from integrations.development_ca import KeyUse, sign_cms
from integrations.signatures import signed_content
from tests.integrations.signatures import forgery
from tests.integrations.signatures.checks import CONTENT, IIN, NOW, Authority, check, person, refusal


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


def test_other_content_types_are_refused(ca: Authority) -> None:
    """R-A2: only plain data is signed here, by the envelope and by the signed attribute alike."""
    ivan = person(ca)
    cms = sign_cms(ivan, CONTENT, when=NOW)
    assert refusal(ca, forgery.bent(cms, forgery.typed_outside)) is Refusal.attributes
    assert refusal(ca, forgery.bent(cms, forgery.typed_inside, ivan.sign)) is Refusal.attributes
    assert refusal(ca, forgery.bent(cms, forgery.named_by_sha1, ivan.sign)) is Refusal.algorithm


def test_attached_content_must_be_what_was_signed(ca: Authority) -> None:
    """R-A1: a message that shows one text and signs another is refused, in both versions of the structure."""
    cms = sign_cms(person(ca), CONTENT, when=NOW)
    later = forgery.bent(cms, forgery.modern)
    assert check(ca, later).signer.iin == IIN
    assert refusal(ca, later, b"other") is Refusal.content
    assert refusal(ca, forgery.bent(cms, forgery.other_content)) is Refusal.content


def test_only_attached_content_can_be_read(ca: Authority) -> None:
    """A partner's message must bring its content along; it is bounded, and nothing is not content."""
    ivan = person(ca)
    assert signed_content(sign_cms(ivan, CONTENT, when=NOW)) == CONTENT
    for cms, reason in [
        (sign_cms(ivan, CONTENT, when=NOW, attached=False), Refusal.content),
        (sign_cms(ivan, b"", when=NOW), Refusal.content),
        (bytes(70_000), Refusal.too_large),
        (b"garbage", Refusal.unreadable),
    ]:
        with pytest.raises(SignatureRefused) as caught:
            signed_content(cms)
        assert caught.value.reason is reason


@pytest.mark.parametrize("attached", [True, False])
def test_rsa_in_indefinite_lengths_without_cades_holds(rsa_ca: Authority, attached: bool) -> None:
    """R-A2: RSA in BER, by software that names no certificate in what is signed."""
    ivan = person(rsa_ca)
    plain = forgery.bent(
        sign_cms(ivan, CONTENT, when=NOW, attached=attached),
        forgery.without("signing_certificate_v2"),
        ivan.sign,
    )
    assert check(rsa_ca, forgery.indefinite(plain)).signer.iin == IIN
