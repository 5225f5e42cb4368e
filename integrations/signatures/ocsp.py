"""Asks an OCSP responder (RFC 6960) about a certificate, and believes only what its issuer answers for.

The address comes from configuration, never from a certificate: a signer must not choose whom we call.
"""

import hmac
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

import httpx2
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from integrations.signatures.envelope import MALFORMED
from integrations.signatures.fetching import BadAnswer, fetched
from integrations.signatures.revocation import SKEW

log = logging.getLogger(__name__)

OLDEST: Final = timedelta(hours=1)
"""Responders of the NCA name no next update: what is older than this is no answer."""
LARGEST: Final = 64 * 1024
SECONDS: Final = 5.0
_NONCE: Final = 16
_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
_EXTENDED_USAGE: Final = "2.5.29.37"
_GOOD_HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


class OcspRefused(ValueError):
    """The answer proves nothing; the text says why and names nobody."""


@dataclass(frozen=True)
class OcspAnswer:
    """A checked answer: whether the certificate is revoked, and the responder's own serial number."""

    der: bytes = field(repr=False)
    revoked: bool
    responder: int | None
    """None where the issuer answers itself."""


class OcspSource(Protocol):
    """Knows the standing of single certificates."""

    async def ask(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> OcspAnswer | None:
        """A good or a bad word about the certificate at the instant `at`, or None: not known."""


class OcspResponder:
    """Implements `OcspSource` over HTTP; `oldest` bounds the age of an answer, `seconds` the waiting."""

    def __init__(
        self, client: httpx2.AsyncClient, url: str, *, oldest: timedelta = OLDEST, seconds: float = SECONDS
    ) -> None:
        self._client = client
        self._url = url
        self._oldest = oldest
        self._seconds = seconds

    async def ask(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> OcspAnswer | None:
        """See `OcspSource.ask`: whatever goes wrong is no answer, and the log says what."""
        nonce = secrets.token_bytes(_NONCE)
        builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256())
        asked = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
        request = self._client.build_request(
            "POST",
            self._url,
            content=asked.public_bytes(Encoding.DER),
            headers={"Content-Type": "application/ocsp-request"},
        )
        try:
            answer = await fetched(self._client, request, largest=LARGEST, seconds=self._seconds)
            return read_answer(answer.content, certificate, issuer, at, oldest=self._oldest, nonce=nonce)
        except (BadAnswer, OcspRefused) as error:
            log.warning("no answer about a certificate from the OCSP responder: %s", error)
            return None


class KeptAnswers:
    """Implements `OcspSource` over answers kept with evidence: each counts for its own instant."""

    def __init__(self, answers: Sequence[bytes]) -> None:
        self._answers = tuple(answers)

    async def ask(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> OcspAnswer | None:
        """See `OcspSource.ask`; the nonce was compared when the answer came."""
        for der in self._answers:
            try:
                return read_answer(der, certificate, issuer, at, oldest=OLDEST)
            except OcspRefused:
                continue
        return None


def read_answer(
    der: bytes,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    at: datetime,
    *,
    oldest: timedelta,
    nonce: bytes | None = None,
) -> OcspAnswer:
    """What an answer (DER) says about the certificate; OcspRefused unless everything about it is right."""
    try:
        response = ocsp.load_der_ocsp_response(der)
        return _read(response, certificate, issuer, at, (oldest, nonce))
    except (ValueError, x509.DuplicateExtension, UnsupportedAlgorithm, InvalidSignature) as error:
        raise OcspRefused(str(error) or "its signature is wrong") from error


def _read(
    response: ocsp.OCSPResponse,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    at: datetime,
    wanted: tuple[timedelta, bytes | None],
) -> OcspAnswer:
    oldest, nonce = wanted
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise OcspRefused("the responder refused to answer")
    if nonce is not None:
        _check_nonce(response, nonce)
    responder = _responder(response, issuer, at)
    _check_signature(response, responder)
    single = _about(response, certificate, issuer)
    if not single.this_update_utc - SKEW <= at <= single.this_update_utc + oldest:
        raise OcspRefused("the answer is too old or from the future")
    if single.next_update_utc is not None and at >= single.next_update_utc:
        raise OcspRefused("the answer has expired")
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise OcspRefused("the responder does not know the certificate")
    revoked = single.certificate_status is ocsp.OCSPCertStatus.REVOKED
    delegated = None if responder == issuer else responder.serial_number
    return OcspAnswer(response.public_bytes(Encoding.DER), revoked, delegated)


def _check_nonce(response: ocsp.OCSPResponse, nonce: bytes) -> None:
    """An answer to another question could be an old one played again."""
    try:
        echoed = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        echoed = b""
    if not hmac.compare_digest(echoed, nonce):
        raise OcspRefused("the answer is not to this question")


def _about(
    response: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate
) -> ocsp.OCSPSingleResponse:
    """The only statement, which must be about this certificate of this issuer."""
    statements = list(response.responses)
    if len(statements) != 1:
        raise OcspRefused("the answer is about several certificates")
    (single,) = statements
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, single.hash_algorithm).build()
    named = (single.issuer_name_hash, single.issuer_key_hash, single.serial_number)
    if named != (asked.issuer_name_hash, asked.issuer_key_hash, asked.serial_number):
        raise OcspRefused("the answer is about another certificate")
    return single


def _responder(response: ocsp.OCSPResponse, issuer: x509.Certificate, at: datetime) -> x509.Certificate:
    """The issuer itself, or whom it certified for answering: RFC 6960 §4.2.2.2."""
    if _is_named(response, issuer):
        return issuer
    delegate = next((one for one in response.certificates if _is_named(response, one)), None)
    if delegate is None:
        raise OcspRefused("the certificate of the responder is missing")
    _check_issued(delegate, issuer)
    if not delegate.not_valid_before_utc <= at <= delegate.not_valid_after_utc:
        raise OcspRefused("the certificate of the responder is not valid now")
    if _SIGNING not in extended_usages(delegate):
        raise OcspRefused("the responder may not sign answers")
    return delegate


def _is_named(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == certificate.subject
    return (
        response.responder_key_hash
        == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
    )


def _check_issued(delegate: x509.Certificate, issuer: x509.Certificate) -> None:
    if not isinstance(delegate.signature_hash_algorithm, _GOOD_HASHES):
        raise OcspRefused("the certificate of the responder is signed with a weak digest")
    try:
        delegate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise OcspRefused("the responder is not of the issuer of the certificate") from error


def extended_usages(certificate: x509.Certificate) -> frozenset[str]:
    """Extended key usages of a certificate other extensions of which can't be read.

    Responders of the NCA carry one with an empty value, at which both libraries stop; so each extension is
    looked at by itself, and only this one is opened.
    """
    try:
        tbs = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))["tbs_certificate"]
        values = [one["extn_value"] for one in tbs["extensions"] if one["extn_id"].dotted == _EXTENDED_USAGE]
        usages = [asn1_x509.ExtKeyUsageSyntax.load(bytes(value), strict=True) for value in values]
        return frozenset(oid.dotted for oid in usages[0]) if len(usages) == 1 else frozenset()
    except MALFORMED as error:
        raise OcspRefused("the certificate of the responder can't be read") from error


def _check_signature(response: ocsp.OCSPResponse, responder: x509.Certificate) -> None:
    algorithm = response.signature_hash_algorithm
    if not isinstance(algorithm, _GOOD_HASHES):
        raise OcspRefused("the answer is signed with a weak digest")
    key, signature, data = responder.public_key(), response.signature, response.tbs_response_bytes
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, data, ec.ECDSA(algorithm))
    else:
        raise OcspRefused("the responder has a key of another kind")
