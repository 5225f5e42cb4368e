"""EXPERIMENTAL. Checks GOST 34.10-2015 signatures without NCANode: off by default, unproven with Kalkan.

The cryptography is in a process of its own (`gost_process`); everything else is what the local verifier does.
Known from samples: keys and signatures of certificates and revocation lists. Not known: what signing software
writes into a CMS. Tests use an authority of their own, so they show consistency, not interoperability.
"""

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import Material, Purpose, Refusal, SignatureRefused, Verified
from integrations.signatures.certificates import check_use, read_signer
from integrations.signatures.content import Digest, check_content, check_named, check_size, check_time
from integrations.signatures.envelope import GOST_2015, GOST_SIGNATURE, STREEBOG, Envelope, read_envelope
from integrations.signatures.gost_path import Path, gost_key, gost_paths
from integrations.signatures.gost_process import GostProcess, Question, signature_of
from integrations.signatures.local import loaded
from integrations.signatures.revocation import (
    RevocationListRefused,
    RevocationLists,
    RevocationSource,
    SignedBy,
    signed_locally,
)
from integrations.signatures.standing import listed


@dataclass(frozen=True)
class _Trust:
    """What one check relies on."""

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...]
    lists: RevocationSource


class GostVerifier:
    """Implements `domain.signatures.SignatureVerifier` for GOST 34.10-2015 of 512 bits; about a second each.

    Arguments as of `LocalX509Verifier`; revocation is known by lists only. One signature is checked at a
    time: anybody can send another.
    """

    def __init__(
        self,
        roots: Iterable[bytes],
        revocation: RevocationSource,
        *,
        process: GostProcess,
        intermediates: Iterable[bytes] = (),
        check_digits: bool = True,
    ) -> None:
        self._trust = _Trust(loaded(roots), loaded(intermediates), revocation)
        self._process = process
        self._check_digits = check_digits
        self._turn = asyncio.Semaphore(1)

    async def verify(self, cms: bytes, content: bytes, purpose: Purpose, now: datetime) -> Verified:
        """See `SignatureVerifier.verify`."""
        async with self._turn:
            return await asyncio.to_thread(self._check, cms, content, purpose, now, self._trust)

    async def recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        """See `SignatureVerifier.recheck`."""
        async with self._turn:
            return await asyncio.to_thread(self._recheck, cms, content, purpose, material, at)

    def _recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        try:
            lists = RevocationLists(material.chain[1:], signed_by=signed_by(self._process))
            lists.replace(material.crls)
            trust = _Trust(self._trust.roots, loaded(material.chain[1:]), lists)
        except ValueError as error:
            raise SignatureRefused(Refusal.revocation_unknown) from error
        return self._check(cms, content, purpose, at, trust)

    def _check(self, cms: bytes, content: bytes, purpose: Purpose, at: datetime, trust: _Trust) -> Verified:
        """All that costs nothing first, the process last."""
        check_size(cms)
        envelope = read_envelope(cms, GOST_2015)
        roles = check_use(envelope.certificate, purpose)
        if purpose is Purpose.login:
            check_time(envelope.signed_at, at)
        candidates = (*envelope.candidates, *trust.intermediates)
        paths = gost_paths(envelope.certificate, candidates, trust.roots, at)
        signer = read_signer(envelope.certificate, roles, envelope.signed_at, check_digits=self._check_digits)
        digest = self._digests(envelope, content)
        check_content(envelope, content, digest)
        check_named(envelope, digest)
        chain = self._proven(envelope, paths)
        lists = [listed(trust.lists, link, issuer, at) for link, issuer in pairwise(chain)]
        if None in lists:
            raise SignatureRefused(Refusal.revocation_unknown)
        return Verified(
            signer=signer,
            chain=tuple(link.public_bytes(Encoding.DER) for link in chain),
            crls=tuple(known.der for known in lists if known),
            checked_at=at,
        )

    def _digests(self, envelope: Envelope, content: bytes) -> Digest:
        """Digests of the content and of the certificate, asked for at once."""
        several = (content, envelope.certificate.public_bytes(Encoding.DER))
        known = dict(zip(several, self._process.digests(several), strict=True))
        return lambda name, data: known[data] if name == STREEBOG else hashlib.new(name, data).digest()

    def _proven(self, envelope: Envelope, paths: list[Path]) -> Path:
        """The first path of which every signature holds, the signer's own signature included."""
        own = signature_of(gost_key(envelope.certificate), envelope.signed_attributes, envelope.signature)
        if not self._process.hold([own]):
            raise SignatureRefused(Refusal.invalid)
        for path in paths:
            if self._process.hold([_issued(link, issuer) for link, issuer in pairwise(path)]):
                return path
        raise SignatureRefused(Refusal.untrusted)


def _issued(link: x509.Certificate, issuer: x509.Certificate) -> Question:
    return signature_of(gost_key(issuer), link.tbs_certificate_bytes, link.signature)


def signed_by(process: GostProcess) -> SignedBy:
    """Checks signatures of revocation lists with any key known here, GOST's in the process."""

    def is_signed(crl: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
        if crl.signature_algorithm_oid.dotted_string != GOST_SIGNATURE:
            return signed_locally(crl, authority)
        try:
            return process.hold([signature_of(gost_key(authority), crl.tbs_certlist_bytes, crl.signature)])
        except SignatureRefused as error:
            raise RevocationListRefused("the signature of the list could not be checked") from error

    return is_signed
