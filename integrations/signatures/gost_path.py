"""EXPERIMENTAL. Keys of GOST certificates, and paths to a root: `x509.verification` does not know them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from asn1crypto import core as asn1_core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import Refusal, SignatureRefused
from integrations.signatures.certificates import check_validity
from integrations.signatures.envelope import GOST_KEY, GOST_SIGNATURE, MALFORMED

_LONGEST: Final = 4
"""Signer, two authorities, root: as the local verifier has it."""
_MOST_PATHS: Final = 4
"""Each costs a second of computing; a sender may embed several issuers of one name."""
_PARAMETERS: Final = bytes.fromhex("3016060a2a830e030a010102020106082a830e030a010303")
"""The curve of 512 bits (parameter set A) and Streebog-512: the only ones known here."""
_KEY: Final = 128
_UNDERSTOOD: Final = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.CertificatePolicies)

Path = tuple[x509.Certificate, ...]


def is_gost(certificate: x509.Certificate) -> bool:
    """Whether the certificate is for a key of GOST 34.10-2015 with 512 bits."""
    return certificate.public_key_algorithm_oid.dotted_string == GOST_KEY


def gost_key(certificate: x509.Certificate) -> bytes:
    """The public key, x|y of 64 bytes each, little-endian; SIGNATURE_ALGORITHM for any other."""
    try:
        tbs = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))["tbs_certificate"]
        info = asn1_core.Sequence.load(tbs["subject_public_key_info"].dump())
        named, key = info[0], asn1_core.OctetString.load(info[1].contents[1:], strict=True).native
        if named[0].dotted != GOST_KEY or named[1].dump() != _PARAMETERS or len(key) != _KEY:
            raise SignatureRefused(Refusal.algorithm)
    except MALFORMED as error:
        raise SignatureRefused(Refusal.algorithm) from error
    return bytes(key)


def gost_paths(
    leaf: x509.Certificate,
    candidates: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: datetime,
) -> list[Path]:
    """Paths from the leaf to one of the roots by names, periods and rights, no signature checked yet.

    CERTIFICATE_UNTRUSTED when there is none.
    """
    check_validity(leaf, at)
    _check_extensions(leaf)
    found: list[Path] = []
    for path in _grown((leaf,), candidates, roots, at):
        found.append(path)
        if len(found) == _MOST_PATHS:
            break
    if not found:
        raise SignatureRefused(Refusal.untrusted)
    return found


def _grown(
    path: Path, candidates: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> Iterator[Path]:
    for root in roots:
        if _may_issue(root, path, at):
            yield (*path, root)
    if len(path) < _LONGEST - 1:
        for issuer in candidates:
            if issuer not in path and _may_issue(issuer, path, at):
                yield from _grown((*path, issuer), candidates, roots, at)


def _may_issue(issuer: x509.Certificate, path: Path, at: datetime) -> bool:
    """Whether the certificate is of an authority that may have issued the end of the path."""
    issued = path[-1]
    if issuer.subject != issued.issuer or issued.signature_algorithm_oid.dotted_string != GOST_SIGNATURE:
        return False
    try:
        check_validity(issuer, at)
        _check_extensions(issuer)
    except SignatureRefused:
        return False
    return is_gost(issuer) and _is_authority(issuer, below=len(path) - 1)


def _check_extensions(certificate: x509.Certificate) -> None:
    """A critical extension that nobody here understands forbids the certificate (RFC 5280 §4.2)."""
    try:
        unknown = [
            one for one in certificate.extensions if one.critical and not isinstance(one.value, _UNDERSTOOD)
        ]
    except (ValueError, x509.DuplicateExtension) as error:
        raise SignatureRefused(Refusal.untrusted) from error
    if unknown:
        raise SignatureRefused(Refusal.untrusted)


def _is_authority(certificate: x509.Certificate, *, below: int) -> bool:
    """Whether it may certify, with `below` authorities between it and the signer."""
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    length = basic.value.path_length
    deep_enough = length is None or length >= below
    return basic.critical and basic.value.ca and deep_enough and usage.key_cert_sign and usage.crl_sign
