"""What every adapter asks of a signature before any key is looked at: size, content, name, claimed time."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from domain.signatures import Refusal, SignatureRefused
from integrations.signatures.envelope import EVERY, Envelope, read_envelope

LARGEST: Final = 64 * 1024
LOGIN_WINDOW: Final = timedelta(minutes=5)

Digest = Callable[[str, bytes], bytes]
"""The digest of data by the name of its algorithm, as `Algorithms.digests` names it."""


def check_size(cms: bytes, largest: int = LARGEST) -> None:
    """Refuse a signature that would cost more to read than any real one."""
    if len(cms) > largest:
        raise SignatureRefused(Refusal.too_large)


def signed_content(cms: bytes, largest: int = LARGEST) -> bytes:
    """The content attached to a signature, not verified yet; SignatureRefused when there is none."""
    check_size(cms, largest)
    content = read_envelope(cms, EVERY).content
    if not content:
        raise SignatureRefused(Refusal.content)
    return content


def check_attached(envelope: Envelope, content: bytes) -> None:
    """There is content to sign, and what is attached, if anything, is this content byte for byte."""
    if not content or envelope.content not in {None, content}:
        raise SignatureRefused(Refusal.content)


def check_content(envelope: Envelope, content: bytes, digest: Digest) -> None:
    """What was signed is `content`, attached or not."""
    check_attached(envelope, content)
    if not hmac.compare_digest(digest(envelope.digest, content), envelope.message_digest):
        raise SignatureRefused(Refusal.content)


def check_named(envelope: Envelope, digest: Digest) -> None:
    """A CAdES signature names its certificate inside what is signed: it must be this one (RFC 5035 §3)."""
    if envelope.named is None:
        return
    name, expected = envelope.named
    if not hmac.compare_digest(digest(name, envelope.certificate.public_bytes(Encoding.DER)), expected):
        raise SignatureRefused(Refusal.no_certificate)


def check_time(signed_at: datetime | None, at: datetime) -> None:
    """A sign-in is signed now: the claim proves nothing, but an old one shows a replay or a wrong clock."""
    if signed_at is None or abs(at - signed_at) > LOGIN_WINDOW:
        raise SignatureRefused(Refusal.time)
