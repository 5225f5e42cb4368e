"""Whether every link of a chain still stands by revocation lists, an OCSP responder, or both; else refused.

Issuers are looked up in the lists of their own issuers. About the signer `Asked` says who must answer. A list
that knows of a revocation is believed, needed or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from cryptography import x509

from domain.signatures import Refusal, SignatureRefused
from integrations.signatures.ocsp import OcspAnswer, OcspSource
from integrations.signatures.revocation import RevocationList, RevocationSource


class Asked(StrEnum):
    """Whose answer about the signer's certificate is enough."""

    lists = "crl"
    responder = "ocsp"
    either = "either"
    """OCSP first; where it knows nothing, a fresh list."""
    both = "both"


@dataclass(frozen=True)
class Standing:
    """Where revocation is known, and whose word about the signer is needed."""

    lists: RevocationSource
    ocsp: OcspSource | None
    asked: Asked


@dataclass(frozen=True)
class Proofs:
    """What was relied on, in DER."""

    crls: tuple[bytes, ...]
    ocsp: tuple[bytes, ...]


async def check_standing(chain: Sequence[x509.Certificate], standing: Standing, at: datetime) -> Proofs:
    """Every link, not only the signer's; SignatureRefused for a revoked one and for an unknown one.

    `chain` goes from the signer to the root and has two links at least.
    """
    lists = [listed(standing.lists, link, issuer, at) for link, issuer in pairwise(chain)]
    if None in lists[1:]:
        raise SignatureRefused(Refusal.revocation_unknown)
    # All that costs nothing has spoken; only now is anybody asked over the network.
    answer = await _answer(chain[0], chain[1], standing, lists[0], at)
    if not _is_enough(standing.asked, listed=lists[0] is not None, answered=answer is not None):
        raise SignatureRefused(Refusal.revocation_unknown)
    return Proofs(tuple(known.der for known in lists if known), (answer.der,) if answer else ())


def _is_enough(asked: Asked, *, listed: bool, answered: bool) -> bool:
    enough = {
        Asked.lists: listed,
        Asked.responder: answered,
        Asked.either: listed or answered,
        Asked.both: listed and answered,
    }
    return enough[asked]


async def _answer(
    signer: x509.Certificate,
    issuer: x509.Certificate,
    standing: Standing,
    known: RevocationList | None,
    at: datetime,
) -> OcspAnswer | None:
    """The responder's word, where it is asked and its own certificate is not revoked."""
    if standing.ocsp is None:
        return None
    answer = await standing.ocsp.ask(signer, issuer, at)
    if answer is None or (known is not None and answer.responder in known.revoked):
        return None
    if answer.revoked:
        raise SignatureRefused(Refusal.revoked)
    return answer


def listed(
    lists: RevocationSource, link: x509.Certificate, issuer: x509.Certificate, at: datetime
) -> RevocationList | None:
    """The list that says the certificate is not revoked, or None where no fresh list is known."""
    known = lists.find(issuer, at)
    if known is not None and link.serial_number in known.revoked:
        raise SignatureRefused(Refusal.revoked)
    return known
