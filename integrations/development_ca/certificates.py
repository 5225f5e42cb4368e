"""Certificates, revocation lists and holders in the profile of the National Certification Authority."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from domain.signatures import CLIENT_AUTH, EMAIL_PROTECTION, ROLES, HolderRole

KeyKind = Literal["ec", "rsa"]
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
MARK: Final = "Kömek development, not for production"
"""The organisation in the name of each development authority: production refuses it by this."""
LIST_LIFE: Final = timedelta(days=7)

_AUTHORITY_USAGE: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
_ROLE_OIDS: Final = {
    role: next(oid for oid, name in ROLES.items() if name is role and oid != "1.2.398.3.3.4.1.1.1")
    for role in HolderRole
}


@dataclass(frozen=True)
class Period:
    """When a certificate is valid; the default leaves room for a shifted development clock."""

    start: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    end: datetime = datetime(2036, 12, 31, tzinfo=UTC)


DEFAULT_PERIOD: Final = Period()
_AUTHORITY_PERIOD: Final = Period(datetime(2015, 1, 1, tzinfo=UTC), datetime(2045, 12, 31, tzinfo=UTC))


@dataclass(frozen=True)
class Credential:
    """A private key with its certificate."""

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate


@dataclass(frozen=True)
class Holder:
    """What a certificate says of its holder; `iin` is None for the machine of an entity only."""

    iin: str | None = field(repr=False)
    surname: str = field(default="", repr=False)
    given: str = field(default="", repr=False)
    patronymic: str = field(default="", repr=False)
    bin: str | None = None
    organisation: str | None = None
    roles: tuple[HolderRole, ...] = (HolderRole.individual,)

    def name(self) -> x509.Name:
        """The subject: givenName holds the patronymic, as the authority writes it."""
        common = f"{self.surname} {self.given}".strip().upper() or self.organisation or ""
        parts = [
            (NameOID.COMMON_NAME, common[:64]),
            (NameOID.SURNAME, self.surname.upper()),
            (NameOID.SERIAL_NUMBER, f"IIN{self.iin}" if self.iin else ""),
            (NameOID.COUNTRY_NAME, "KZ"),
            (NameOID.GIVEN_NAME, self.patronymic.upper()),
            (NameOID.ORGANIZATION_NAME, self.organisation or ""),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{self.bin}" if self.bin else ""),
        ]
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


@dataclass(frozen=True)
class Profile:
    """Policy and usages of one certificate."""

    policy: str
    extended: str
    non_repudiation: bool
    agreement: bool = False


def profiles(holder: Holder, *, one_key: bool) -> dict[str, Profile]:
    """Profiles of the holder's certificates by key: a pair, or one that is both."""
    if one_key:
        both = Profile("1.2.398.3.3.2", EMAIL_PROTECTION, non_repudiation=True, agreement=True)
        return {"both": both}
    sign, auth = ("1.2.398.3.3.2.1", "1.2.398.3.3.2.2")
    if HolderRole.individual in holder.roles:
        sign, auth = ("1.2.398.3.3.2.3", "1.2.398.3.3.2.4")
    return {
        "auth": Profile(auth, CLIENT_AUTH, non_repudiation=False),
        "sign": Profile(sign, EMAIL_PROTECTION, non_repudiation=True),
    }


def new_key(kind: KeyKind) -> PrivateKey:
    """A key of P-256 at once, or of RSA-2048 in a moment."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    holder: Holder, profile: Profile, key: PrivateKey, issuer: Credential, period: Period
) -> Credential:
    """A certificate of a person or an entity: without basic constraints and alternative name, as in life."""
    extended = [profile.extended, *(_ROLE_OIDS[role] for role in holder.roles)]
    policy = x509.PolicyInformation(x509.ObjectIdentifier(profile.policy), None)
    builder = (
        _builder(holder.name(), key, issuer.certificate.subject, period)
        .add_extension(_usage(profile), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in extended]), critical=False
        )
        .add_extension(x509.CertificatePolicies([policy]), critical=False)
        .add_extension(_authority_identifier(issuer), critical=False)
    )
    return Credential(key, builder.sign(issuer.key, hashes.SHA256()))


def certified(
    name: x509.Name, key: PrivateKey, issuer: Credential, extensions: Iterable[x509.ExtensionType]
) -> Credential:
    """A certificate with any extensions, none of them critical."""
    builder = _builder(name, key, issuer.certificate.subject, DEFAULT_PERIOD)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Credential(key, builder.sign(issuer.key, hashes.SHA256()))


def authority(
    name: str, key: PrivateKey, issuer: Credential | None = None, *, path_length: int = 0
) -> Credential:
    """A root where `issuer` is None, else an intermediate."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
        ]
    )
    builder = (
        _builder(subject, key, issuer.certificate.subject if issuer else subject, _AUTHORITY_PERIOD)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_AUTHORITY_USAGE, critical=True)
    )
    if issuer is not None:
        builder = builder.add_extension(_authority_identifier(issuer), critical=False)
    return Credential(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


def revocation_list(issuer: Credential, revoked: Mapping[int, datetime], now: datetime) -> bytes:
    """A full list of the issuer, DER: from an hour before `now`, for a week."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now - timedelta(hours=1))
        .next_update(now + LIST_LIFE - timedelta(hours=1))
    )
    for serial, since in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
        builder = builder.add_revoked_certificate(entry)
    builder = builder.add_extension(_authority_identifier(issuer), critical=False)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _builder(
    subject: x509.Name, key: PrivateKey, issuer: x509.Name, period: Period
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(period.start)
        .not_valid_after(period.end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(profile: Profile) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=profile.non_repudiation,
        key_encipherment=not profile.non_repudiation,
        data_encipherment=False,
        key_agreement=profile.agreement,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_identifier(issuer: Credential) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
