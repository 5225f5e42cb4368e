"""Legal representatives: whose authority it is, and when it counts (Order 73, p. 2(10); requirement A6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuthorityKind(StrEnum):
    """The two of p. 2(10): опекун and попечитель."""

    guardian = "guardian"
    custodian = "custodian"


class AuthorityState(StrEnum):
    """Where a dated authority stands at an instant."""

    future = "future"
    active = "active"
    ended = "ended"
    revoked = "revoked"


@dataclass(frozen=True, slots=True)
class Term:
    """From the first instant to the last but one: `valid_to` itself is outside; None = no end is known."""

    valid_from: datetime
    valid_to: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> AuthorityState:
        """Only `active` lets anybody act."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return AuthorityState.revoked
        if now < self.valid_from:
            return AuthorityState.future
        if self.valid_to is not None and self.valid_to <= now:
            return AuthorityState.ended
        return AuthorityState.active
