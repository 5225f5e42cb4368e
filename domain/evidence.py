"""Evidence of a signed paper: what it was signed for, and what a later check says."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.texts import catalogue


class EvidencePurpose(StrEnum):
    """Which paper was signed, and by which side."""

    application = "application"
    act_of_supplier = "act_of_supplier"
    act_of_participant = "act_of_participant"


@dataclass(frozen=True, slots=True)
class Recheck:
    """The outcome of checking evidence again: `code` is None when it holds.

    `as_of` is the instant of the first check: the one the signature is judged by, with the chain and the
    revocation lists of then. `content_sha256` (hexadecimal) names the content that was signed. `last` is the
    check that was recorded last, `position` the number of the audit's entry that holds the digest; after the
    end of its term nothing else can be proven.
    """

    code: str | None
    as_of: datetime
    content_sha256: str
    last: tuple[datetime, str | None]
    position: int | None = None

    @property
    def holds(self) -> bool:
        """Whether content, signature, certificates and revocation proof still agree."""
        return self.code is None


ERASED_TEXT = catalogue()["erasure.ERASED"]
"""What stands, by language, in place of a text that was about somebody erased."""

CONTENT_CHANGED = "EVIDENCE_CONTENT_CHANGED"
"""The sealed material does not open, or its digest is another: somebody changed it."""


CONTENT_ERASED = "CONTENT_ERASED"
"""The term is over and the key destroyed: digest, position in the audit and last check are what is left."""


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal: how papers refer to one another."""
    return hashlib.sha256(content).hexdigest()
