"""Which adapter checks a signature: RSA and ECDSA here, GOST through NCANode or (experimental) here."""

from datetime import datetime

from domain.signatures import Material, Purpose, Refusal, SignatureRefused, SignatureVerifier, Verified
from integrations.signatures.content import check_size
from integrations.signatures.envelope import EVERY, read_envelope


class VerifierByAlgorithm:
    """Implements `domain.signatures.SignatureVerifier` over several.

    `ncanode` and `gost` are None where not configured; NCANode goes first. Nothing that one adapter refused
    is ever shown to another, except that the local one does not know GOST.
    """

    def __init__(
        self,
        local: SignatureVerifier,
        ncanode: SignatureVerifier | None = None,
        gost: SignatureVerifier | None = None,
    ) -> None:
        self._local = local
        self._ncanode = ncanode
        self._gost = gost

    async def verify(self, cms: bytes, content: bytes, purpose: Purpose, now: datetime) -> Verified:
        """See `SignatureVerifier.verify`; SIGNATURE_GOST_UNSUPPORTED where nobody can check it."""
        try:
            return await self._local.verify(cms, content, purpose, now)
        except SignatureRefused as refused:
            if refused.reason is not Refusal.algorithm or not _is_gost(cms):
                raise
        return await self._for_gost().verify(cms, content, purpose, now)

    async def recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        """See `SignatureVerifier.recheck`; what another service stated can't be checked again."""
        check_size(cms)
        if not _is_gost(cms):
            return await self._local.recheck(cms, content, purpose, material, at)
        chosen = self._ncanode if material.statement is not None else self._gost
        if chosen is None:
            raise SignatureRefused(Refusal.offline)
        return await chosen.recheck(cms, content, purpose, material, at)

    def _for_gost(self) -> SignatureVerifier:
        chosen = self._ncanode or self._gost
        if chosen is None:
            raise SignatureRefused(Refusal.gost)
        return chosen


def _is_gost(cms: bytes) -> bool:
    """Whether the only signer signed with GOST; SignatureRefused for what can't be read at all."""
    return read_envelope(cms, EVERY).scheme.startswith("gost")
