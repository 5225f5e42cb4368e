"""The verifier of production, from what is configured: roots, issuers, lists, addresses and switches."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
from cryptography import x509

from domain.signatures import SignatureVerifier
from integrations.signatures.choice import VerifierByAlgorithm
from integrations.signatures.gost import GostVerifier, signed_by
from integrations.signatures.gost_path import is_gost
from integrations.signatures.gost_process import GostProcess
from integrations.signatures.lists import ListAddress, ListFile, ListSource
from integrations.signatures.local import LocalX509Verifier
from integrations.signatures.ncanode import NcaNodeVerifier
from integrations.signatures.ocsp import OcspResponder
from integrations.signatures.revocation import RevocationLists
from integrations.signatures.standing import Asked


@dataclass(frozen=True)
class Trusted:
    """What an operator decides: certificates in DER, where revocation is known, and who knows GOST."""

    roots: Sequence[bytes]
    intermediates: Sequence[bytes] = ()
    files: Sequence[Path] = ()
    addresses: Sequence[str] = ()
    ocsp: str | None = None
    asked: Asked = Asked.lists
    ncanode: str | None = None
    experimental_gost: bool = False


@dataclass(frozen=True)
class Configured:
    """The verifier, and the lists that somebody must keep fresh from their sources."""

    verifier: SignatureVerifier
    lists: RevocationLists
    sources: Sequence[ListSource]


def configured(trusted: Trusted, client: httpx2.AsyncClient) -> Configured:
    """Put the adapters together; ValueError where OCSP is to be asked without an address, or never."""
    process = GostProcess()
    lists = RevocationLists(
        [*trusted.roots, *trusted.intermediates],
        signed_by=signed_by(process) if trusted.experimental_gost else None,
    )
    local = LocalX509Verifier(
        _of_kind(trusted.roots, gost=False),
        lists,
        ocsp=OcspResponder(client, trusted.ocsp) if trusted.ocsp else None,
        asked=trusted.asked,
        intermediates=_of_kind(trusted.intermediates, gost=False),
    )
    gost = GostVerifier(
        _of_kind(trusted.roots, gost=True),
        lists,
        process=process,
        intermediates=_of_kind(trusted.intermediates, gost=True),
    )
    verifier = VerifierByAlgorithm(
        local,
        NcaNodeVerifier(client, trusted.ncanode) if trusted.ncanode else None,
        gost if trusted.experimental_gost else None,
    )
    addresses = [ListAddress(client, url) for url in trusted.addresses]
    return Configured(verifier, lists, [*(ListFile(file) for file in trusted.files), *addresses])


def _of_kind(certificates: Sequence[bytes], *, gost: bool) -> list[bytes]:
    return [der for der in certificates if is_gost(x509.load_der_x509_certificate(der)) is gost]
