"""Bends signatures into the shapes that a verifier must refuse, or accept."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from asn1crypto import algos as asn1_algos
from asn1crypto import cms as asn1_cms
from asn1crypto import core as asn1_core
from asn1crypto import tsp as asn1_tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from integrations.development_ca import Credential

Change = Callable[[Any], None]
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


def bent(cms: bytes, change: Change, signer: Credential | None = None) -> bytes:
    """The message after `change` of its SignedData, signed anew where the change should be hidden."""
    outer = asn1_cms.ContentInfo.load(cms)
    signed = outer["content"]
    change(signed)
    if signer is not None:
        info = signed["signer_infos"][0]
        info["signature"] = raw(signer, info["signed_attrs"].untag().dump(force=True))
    data: bytes = outer.dump(force=True)
    return data


def raw(
    signer: Credential, data: bytes, *, pss: bool = False, algorithm: hashes.HashAlgorithm | None = None
) -> bytes:
    """A bare signature with the wanted padding and digest."""
    chosen = algorithm or hashes.SHA256()
    if isinstance(signer.key, ec.EllipticCurvePrivateKey):
        return signer.key.sign(data, ec.ECDSA(chosen))
    return signer.key.sign(data, PSS if pss else padding.PKCS1v15(), chosen)


def readable(certificate: x509.Certificate) -> Any:
    """The certificate for asn1crypto."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def embed(certificates: Sequence[x509.Certificate]) -> Change:
    """Embeds these certificates instead."""

    def change(signed: Any) -> None:
        signed["certificates"] = [readable(one) for one in certificates]

    return change


def name_signer(certificate: x509.Certificate) -> Change:
    """Says that the signer is this certificate's holder, and embeds it."""

    def change(signed: Any) -> None:
        chosen = readable(certificate)
        named = asn1_cms.IssuerAndSerialNumber(
            {"issuer": chosen.issuer, "serial_number": chosen.serial_number}
        )
        sid = asn1_cms.SignerIdentifier({"issuer_and_serial_number": named})
        signed["signer_infos"][0]["sid"] = sid
        signed["certificates"] = [chosen, *list(signed["certificates"])[1:]]

    return change


def keep_attributes(choose: Callable[[list[Any]], list[Any]]) -> Change:
    """Replaces the list of signed attributes."""

    def change(signed: Any) -> None:
        info = signed["signer_infos"][0]
        info["signed_attrs"] = asn1_cms.CMSAttributes(choose([one.copy() for one in info["signed_attrs"]]))

    return change


def without(name: str) -> Change:
    """Drops a signed attribute."""
    return keep_attributes(lambda all_: [one for one in all_ if one["type"].native != name])


def doubled(name: str) -> Change:
    """Repeats a signed attribute."""
    return keep_attributes(lambda all_: [*all_, *(one.copy() for one in all_ if one["type"].native == name)])


def two_values(name: str) -> Change:
    """Gives a signed attribute two values."""

    def choose(all_: list[Any]) -> list[Any]:
        rest = [one for one in all_ if one["type"].native != name]
        chosen = next(one for one in all_ if one["type"].native == name)
        values = [chosen["values"][0], chosen["values"][0]]
        return [*rest, asn1_cms.CMSAttribute({"type": name, "values": values})]

    return keep_attributes(choose)


def with_digest(content: bytes) -> Change:
    """Sets the signed digest to that of other content."""

    def choose(all_: list[Any]) -> list[Any]:
        rest = [one for one in all_ if one["type"].native != "message_digest"]
        digest = asn1_core.OctetString(hashlib.sha256(content).digest())
        return [*rest, asn1_cms.CMSAttribute({"type": "message_digest", "values": [digest]})]

    return keep_attributes(choose)


def two_signers(signed: Any) -> None:
    """Repeats the signer."""
    info = signed["signer_infos"][0]
    signed["signer_infos"] = asn1_cms.SignerInfos([info.copy(), info.copy()])


def no_signer(signed: Any) -> None:
    """Drops the signer."""
    signed["signer_infos"] = asn1_cms.SignerInfos([])


def no_attributes(signed: Any) -> None:
    """Drops all signed attributes, so that the signature would be over the bare content."""
    signed["signer_infos"][0]["signed_attrs"] = None


def flipped_signature(signed: Any) -> None:
    """Changes one bit of the signature value."""
    value = bytearray(signed["signer_infos"][0]["signature"].native)
    value[-1] ^= 1
    signed["signer_infos"][0]["signature"] = bytes(value)


def algorithms(digest: str, signature: str) -> Change:
    """Declares other algorithms."""

    def change(signed: Any) -> None:
        info = signed["signer_infos"][0]
        info["digest_algorithm"] = asn1_algos.DigestAlgorithm({"algorithm": digest})
        info["signature_algorithm"] = asn1_algos.SignedDigestAlgorithm({"algorithm": signature})

    return change


def pss_signed(cms: bytes, signer: Credential) -> bytes:
    """The message with a good RSA-PSS signature, declared as such."""

    def change(signed: Any) -> None:
        info = signed["signer_infos"][0]
        parameters = {"hash_algorithm": {"algorithm": "sha256"}, "salt_length": 32}
        info["signature_algorithm"] = asn1_algos.SignedDigestAlgorithm(
            {"algorithm": "rsassa_pss", "parameters": asn1_algos.RSASSAPSSParams(parameters)}
        )
        info["signature"] = raw(signer, info["signed_attrs"].untag().dump(), pss=True)

    return bent(cms, change)


def sha1_signed(cms: bytes, content: bytes, signer: Credential) -> bytes:
    """The message with a SHA-1 digest and an RSA signature with SHA-1."""
    assert isinstance(signer.key, rsa.RSAPrivateKey)

    def change(signed: Any) -> None:
        algorithms("sha1", "sha1_rsa")(signed)
        info = signed["signer_infos"][0]
        digest = asn1_core.OctetString(hashlib.sha1(content).digest())  # noqa: S324 — the point of the test
        attribute = asn1_cms.CMSAttribute({"type": "message_digest", "values": [digest]})
        info["signed_attrs"] = asn1_cms.CMSAttributes(
            [asn1_cms.CMSAttribute({"type": "content_type", "values": ["data"]}), attribute]
        )
        info["signature"] = raw(signer, info["signed_attrs"].untag().dump(), algorithm=hashes.SHA1())  # noqa: S303

    return bent(cms, change)


def indefinite(cms: bytes, *, attributes: bool = False) -> bytes:
    """The same message in BER with indefinite lengths, as Java libraries write it."""
    info, content = parts(cms)
    version, digests, encapsulated, certificates, signers = parts(parts(content)[0])
    kind, *data = parts(encapsulated)
    pieces = [_open(b"\xa0", _open(b"\x24", *_chunks(parts(data[0])[0])))] if data else []
    signer = parts(parts(signers)[0])
    if attributes:
        signer[3] = _open(b"\xa0", *parts(signer[3]))
    return _open(
        b"\x30",
        info,
        _open(
            b"\xa0",
            _open(
                b"\x30",
                version,
                digests,
                _open(b"\x30", kind, *pieces),
                _open(b"\xa0", *parts(certificates)),
                _open(b"\x31", _open(b"\x30", *signer)),
            ),
        ),
    )


def _open(tag: bytes, *parts: bytes) -> bytes:
    return tag + b"\x80" + b"".join(parts) + b"\x00\x00"


def _chunks(octets: bytes) -> list[bytes]:
    value = octets[_header(octets) :]
    half = len(value) // 2
    return [asn1_core.OctetString(piece).dump() for piece in (value[:half], value[half:])]


def _header(tlv: bytes) -> int:
    return 2 if tlv[1] < 0x80 else 2 + (tlv[1] & 0x7F)


def _size(tlv: bytes) -> int:
    start = _header(tlv)
    return start + (tlv[1] if start == 2 else int.from_bytes(tlv[2:start]))


def parts(tlv: bytes) -> list[bytes]:
    """The elements inside an element."""
    rest, found = tlv[_header(tlv) : _size(tlv)], []
    while rest:
        found.append(rest[: _size(rest)])
        rest = rest[_size(rest) :]
    return found


def typed_outside(signed: Any) -> None:
    """Says that the content is something else than data."""
    signed["encap_content_info"] = asn1_cms.ContentInfo({"content_type": "compressed_data"})


def other_content(signed: Any) -> None:
    """Attaches other content than was signed, the signed digest left as it was."""
    signed["encap_content_info"] = asn1_cms.ContentInfo(
        {"content_type": "data", "content": b"shown to the reader"}
    )


def modern(signed: Any) -> None:
    """Takes the later version of the structure."""
    content = signed["encap_content_info"]["content"].native
    signed["version"] = "v3"
    signed["encap_content_info"] = asn1_cms.EncapsulatedContentInfo(
        {"content_type": "data", "content": content}
    )


def typed_inside(signed: Any) -> None:
    """Signs another type of content than the envelope tells."""
    replaced("content_type", asn1_cms.ContentType("digested_data"))(signed)


def named_by_sha1(signed: Any) -> None:
    """Names the certificate by a weak digest."""
    named = {"hash_algorithm": {"algorithm": "sha1"}, "cert_hash": bytes(20)}
    replaced("signing_certificate_v2", asn1_tsp.SigningCertificateV2({"certs": [named]}))(signed)


def replaced(name: str, value: Any) -> Change:
    """Gives a signed attribute another value."""

    def choose(all_: list[Any]) -> list[Any]:
        rest = [one for one in all_ if one["type"].native != name]
        return [*rest, asn1_cms.CMSAttribute({"type": name, "values": [value]})]

    return keep_attributes(choose)
