"""Checks signatures through NCANode, a service that knows GOST keys and must not be believed alone.

What its source shows: `valid` starts true and stays so without any signer; content given beside an attached
content is ignored; revocation is checked only where asked for, and missing where nobody could be asked; key
usage and role are told, not enforced. So the signature is read here first, and each statement is compared.
It has no authentication of its own: it belongs on the loopback beside the server.
"""

import base64
import json
from datetime import datetime
from typing import Final

import httpx2
from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import Material, Purpose, Refusal, SignatureRefused, Signer, Verified
from integrations.signatures.certificates import check_use, check_validity, read_signer
from integrations.signatures.content import LARGEST, check_attached, check_size, check_time
from integrations.signatures.envelope import EVERY, Envelope, read_envelope
from integrations.signatures.fetching import BadAnswer, fetched
from integrations.signatures.ncanode_answer import check_answer, read_statement

LARGEST_ANSWER: Final = 256 * 1024
SECONDS: Final = 10.0
REVOCATION: Final = ("OCSP", "CRL")


class NcaNodeVerifier:
    """Implements `domain.signatures.SignatureVerifier` over NCANode at `url`, the address of its root.

    `check_digits=False` accepts numbers such as the authority's own test certificates have.
    """

    def __init__(
        self, client: httpx2.AsyncClient, url: str, *, seconds: float = SECONDS, check_digits: bool = True
    ) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/cms/verify"
        self._seconds = seconds
        self._check_digits = check_digits

    async def verify(self, cms: bytes, content: bytes, purpose: Purpose, now: datetime) -> Verified:
        """See `SignatureVerifier.verify`; SIGNATURE_CHECK_UNAVAILABLE when no usable answer comes in time."""
        envelope = _envelope(cms, content)
        check_validity(envelope.certificate, now)
        roles = check_use(envelope.certificate, purpose)
        if purpose is Purpose.login:
            check_time(envelope.signed_at, now)
        signer = read_signer(envelope.certificate, roles, envelope.signed_at, check_digits=self._check_digits)
        statement = await self._ask(cms, content, attached=envelope.content is not None)
        check_answer(read_statement(statement), envelope.certificate, signer)
        return _verified(envelope, signer, statement, now)

    async def recheck(
        self, cms: bytes, content: bytes, purpose: Purpose, material: Material, at: datetime
    ) -> Verified:
        """Always refused: a kept statement is a record of a check, nobody can repeat that check from it.

        What did change is told as such: the content, the certificate, its use.
        """
        certificate = _envelope(cms, content).certificate
        if material.chain[:1] != (certificate.public_bytes(Encoding.DER),):
            raise SignatureRefused(Refusal.no_certificate)
        check_validity(certificate, at)
        check_use(certificate, purpose)
        raise SignatureRefused(Refusal.offline)

    async def _ask(self, cms: bytes, content: bytes, *, attached: bool) -> bytes:
        question: dict[str, object] = {"cms": _text(cms), "revocationCheck": REVOCATION}
        if not attached:
            question["data"] = _text(content)
        request = self._client.build_request(
            "POST",
            self._url,
            content=json.dumps(question),
            headers={"Content-Type": "application/json"},
            timeout=self._seconds,
        )
        try:
            return (
                await fetched(self._client, request, largest=LARGEST_ANSWER, seconds=self._seconds)
            ).content
        except BadAnswer as error:
            raise SignatureRefused(Refusal.unavailable) from error


def _envelope(cms: bytes, content: bytes) -> Envelope:
    """One signer and no certificate but the signer's own, over exactly this content."""
    check_size(cms, LARGEST)
    envelope = read_envelope(cms, EVERY)
    if envelope.candidates:
        raise SignatureRefused(Refusal.no_certificate)
    check_attached(envelope, content)
    return envelope


def _verified(envelope: Envelope, signer: Signer, statement: bytes, now: datetime) -> Verified:
    own = envelope.certificate.public_bytes(Encoding.DER)
    return Verified(signer=signer, chain=(own,), crls=(), checked_at=now, statement=statement)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
