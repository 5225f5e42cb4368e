"""Reads a CMS signature (RFC 5652) in DER or BER into a plain value, refusing every shape that is not ours.

asn1crypto reads the structure only, because signing software writes BER of indefinite length; nothing it
returns is trusted before `integrations.signatures` has checked it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms as asn1_cms
from asn1crypto import core as asn1_core
from asn1crypto import tsp as asn1_tsp
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from domain.signatures import Refusal, SignatureRefused


@dataclass(frozen=True)
class Algorithms:
    """What a verifier knows: digests by identifier, signatures with the digest that each one fixes."""

    digests: Mapping[str, str]
    signatures: Mapping[str, tuple[str, str | None]]


LOCAL: Final = Algorithms(
    {
        "2.16.840.1.101.3.4.2.1": "sha256",
        "2.16.840.1.101.3.4.2.2": "sha384",
        "2.16.840.1.101.3.4.2.3": "sha512",
    },
    {
        "1.2.840.113549.1.1.1": ("rsa", None),
        "1.2.840.113549.1.1.11": ("rsa", "sha256"),
        "1.2.840.113549.1.1.12": ("rsa", "sha384"),
        "1.2.840.113549.1.1.13": ("rsa", "sha512"),
        "1.2.840.10045.4.3.2": ("ecdsa", "sha256"),
        "1.2.840.10045.4.3.3": ("ecdsa", "sha384"),
        "1.2.840.10045.4.3.4": ("ecdsa", "sha512"),
    },
)
"""RSA and ECDSA; what is not here is refused (SHA-1, PSS, …)."""
STREEBOG: Final = "streebog512"
GOST_SIGNATURE: Final = "1.2.398.3.10.1.1.2.3.2"
GOST_KEY: Final = "1.2.398.3.10.1.1.2.2"
GOST_2015: Final = Algorithms(
    {"1.2.398.3.10.1.3.3": STREEBOG},
    {GOST_SIGNATURE: ("gost2015", STREEBOG), GOST_KEY: ("gost2015", STREEBOG)},
)
"""GOST 34.10-2015 of 512 bits; signing software names the signature or, as with RSA, the key."""
EVERY: Final = Algorithms(
    {
        **LOCAL.digests,
        **GOST_2015.digests,
        "1.2.398.3.10.1.3.1": "gost34311",
        "1.2.398.3.10.1.3.2": "streebog256",
    },
    {
        **LOCAL.signatures,
        **GOST_2015.signatures,
        "1.2.398.3.10.1.1.1.1": ("gost2004", "gost34311"),
        "1.2.398.3.10.1.1.1.2": ("gost2004", "gost34311"),
        "1.2.398.3.10.1.1.2.1": ("gost2015", "streebog256"),
        "1.2.398.3.10.1.1.2.3.1": ("gost2015", "streebog256"),
    },
)
"""What somebody may be able to check; enough to read who signed what."""

_DATA: Final = "1.2.840.113549.1.7.1"
_MOST_CERTIFICATES: Final = 8
# asn1crypto parses lazily and tells malformed input by these; the last two are cryptography's (its warning
# of an odd certificate is an error where warnings are).
MALFORMED: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    x509.InvalidVersion,
    CryptographyDeprecationWarning,
)
_SIGNING_CERTIFICATE: Final = asn1_tsp.SigningCertificateV2  # importing tsp names the attribute in asn1crypto


@dataclass(frozen=True)
class Envelope:
    """One signer's signature: what was signed, how, and with which certificate."""

    content: bytes | None
    signed_attributes: bytes
    message_digest: bytes
    digest: str
    scheme: str
    signature: bytes
    certificate: x509.Certificate
    candidates: tuple[x509.Certificate, ...]
    signed_at: datetime | None
    named: tuple[str, bytes] | None
    """Digest algorithm and digest of the certificate that a CAdES signature names inside what is signed."""


def read_envelope(data: bytes, known: Algorithms = LOCAL) -> Envelope:
    """The single signature in `data`; SignatureRefused for any other number, shape or algorithm."""
    try:
        return _envelope(data, known)
    except MALFORMED as error:
        raise SignatureRefused(Refusal.unreadable) from error


def _envelope(data: bytes, known: Algorithms) -> Envelope:
    outer = asn1_cms.ContentInfo.load(data, strict=True)
    if outer["content_type"].native != "signed_data":
        raise SignatureRefused(Refusal.unreadable)
    signed = outer["content"]
    if len(signed["signer_infos"]) != 1:
        raise SignatureRefused(Refusal.signers)
    info = signed["signer_infos"][0]
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].dotted != _DATA:
        raise SignatureRefused(Refusal.attributes)
    digest, scheme = _algorithms(info, known)
    certificate, candidates = _certificates(signed, info)
    # Before they are read: asn1crypto writes attributes anew once it has filled in defaults.
    signed_attributes = _signed_bytes(info)
    attributes = _attributes(info)
    return Envelope(
        content=_content(encapsulated),
        signed_attributes=signed_attributes,
        message_digest=_single(attributes, "message_digest").native,
        digest=digest,
        scheme=scheme,
        signature=info["signature"].native,
        certificate=certificate,
        candidates=candidates,
        signed_at=_signing_time(attributes),
        named=_named(attributes, known),
    )


def _content(encapsulated: Any) -> bytes | None:
    content = encapsulated["content"]
    if isinstance(content, asn1_core.Void):
        return None
    if not isinstance(content, (asn1_core.OctetString, asn1_core.ParsableOctetString)):
        raise SignatureRefused(Refusal.unreadable)
    return bytes(content)


def _algorithms(info: Any, known: Algorithms) -> tuple[str, str]:
    digest = known.digests.get(info["digest_algorithm"]["algorithm"].dotted)
    scheme, fixed = known.signatures.get(info["signature_algorithm"]["algorithm"].dotted, (None, None))
    if digest is None or scheme is None or fixed not in {None, digest}:
        raise SignatureRefused(Refusal.algorithm)
    return digest, scheme


def _certificates(signed: Any, info: Any) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The signer's certificate by issuer and serial number, and the others as candidates for its path."""
    sid = info["sid"]
    if sid.name != "issuer_and_serial_number" or not 0 < len(signed["certificates"]) <= _MOST_CERTIFICATES:
        raise SignatureRefused(Refusal.no_certificate)
    wanted = (sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native)
    if any(choice.chosen.serial_number <= 0 for choice in signed["certificates"]):
        raise SignatureRefused(Refusal.unreadable)
    embedded = [x509.load_der_x509_certificate(choice.chosen.dump()) for choice in signed["certificates"]]
    own = [one for one in embedded if (one.issuer.public_bytes(), one.serial_number) == wanted]
    if len(own) != 1:
        raise SignatureRefused(Refusal.no_certificate)
    return own[0], tuple(one for one in embedded if one is not own[0])


def _attributes(info: Any) -> dict[str, Sequence[Any]]:
    """Signed attributes by name, each at most once; those that RFC 5652 §11 demands are there."""
    found: dict[str, Sequence[Any]] = {}
    for attribute in info["signed_attrs"]:
        name = attribute["type"].native
        if name in found:
            raise SignatureRefused(Refusal.attributes)
        found[name] = attribute["values"]
    if _single(found, "content_type").dotted != _DATA:
        raise SignatureRefused(Refusal.attributes)
    return found


def _single(attributes: dict[str, Sequence[Any]], name: str) -> Any:
    values = attributes.get(name, ())
    if len(values) != 1:
        raise SignatureRefused(Refusal.attributes)
    return values[0]


def _signed_bytes(info: Any) -> bytes:
    """The attributes as they were signed: a SET OF in DER, not the [0] that stands in the message (§5.4)."""
    definite: bytes = info["signed_attrs"].dump()  # asn1crypto turns indefinite lengths into definite ones
    return b"\x31" + definite[1:]


def _signing_time(attributes: dict[str, Sequence[Any]]) -> datetime | None:
    if "signing_time" not in attributes:
        return None
    value = _single(attributes, "signing_time").native
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise SignatureRefused(Refusal.attributes)
    return value.astimezone(UTC)


def _named(attributes: dict[str, Sequence[Any]], known: Algorithms) -> tuple[str, bytes] | None:
    """The certificate that the signer named in what is signed (RFC 5035 §3), by its digest."""
    if "signing_certificate_v2" not in attributes:
        return None
    first = _single(attributes, "signing_certificate_v2")["certs"][0]
    digest = {**LOCAL.digests, **known.digests}.get(first["hash_algorithm"]["algorithm"].dotted)
    if digest is None:
        raise SignatureRefused(Refusal.algorithm)
    return digest, first["cert_hash"].native
