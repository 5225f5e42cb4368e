"""A GOST 34.10-2015 authority of our own: the profile is the NCA's, the bytes are not checked against Kalkan.

Certificates and lists are made with elliptic keys first and then recast: other keys, algorithms and signatures.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import algos as asn1_algos
from asn1crypto import core as asn1_core
from asn1crypto import tsp as asn1_tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from gostcrypto import gostsignature

from domain.signatures import HolderRole
from integrations.development_ca.certificates import (
    DEFAULT_PERIOD,
    Credential,
    Holder,
    Period,
    Profile,
    authority,
    issue,
    new_key,
    profiles,
    revocation_list,
)
from integrations.development_ca.cms import signed_cms
from integrations.signatures.gost_worker import streebog
from tests.integrations.signatures import forgery
from tests.integrations.signatures.checks import CONTENT, IIN, NOW

DIGEST, SIGNATURE = "1.2.398.3.10.1.3.3", "1.2.398.3.10.1.1.2.3.2"
KEY = bytes.fromhex("06092a830e030a010102023016060a2a830e030a010102020106082a830e030a010303")
"""The identifier of the key with its curve and digest."""
CURVE = gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-12-512-paramSetA"]


class GostKey:
    """A private key; `public` and signatures are in the byte order of Kazakhstan's certificates."""

    def __init__(self) -> None:
        self._signing = gostsignature.new(gostsignature.MODE_512, CURVE)
        self._private = b"\x00" + os.urandom(63)
        self.public = self._turned(self._signing.public_key_generate(bytearray(self._private)))

    def sign(self, data: bytes) -> bytes:
        """The signature over the data."""
        digest = bytearray(streebog(data)[::-1])
        return self._turned(self._signing.sign(bytearray(self._private), digest))

    @staticmethod
    def _turned(pair: bytes) -> bytes:
        return bytes(pair[:64][::-1] + pair[64:][::-1])


@dataclass(frozen=True)
class Gost:
    """A GOST key with its certificate, and the elliptic twin from which both were cast."""

    key: GostKey = field(repr=False)
    certificate: x509.Certificate
    twin: Credential

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)


def tlv(tag: int, *parts: bytes) -> bytes:
    """One element of DER."""
    content = b"".join(parts)
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8 or 1)
    return bytes([tag]) + (length if size < 0x80 else bytes([0x80 | len(length)]) + length) + content


ALGORITHM = tlv(0x30, asn1_core.ObjectIdentifier(SIGNATURE).dump())


def key_info(public: bytes) -> bytes:
    """A public key as certificates carry it."""
    return tlv(0x30, tlv(0x30, KEY), tlv(0x03, b"\x00", tlv(0x04, public)))


def sealed(tbs: list[bytes], key: GostKey) -> bytes:
    """The parts, signed."""
    body = tlv(0x30, *tbs)
    return tlv(0x30, body, ALGORITHM, tlv(0x03, b"\x00", key.sign(body)))


def cast(twin: Credential, issuer: GostKey | None = None, info: bytes | None = None) -> Gost:
    """The same certificate for a GOST key, signed by one; by itself without an issuer."""
    key = GostKey()
    tbs = forgery.parts(forgery.parts(twin.certificate.public_bytes(Encoding.DER))[0])
    tbs[2], tbs[6] = ALGORITHM, info or key_info(key.public)
    return Gost(key, x509.load_der_x509_certificate(sealed(tbs, issuer or key)), twin)


class GostAuthority:
    """A root, an intermediate, their lists, and whom they certify."""

    def __init__(self) -> None:
        self._lists: dict[tuple[datetime, int | None], list[bytes]] = {}
        self.root = cast(authority("GOST root", new_key("ec"), path_length=1))
        self.middle = self.certify_authority("GOST authority", self.root)

    def certify_authority(self, name: str, issuer: Gost) -> Gost:
        """An authority below another."""
        return cast(authority(name, new_key("ec"), issuer.twin), issuer.key)

    def person(
        self,
        profile: Profile | None = None,
        *,
        iin: str = IIN,
        roles: tuple[HolderRole, ...] = (HolderRole.individual,),
        period: Period = DEFAULT_PERIOD,
        issuer: Gost | None = None,
    ) -> Gost:
        """Somebody with one key for everything, as GOST certificates are."""
        holder = Holder(iin, "Иванов", "Иван", roles=roles)
        chosen = profile or profiles(holder, one_key=True)["both"]
        by = issuer or self.middle
        return cast(issue(holder, chosen, new_key("ec"), by.twin, period), by.key)

    def crls(self, now: datetime = NOW, revoked: int | None = None) -> list[bytes]:
        """The lists of the root and of the intermediate."""
        if (now, revoked) not in self._lists:
            entries = {} if revoked is None else {revoked: now}
            self._lists[now, revoked] = [listed(self.root, {}, now), listed(self.middle, entries, now)]
        return self._lists[now, revoked]


def listed(issuer: Gost, revoked: dict[int, datetime], now: datetime) -> bytes:
    """A revocation list."""
    tbs = forgery.parts(forgery.parts(revocation_list(issuer.twin, revoked, now))[0])
    tbs[1] = ALGORITHM
    return sealed(tbs, issuer.key)


def gost_cms(
    signer: Gost,
    *others: x509.Certificate,
    content: bytes = CONTENT,
    attached: bool = True,
    algorithm: str = SIGNATURE,
    digest: bytes | None = None,
    named: x509.Certificate | None = None,
    after: forgery.Change = lambda _signed: None,
) -> bytes:
    """A signature by a GOST key, in the manner of CAdES-BES; `after` bends it when it was made."""

    def change(signed: Any) -> None:
        info = signed["signer_infos"][0]
        info["digest_algorithm"] = asn1_algos.DigestAlgorithm({"algorithm": DIGEST})
        info["signature_algorithm"] = asn1_algos.SignedDigestAlgorithm({"algorithm": algorithm})
        forgery.replaced("message_digest", asn1_core.OctetString(digest or streebog(content)))(signed)
        forgery.replaced("signing_certificate_v2", _named(named or signer.certificate))(signed)
        info["signature"] = signer.key.sign(info["signed_attrs"].untag().dump(force=True))
        after(signed)

    # asn1crypto can't write GOST certificates, so the twin's is exchanged in the bytes.
    cms = forgery.bent(signed_cms(signer.twin, content, attached=attached, when=NOW, others=[]), change)
    kind, wrapped = forgery.parts(cms)
    signed = forgery.parts(forgery.parts(wrapped)[0])
    signed[3] = tlv(0xA0, *(one.public_bytes(Encoding.DER) for one in (signer.certificate, *others)))
    return tlv(0x30, kind, tlv(0xA0, tlv(0x30, *signed)))


def _named(certificate: x509.Certificate) -> Any:
    digest = streebog(certificate.public_bytes(Encoding.DER))
    return asn1_tsp.SigningCertificateV2(
        {"certs": [{"hash_algorithm": {"algorithm": DIGEST}, "cert_hash": digest}]}
    )
