"""Checks signatures on this machine: RSA and ECDSA, certificates of the NCA profile (requirement A2)."""

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import Material, Purpose, Refusal, SignatureRefused, Verified
from integrations.signatures.certificates import check_use, find_path, read_signer
from integrations.signatures.content import LARGEST, check_content, check_named, check_size, check_time
from integrations.signatures.envelope import Envelope, read_envelope
from integrations.signatures.ocsp import KeptAnswers, OcspSource
from integrations.signatures.revocation import RevocationLists, RevocationSource
from integrations.signatures.standing import Asked, Standing, check_standing

_HASHES: Final = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_SMALLEST_RSA: Final = 2048
_SMALLEST_EC: Final = 256


@dataclass(frozen=True)
class _Trust:
    """What one check relies on."""

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    standing: Standing
    check_digits: bool
    largest: int


class LocalX509Verifier:
    """Implements `domain.signatures.SignatureVerifier` with roots given in DER.

    `ocsp` is asked about signers as `asked` says; issuers are always looked up in `revocation`, the lists.
    `intermediates` are known issuers that a signature need not carry; `check_digits=False` accepts numbers
    such as the authority's own test certificates have; `largest` bounds a signature in bytes.
    """

    def __init__(
        self,
        roots: Iterable[bytes],
        revocation: RevocationSource,
        *,
        ocsp: OcspSource | None = None,
        asked: Asked = Asked.lists,
        intermediates: Iterable[bytes] = (),
        check_digits: bool = True,
        largest: int = LARGEST,
    ) -> None:
        if (ocsp is None) is not (asked is Asked.lists):
            raise ValueError("whoever asks an OCSP responder needs one, and nobody else does")
        standing = Standing(revocation, ocsp, asked)
        self._trust = _Trust(loaded(roots), loaded(intermediates), standing, check_digits, largest)

    async def verify(self, cms: bytes, content: bytes, purpose: Purpose, now: datetime) -> Verified:
        """See `SignatureVerifier.verify`; about a millisecond of computing, so it stays on the loop."""
        return await _check(cms, content, purpose, now, self._trust)

    async def recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        """See `SignatureVerifier.recheck`; stored lists may be large, so a thread reads them."""
        trust = await asyncio.to_thread(self._kept, material)
        return await _check(cms, content, purpose, at, trust)

    def _kept(self, material: Material) -> _Trust:
        """Trust in the same roots, with kept issuers, lists and answers instead of today's.

        Only what a path to our own roots confirms counts: a list is found by the very key of its issuer.
        """
        try:
            lists = RevocationLists(material.chain[1:])
            lists.replace(material.crls)
            intermediates = loaded(material.chain[1:])
        except ValueError as error:
            raise SignatureRefused(Refusal.revocation_unknown) from error
        standing = Standing(lists, KeptAnswers(material.ocsp), Asked.either)
        return _Trust(
            self._trust.roots, intermediates, standing, self._trust.check_digits, self._trust.largest
        )


def loaded(certificates: Iterable[bytes]) -> tuple[x509.Certificate, ...]:
    """Certificates from DER."""
    return tuple(x509.load_der_x509_certificate(der) for der in certificates)


async def _check(cms: bytes, content: bytes, purpose: Purpose, at: datetime, trust: _Trust) -> Verified:
    check_size(cms, trust.largest)
    envelope = read_envelope(cms)
    check_content(envelope, content, _digest)
    check_named(envelope, _digest)
    _check_signature(envelope)
    chain = find_path(envelope.certificate, (*envelope.candidates, *trust.intermediates), trust.roots, at)
    roles = check_use(envelope.certificate, purpose)
    if purpose is Purpose.login:
        check_time(envelope.signed_at, at)
    signer = read_signer(envelope.certificate, roles, envelope.signed_at, check_digits=trust.check_digits)
    proofs = await check_standing(chain, trust.standing, at)
    return Verified(
        signer=signer,
        chain=tuple(link.public_bytes(Encoding.DER) for link in chain),
        crls=proofs.crls,
        checked_at=at,
        ocsp=proofs.ocsp,
    )


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()


def _check_signature(envelope: Envelope) -> None:
    try:
        key = envelope.certificate.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise SignatureRefused(Refusal.algorithm) from error
    algorithm = _HASHES[envelope.digest]
    data, signature = envelope.signed_attributes, envelope.signature
    try:
        if isinstance(key, rsa.RSAPublicKey) and envelope.scheme == "rsa" and key.key_size >= _SMALLEST_RSA:
            return key.verify(signature, data, padding.PKCS1v15(), algorithm)
        if (
            isinstance(key, ec.EllipticCurvePublicKey)
            and envelope.scheme == "ecdsa"
            and key.key_size >= _SMALLEST_EC
        ):
            return key.verify(signature, data, ec.ECDSA(algorithm))
    except InvalidSignature as error:
        raise SignatureRefused(Refusal.invalid) from error
    raise SignatureRefused(Refusal.algorithm)
