import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from domain.identifiers import synthetic_bin, synthetic_iin
from domain.signatures import HolderRole, Purpose, SignatureRefused
from integrations.development_ca import (
    DevelopmentAuthority,
    DevelopmentAuthorityRefused,
    is_development,
    refuse_beside_production,
    sign_cms,
    store,
)
from integrations.development_ca.certificates import authority, new_key
from integrations.signatures import LocalX509Verifier

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
IIN = synthetic_iin(date(1980, 5, 6), male=True, serial=7)
BIN = synthetic_bin(date(2015, 3, 1), serial=5)


@pytest.fixture
def ca(tmp_path: Path) -> DevelopmentAuthority:
    """A new authority."""
    return DevelopmentAuthority(tmp_path)


def test_an_authority_is_made_once(tmp_path: Path) -> None:
    """A second process finds the same root, the same intermediate and the same identities."""
    first, second = DevelopmentAuthority(tmp_path), DevelopmentAuthority(tmp_path)
    assert (first.root, first.intermediate) == (second.root, second.intermediate)
    made = first.person("ivan", IIN, "Иванов", "Иван")
    found = second.person("ivan", IIN, "Иванов", "Иван")
    assert (made.auth.certificate, made.sign.certificate) == (found.auth.certificate, found.sign.certificate)
    assert made.auth.certificate != made.sign.certificate
    assert first.person("ivan", IIN, "Иванов", "Иван") is made


def test_the_first_of_two_makers_wins(tmp_path: Path) -> None:
    """Two processes that make an authority at once keep the same one."""
    file = tmp_path / "authority.json"
    assert store.save_first(file, {"root": "mine"}) == {"root": "mine"}
    assert store.save_first(file, {"root": "other"}) == {"root": "mine"}
    assert store.read(file) == {"root": "mine"}


def test_other_data_make_another_certificate(ca: DevelopmentAuthority, tmp_path: Path) -> None:
    """A name with a changed holder is certified anew, and so is one that another authority certified."""
    before = ca.person("ivan", IIN, "Иванов", "Иван")
    after = ca.person("ivan", IIN, "Петров", "Иван")
    assert before.sign.certificate != after.sign.certificate
    (tmp_path / "authority.json").unlink()
    renewed = DevelopmentAuthority(tmp_path).person("ivan", IIN, "Петров", "Иван")
    assert renewed.issuer != after.issuer
    assert renewed.sign.certificate.issuer == after.sign.certificate.issuer


def test_keys_are_for_their_owner_only(ca: DevelopmentAuthority, tmp_path: Path) -> None:
    """R-J1: each file of the authority has the mode 0600, and none is left half written."""
    ca.revoke(ca.person("ivan", IIN, "Иванов", "Иван"), NOW)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.name for file in files} == {"authority.json", "ivan.json", "revoked.json"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize("name", ["", "../root", "a/b", "Ivan", "иван", "-a", "a" * 65])
def test_a_name_stays_in_its_folder(ca: DevelopmentAuthority, tmp_path: Path, name: str) -> None:
    """A name that is no plain file name is refused and nothing is written."""
    with pytest.raises(ValueError, match="identity"):
        ca.person(name, IIN, "Иванов", "Иван")
    assert [file.name for file in tmp_path.iterdir()] == ["authority.json"]


def test_a_damaged_file_is_told(ca: DevelopmentAuthority, tmp_path: Path) -> None:
    """A file that holds something else stops the start with advice."""
    assert ca.root
    store.save(tmp_path / "authority.json", {"root": 1, "intermediate": 2})
    with pytest.raises(TypeError, match="delete its folder"):
        DevelopmentAuthority(tmp_path)


def test_the_subject_follows_the_profile(ca: DevelopmentAuthority) -> None:
    """R-A2: names, IIN and BIN stand where the authority puts them; leaves carry no basic constraints."""
    head = ca.entity(
        "head",
        IIN,
        "Иванов",
        "Иван",
        "Иванович",
        bin_=BIN,
        organisation="ТОО «Ромашка»",
        roles=[HolderRole.head],
    )
    certificate = head.sign.certificate
    assert [one.value for one in certificate.subject] == [
        "ИВАНОВ ИВАН", "ИВАНОВ", f"IIN{IIN}", "KZ", "ИВАНОВИЧ", "ТОО «Ромашка»", f"BIN{BIN}",
    ]  # fmt: skip
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [one.dotted_string for one in usages] == [
        "1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.1",
    ]  # fmt: skip
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.BasicConstraints)


def test_keys_may_be_rsa(tmp_path: Path) -> None:
    """The whole authority can work with RSA-2048."""
    ca = DevelopmentAuthority(tmp_path, keys="rsa")
    key = ca.person("ivan", IIN, "Иванов", "Иван", one_key=True).sign.key
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048


@pytest.mark.parametrize(
    "shift", [timedelta(0), timedelta(days=200), timedelta(days=-900), timedelta(days=3000)]
)
async def test_a_shifted_clock_still_signs_in(ca: DevelopmentAuthority, shift: timedelta) -> None:
    """The development source of revocation is fresh at any instant, forwards and backwards."""
    ivan = ca.person("ivan", IIN, "Иванов", "Иван")
    verifier = LocalX509Verifier([ca.root], ca.revocation())
    for now in (NOW, NOW + shift, NOW):
        cms = sign_cms(ivan, b"challenge", when=now, key="auth")
        assert (await verifier.verify(cms, b"challenge", Purpose.login, now)).signer.iin == IIN


async def test_revocations_add_up(ca: DevelopmentAuthority) -> None:
    """Several revoked identities stay revoked, by both of their certificates."""
    people = [ca.person(name, IIN, "Иванов", "Иван") for name in ("a", "b")]
    verifier = LocalX509Verifier([ca.root], ca.revocation())
    for person in people:
        ca.revoke(person, NOW)
    for person in people:
        for key, purpose in (("auth", Purpose.login), ("sign", Purpose.document)):
            cms = sign_cms(person, b"x", when=NOW, key="auth" if key == "auth" else "sign")
            with pytest.raises(SignatureRefused, match="CERTIFICATE_REVOKED"):
                await verifier.verify(cms, b"x", purpose, NOW)


def test_an_unknown_issuer_has_no_list(ca: DevelopmentAuthority) -> None:
    """The development source answers for its own authorities only."""
    stranger = authority("Stranger", new_key("ec")).certificate
    assert ca.revocation().find(stranger, NOW) is None


def test_development_never_stands_beside_production(
    ca: DevelopmentAuthority, tmp_path_factory: pytest.TempPathFactory, production: bytes
) -> None:
    """R-A2: development certificates are trusted alone or not at all."""
    other = DevelopmentAuthority(tmp_path_factory.mktemp("other")).root
    refuse_beside_production([], None)
    refuse_beside_production([production], None)
    refuse_beside_production([], ca.root)
    refuse_beside_production([ca.root], ca.root)
    for roots, own in [
        ([production], ca.root),
        ([ca.root, production], ca.root),
        ([other], ca.root),
        ([ca.root], None),
        ([production, other], None),
    ]:
        with pytest.raises(DevelopmentAuthorityRefused):
            refuse_beside_production(roots, own)
    assert is_development(ca.root)
    assert not is_development(production)


@pytest.fixture
def production() -> bytes:
    """A root that bears no mark of development."""
    key = new_key("ec")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


async def test_the_responder_answers_for_its_own(ca: DevelopmentAuthority, tmp_path: Path) -> None:
    """R-A2: good, then revoked, signed by the same responder in each process; others' questions are refused."""
    ivan = ca.person("ivan", IIN, "Иванов", "Иван")
    builder = ocsp.OCSPRequestBuilder().add_certificate(ivan.sign.certificate, ivan.issuer, SHA256())
    question = builder.build().public_bytes(Encoding.DER)
    good = ocsp.load_der_ocsp_response(ca.ocsp(question, NOW))
    assert good.certificate_status is ocsp.OCSPCertStatus.GOOD
    ca.revoke(ivan, NOW)
    other = DevelopmentAuthority(tmp_path)
    bad = ocsp.load_der_ocsp_response(other.ocsp(question, NOW))
    assert bad.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert bad.certificates == good.certificates
    stranger = authority("Stranger", new_key("ec")).certificate
    about = ocsp.OCSPRequestBuilder().add_certificate(ivan.sign.certificate, stranger, SHA256())
    refused = ocsp.load_der_ocsp_response(ca.ocsp(about.build().public_bytes(Encoding.DER), NOW))
    assert refused.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    with pytest.raises(ValueError, match="parsing"):
        ca.ocsp(b"garbage", NOW)
