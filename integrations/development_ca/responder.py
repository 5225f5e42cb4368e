"""Answers about certificates as the authority's OCSP responder does (RFC 6960)."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from integrations.development_ca.certificates import MARK, Credential, PrivateKey, certified

EMPTY = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.5"), b"")
"""The real responder's certificate says "need not be checked" with an empty value, which is no ASN.1."""
SIGNING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])


@dataclass(frozen=True)
class Statement:
    """What a responder says: about which question, since when revoked, and under whose name."""

    question: ocsp.OCSPRequest = field(repr=False)
    since: datetime | None
    this_update: datetime
    next_update: datetime | None = None
    status: ocsp.OCSPCertStatus | None = None
    """None: good or revoked by `since`."""
    nonce: bytes | None = field(default=None, repr=False)
    """None: the one of the question."""
    embedded: bool = True
    """Whether the responder's certificate goes along."""


def responder(key: PrivateKey, issuer: Credential, *extensions: x509.ExtensionType) -> Credential:
    """A responder whom the issuer certified; by default as in life."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Kömek development OCSP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK),
        ]
    )
    return certified(name, key, issuer, extensions or (SIGNING, EMPTY))


def answer(statement: Statement, signer: Credential) -> bytes:
    """The signed answer (DER) with the statement."""
    question = statement.question
    status = statement.status or (
        ocsp.OCSPCertStatus.REVOKED if statement.since else ocsp.OCSPCertStatus.GOOD
    )
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=question.issuer_name_hash,
        issuer_key_hash=question.issuer_key_hash,
        serial_number=question.serial_number,
        algorithm=question.hash_algorithm,
        cert_status=status,
        this_update=statement.this_update,
        next_update=statement.next_update,
        revocation_time=statement.since,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    if statement.embedded:
        builder = builder.certificates([signer.certificate])
    nonce = asked_nonce(question) if statement.nonce is None else statement.nonce
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def asked_nonce(question: ocsp.OCSPRequest) -> bytes:
    """The nonce of a question, empty without one."""
    try:
        return question.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return b""


def is_about(question: ocsp.OCSPRequest, issued: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the question is about a certificate of the issuer of `issued`."""
    own = ocsp.OCSPRequestBuilder().add_certificate(issued, issuer, question.hash_algorithm).build()
    return (own.issuer_name_hash, own.issuer_key_hash) == (
        question.issuer_name_hash,
        question.issuer_key_hash,
    )


def refusal() -> bytes:
    """The answer to a question about somebody else's certificate."""
    response = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    return response.public_bytes(Encoding.DER)
