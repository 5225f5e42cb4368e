"""Checks signatures on this machine: RSA and ECDSA, certificates of the NCA profile (requirement A2)."""

import asyncio
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import Material, Purpose, Refusal, SignatureRefused, Verified
from integrations.signatures.certificates import check_use, find_path, read_signer
from integrations.signatures.envelope import HASHES, Envelope, read_envelope
from integrations.signatures.revocation import (
    RevocationList,
    RevocationListRefused,
    RevocationLists,
    RevocationSource,
)

__all__ = [
    "LocalX509Verifier",
    "RevocationList",
    "RevocationListRefused",
    "RevocationLists",
    "RevocationSource",
    "signed_content",
]

LARGEST: Final = 64 * 1024
LOGIN_WINDOW: Final = timedelta(minutes=5)
_SMALLEST_RSA: Final = 2048
_SMALLEST_EC: Final = 256


@dataclass(frozen=True)
class _Trust:
    """What one check relies on."""

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    revocation: RevocationSource
    check_digits: bool
    largest: int


class LocalX509Verifier:
    """Implements `domain.signatures.SignatureVerifier` with roots given in DER.

    `intermediates` are known issuers that a signature need not carry; `check_digits=False` accepts numbers
    such as the authority's own test certificates have; `largest` bounds a signature in bytes.
    """

    def __init__(
        self,
        roots: Iterable[bytes],
        revocation: RevocationSource,
        *,
        intermediates: Iterable[bytes] = (),
        check_digits: bool = True,
        largest: int = LARGEST,
    ) -> None:
        self._trust = _Trust(_loaded(roots), _loaded(intermediates), revocation, check_digits, largest)

    async def verify(self, cms: bytes, content: bytes, purpose: Purpose, now: datetime) -> Verified:
        """See `SignatureVerifier.verify`; about a millisecond of computing, so it stays on the loop."""
        return _check(cms, content, purpose, now, self._trust)

    async def recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        """See `SignatureVerifier.recheck`; stored lists may be large, so a thread reads them."""
        return await asyncio.to_thread(self._recheck, cms, content, purpose, material, at)

    def _recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        # Only what a path to our own roots confirms counts: a list is found by the very key of its issuer.
        try:
            lists = RevocationLists(material.chain[1:])
            lists.replace(material.crls)
            intermediates = _loaded(material.chain[1:])
        except ValueError as error:
            raise SignatureRefused(Refusal.revocation_unknown) from error
        trust = _Trust(self._trust.roots, intermediates, lists, self._trust.check_digits, self._trust.largest)
        return _check(cms, content, purpose, at, trust)


def signed_content(cms: bytes, largest: int = LARGEST) -> bytes:
    """The content attached to a signature, not verified yet; SignatureRefused when there is none."""
    if len(cms) > largest:
        raise SignatureRefused(Refusal.too_large)
    content = read_envelope(cms).content
    if not content:
        raise SignatureRefused(Refusal.content)
    return content


def _loaded(certificates: Iterable[bytes]) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_der_x509_certificate(der) for der in certificates)


def _check(cms: bytes, content: bytes, purpose: Purpose, at: datetime, trust: _Trust) -> Verified:
    if len(cms) > trust.largest:
        raise SignatureRefused(Refusal.too_large)
    envelope = read_envelope(cms)
    _check_content(envelope, content)
    _check_signature(envelope)
    chain = find_path(envelope.certificate, (*envelope.candidates, *trust.intermediates), trust.roots, at)
    roles = check_use(envelope.certificate, purpose)
    lists = _check_revocation(chain, trust.revocation, at)
    if purpose is Purpose.login:
        _check_time(envelope.signed_at, at)
    return Verified(
        signer=read_signer(envelope.certificate, roles, envelope.signed_at, check_digits=trust.check_digits),
        chain=tuple(link.public_bytes(Encoding.DER) for link in chain),
        crls=tuple(one.der for one in lists),
        checked_at=at,
    )


def _check_content(envelope: Envelope, content: bytes) -> None:
    """What was signed is `content`, byte for byte, and there is something."""
    if not content or envelope.content not in {None, content}:
        raise SignatureRefused(Refusal.content)
    digest = hashlib.new(envelope.digest, content).digest()
    if not hmac.compare_digest(digest, envelope.message_digest):
        raise SignatureRefused(Refusal.content)


def _check_signature(envelope: Envelope) -> None:
    try:
        key = envelope.certificate.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise SignatureRefused(Refusal.algorithm) from error
    algorithm = HASHES[envelope.digest]
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


def _check_revocation(
    chain: Sequence[x509.Certificate], source: RevocationSource, at: datetime
) -> list[RevocationList]:
    """Every link, not only the signer's: each against the list of its issuer; unknown is refused."""
    lists: list[RevocationList] = []
    for link, issuer in pairwise(chain):
        known = source.find(issuer, at)
        if known is None:
            raise SignatureRefused(Refusal.revocation_unknown)
        if link.serial_number in known.revoked:
            raise SignatureRefused(Refusal.revoked)
        lists.append(known)
    return lists


def _check_time(signed_at: datetime | None, at: datetime) -> None:
    """A sign-in is signed now: the claim proves nothing, but an old one shows a replay or a wrong clock."""
    if signed_at is None or abs(at - signed_at) > LOGIN_WINDOW:
        raise SignatureRefused(Refusal.time)
