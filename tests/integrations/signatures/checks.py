"""What the tests of signatures share: a person, a moment, a content, and the two outcomes of a check."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from cryptography import x509

from domain.identifiers import synthetic_bin, synthetic_iin
from domain.signatures import Purpose, Refusal, SignatureRefused, Verified
from integrations.development_ca import Credential, DevelopmentAuthority, Identity, Period
from integrations.development_ca.certificates import (
    Holder,
    Profile,
    issue,
    new_key,
)
from integrations.development_ca.cms import signed_cms
from integrations.signatures import LocalX509Verifier

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
CONTENT = "Заявление на возмещение гарантированной суммы".encode()
IIN = synthetic_iin(date(1980, 5, 6), male=True, serial=7)
BIN = synthetic_bin(date(2015, 3, 1), serial=5)
Authority = DevelopmentAuthority


def person(ca: Authority, name: str = "ivan", iin: str = IIN, *, one_key: bool = False) -> Identity:
    """A person of the authority."""
    return ca.person(name, iin, "Иванов", "Иван", "Иванович", one_key=one_key)


def verifier(ca: Authority) -> LocalX509Verifier:
    """A verifier that trusts the authority and knows its lists."""
    return LocalX509Verifier([ca.root], ca.revocation())


def check(
    ca: Authority,
    cms: bytes,
    content: bytes = CONTENT,
    purpose: Purpose = Purpose.document,
    now: datetime = NOW,
) -> Verified:
    """The outcome of a check."""
    return asyncio.run(verifier(ca).verify(cms, content, purpose, now))


def refusal(
    ca: Authority,
    cms: bytes,
    content: bytes = CONTENT,
    purpose: Purpose = Purpose.document,
    now: datetime = NOW,
) -> Refusal:
    """Why a signature is refused."""
    with pytest.raises(SignatureRefused) as caught:
        check(ca, cms, content, purpose, now)
    return caught.value.reason


def signed_by(credential: Credential, ca: Authority, *others: x509.Certificate) -> bytes:
    """A signature of bare credentials."""
    embedded = others or (x509.load_der_x509_certificate(ca.intermediate),)
    return signed_cms(credential, CONTENT, attached=True, when=NOW, others=embedded)


def certified(ca: Authority, policy: str = "1.2.398.3.3.2.3", **holder: object) -> Credential:
    """A signing certificate with any holder."""
    profile = Profile(policy, "1.3.6.1.5.5.7.3.4", non_repudiation=True)
    whole = Holder(**{"iin": IIN, "surname": "Иванов", "given": "Иван"} | holder)  # type: ignore[arg-type]
    return issue(whole, profile, new_key("ec"), ca._intermediate, Period())
