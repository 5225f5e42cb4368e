"""Signs as a person's signing software does: CMS with signed attributes in the manner of CAdES-BES."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import algos as asn1_algos
from asn1crypto import cms as asn1_cms
from asn1crypto import core as asn1_core
from asn1crypto import tsp as asn1_tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding

from integrations.development_ca.certificates import Credential


def signed_cms(
    credential: Credential,
    content: bytes,
    *,
    attached: bool,
    when: datetime,
    others: Sequence[x509.Certificate],
) -> bytes:
    """DER of a signature over `content` with SHA-256; `others` are embedded beside the signer's own."""
    certificate = _readable(credential.certificate)
    attributes = _settled(_attributes(content, certificate, when))
    is_ec = isinstance(credential.key, ec.EllipticCurvePrivateKey)
    signer = asn1_cms.SignerInfo(
        {
            "version": "v1",
            "sid": asn1_cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": asn1_cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": asn1_algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": asn1_algos.SignedDigestAlgorithm(
                {"algorithm": "sha256_ecdsa" if is_ec else "sha256_rsa"}
            ),
            "signature": raw_signature(credential, attributes.dump()),
        }
    )
    signed = asn1_cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [asn1_algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data", "content": content if attached else None},
            "certificates": [certificate, *map(_readable, others)],
            "signer_infos": [_settled(signer)],
        }
    )
    whole = {"content_type": "signed_data", "content": _settled(signed)}
    data: bytes = asn1_cms.ContentInfo(whole).dump()
    return data


def raw_signature(credential: Credential, data: bytes) -> bytes:
    """The bare signature of bytes with SHA-256."""
    if isinstance(credential.key, ec.EllipticCurvePrivateKey):
        return credential.key.sign(data, ec.ECDSA(hashes.SHA256()))
    return credential.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _readable(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _settled(made: Any) -> Any:
    """The same structure read back: one that was made is encoded anew at each level above."""
    return type(made).load(made.dump())


def _attributes(content: bytes, certificate: asn1_x509.Certificate, when: datetime) -> asn1_cms.CMSAttributes:
    named = asn1_tsp.ESSCertIDv2(
        {
            "hash_algorithm": asn1_algos.DigestAlgorithm({"algorithm": "sha256"}),
            "cert_hash": hashlib.sha256(certificate.dump()).digest(),
        }
    )
    certificates = asn1_tsp.SigningCertificateV2({"certs": [_settled(named)]})
    values = {
        "content_type": asn1_cms.ContentType("data"),
        "signing_time": asn1_cms.Time({"utc_time": asn1_core.UTCTime(when)}),
        "message_digest": asn1_core.OctetString(hashlib.sha256(content).digest()),
        "signing_certificate_v2": _settled(certificates),
    }
    return asn1_cms.CMSAttributes(
        [_settled(asn1_cms.CMSAttribute({"type": name, "values": [value]})) for name, value in values.items()]
    )
