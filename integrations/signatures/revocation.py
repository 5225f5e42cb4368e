"""Certificate revocation lists: checked once on arrival, looked up by serial number, swapped as a whole.

Full lists only: a delta list is refused. It would be merged into the list it continues, and evidence would
have to keep both; who needs a younger answer than the full list gives asks the OCSP responder.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SKEW: Final = timedelta(minutes=5)
"""How far the authority's clock may be ahead of ours."""
OLDEST: Final = timedelta(days=7)
"""A list older than this is no answer, whatever it promises."""
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})


class RevocationListRefused(ValueError):
    """The list proves nothing: unreadable, partial, or signed by none of the authorities."""


@dataclass(frozen=True)
class RevocationList:
    """A list whose signature was checked: revoked serial numbers with their dates (UTC)."""

    der: bytes = field(repr=False)
    this_update: datetime
    next_update: datetime
    revoked: Mapping[int, datetime] = field(repr=False)

    def is_fresh(self, at: datetime, oldest: timedelta = OLDEST) -> bool:
        """Whether the list speaks for the instant `at`."""
        return self.this_update - SKEW <= at < min(self.next_update, self.this_update + oldest)


class RevocationSource(Protocol):
    """Gives the list of an authority."""

    def find(self, issuer: x509.Certificate, at: datetime) -> RevocationList | None:
        """The list that this very authority signed and that is fresh at `at`, or None: not known."""


class RevocationLists:
    """Holds the lists of known authorities; a reader never meets half a list or half of a change.

    `signed_by` checks the signature of a list by an authority; the default knows RSA and ECDSA.
    """

    def __init__(
        self,
        authorities: Iterable[bytes],
        *,
        oldest: timedelta = OLDEST,
        signed_by: "SignedBy | None" = None,
    ) -> None:
        self._authorities = tuple(x509.load_der_x509_certificate(der) for der in authorities)
        self._oldest = oldest
        self._signed_by = signed_by or signed_locally
        self._lists: Mapping[bytes, RevocationList] = {}

    def replace(self, lists: Sequence[bytes]) -> None:
        """Take these full lists (DER) in place of the earlier; RevocationListRefused keeps those."""
        self._lists = dict(self._checked(der) for der in lists)

    def renew(self, der: bytes, now: datetime) -> datetime:
        """Take one list (DER) in place of its authority's earlier; until when it may be relied on.

        RevocationListRefused keeps the earlier: the list is not fresh, or older than what is known. A large
        list takes 40 ms and more: call it from a thread, but from one at a time.
        """
        authority, opened = self._checked(der)
        known = self._lists.get(authority)
        if not opened.is_fresh(now, self._oldest):
            raise RevocationListRefused("the list has expired or is from the future")
        if known is not None and opened.this_update < known.this_update:
            raise RevocationListRefused("the list is older than the one that is known")
        self._lists = {**self._lists, authority: opened}
        return min(opened.next_update, opened.this_update + self._oldest)

    def find(self, issuer: x509.Certificate, at: datetime) -> RevocationList | None:
        """See `RevocationSource.find`."""
        found = self._lists.get(authority_key(issuer))
        return found if found is not None and found.is_fresh(at, self._oldest) else None

    def _checked(self, der: bytes) -> tuple[bytes, RevocationList]:
        crl = _load(der)
        signer = next((authority for authority in self._authorities if self._is_signed(crl, authority)), None)
        if signer is None:
            raise RevocationListRefused("none of the authorities signed this list")
        return authority_key(signer), _opened(crl, der)

    def _is_signed(self, crl: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
        return crl.issuer == authority.subject and self._signed_by(crl, authority)


SignedBy = Callable[[x509.CertificateRevocationList, x509.Certificate], bool]


@lru_cache(maxsize=64)
def authority_key(certificate: x509.Certificate) -> bytes:
    """What makes an authority itself: its name together with its key, for names are easy to copy."""
    try:
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except UnsupportedAlgorithm:  # GOST: the key is bytes here
        key = Certificate.load(certificate.public_bytes(Encoding.DER)).public_key.dump()
    return certificate.subject.public_bytes() + key


def _load(der: bytes) -> x509.CertificateRevocationList:
    try:
        crl = x509.load_der_x509_crl(der)
        whole = all(_is_harmless(extension) for extension in crl.extensions)
    except ValueError as error:
        raise RevocationListRefused(f"not a revocation list: {error}") from error
    if not whole:
        raise RevocationListRefused("a partial list can't tell that a certificate is not revoked")
    return crl


def _is_harmless(extension: x509.Extension[x509.ExtensionType]) -> bool:
    """Critical extensions narrow a list (delta, by reason, by kind); one that narrows nothing may stay."""
    point = extension.value
    if not isinstance(point, x509.IssuingDistributionPoint):
        return not extension.critical
    kinds = (
        point.only_contains_user_certs,
        point.only_contains_ca_certs,
        point.only_contains_attribute_certs,
        point.indirect_crl,
    )
    return not any(kinds) and point.only_some_reasons is None


def signed_locally(crl: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    """Whether the authority signed the list with RSA or ECDSA and a digest that counts."""
    try:
        key = authority.public_key()
        algorithm = crl.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return False
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        return False
    return algorithm is not None and algorithm.name in _HASHES and crl.is_signature_valid(key)


def _opened(crl: x509.CertificateRevocationList, der: bytes) -> RevocationList:
    if crl.next_update_utc is None:
        raise RevocationListRefused("the list does not say until when it holds")
    revoked = {entry.serial_number: entry.revocation_date_utc for entry in crl}
    return RevocationList(der, crl.last_update_utc, crl.next_update_utc, revoked)
