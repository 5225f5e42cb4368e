"""What checking a signature costs: all of it, from the bytes to the signer, in this process.

The list of the issuer has 20,000 entries, as the largest of the NCA has; it is checked once before, as the server
does in the background. The OCSP answer has arrived already: what it costs to wait for it is the network's matter.
Each kind takes turns with the others, so that a machine that slows down slows all.
"""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from domain.identifiers import synthetic_iin
from domain.signatures import Purpose, SignatureVerifier
from integrations.development_ca import DevelopmentAuthority, sign_cms
from integrations.development_ca.certificates import KeyKind, revocation_list
from integrations.signatures import Asked, LocalX509Verifier, RevocationLists
from integrations.signatures.ocsp import KeptAnswers
from tests.benches.tables import milliseconds, percentile, show
from tests.integrations.signatures.forgery import indefinite

ROUNDS = 1_000
REVOKED = 20_000
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
CONTENT = bytes(range(256)) * 16
Case = tuple[SignatureVerifier, bytes]


def cases(folder: Path, keys: KeyKind) -> Mapping[str, Case]:
    """Verifiers with a signature for each, by the kind of key."""
    authority = DevelopmentAuthority(folder / keys, keys=keys)
    iin = synthetic_iin(date(1980, 5, 6), male=True, serial=7)
    ivan = authority.person("ivan", iin, "Иванов", "Иван")
    lists = RevocationLists([authority.root, authority.intermediate])
    long = revocation_list(authority._intermediate, {2**64 + one: NOW for one in range(REVOKED)}, NOW)
    started = time.perf_counter()
    lists.replace([authority.crls(NOW)[0], long])
    print(
        f"{keys}: a list of {len(long) // 1024} KB taken in {milliseconds(time.perf_counter() - started)} ms"
    )
    question = ocsp.OCSPRequestBuilder().add_certificate(ivan.sign.certificate, ivan.issuer, SHA256()).build()
    answers = KeptAnswers([authority.ocsp(question.public_bytes(Encoding.DER), NOW)])
    listed = LocalX509Verifier([authority.root], lists)
    both = LocalX509Verifier([authority.root], lists, ocsp=answers, asked=Asked.both)
    cms, detached = (sign_cms(ivan, CONTENT, when=NOW, attached=way) for way in (True, False))
    name = {"rsa": "RSA-2048", "ec": "ECDSA P-256"}[keys]
    return {
        f"{name}, list": (listed, cms),
        f"{name}, list, detached": (listed, detached),
        f"{name}, list, BER": (listed, indefinite(cms)),
        f"{name}, list and OCSP": (both, cms),
    }


async def measured(all_: Mapping[str, Case]) -> dict[str, list[float]]:
    """Seconds of each check, by name."""
    took: dict[str, list[float]] = {name: [] for name in all_}
    for number in range(ROUNDS + ROUNDS // 10):
        for name, (verifier, cms) in all_.items():
            started = time.perf_counter()
            found = await verifier.verify(cms, CONTENT, Purpose.document, NOW + timedelta(seconds=1))
            passed = time.perf_counter() - started
            assert found.signer.iin is not None
            if number >= ROUNDS // 10:  # the first tenth warms up
                took[name].append(passed)
    return took


async def main() -> None:
    """Print the times of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        kinds: tuple[KeyKind, ...] = ("rsa", "ec")
        all_ = {name: case for keys in kinds for name, case in cases(Path(folder), keys).items()}
        took = await measured(all_)
    rows = [
        [name, milliseconds(percentile(times, 0.5)), milliseconds(percentile(times, 0.99))]
        for name, times in took.items()
    ]
    show(["signature over 4 KB, with the path to the root and revocation", "p50 ms", "p99 ms"], rows)


if __name__ == "__main__":
    asyncio.run(main())
