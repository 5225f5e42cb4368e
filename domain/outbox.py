"""What may happen to a message on its way to a partner, and how long to wait before the next try."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)


class OutboxState(StrEnum):
    """Where a message stands."""

    waiting = "waiting"
    """An older message of the same aggregate has to go first."""
    pending = "pending"
    leased = "leased"
    delivered = "delivered"
    dead = "dead"
    """The partner refused it for good; an administrator has to look."""


@dataclass(frozen=True)
class Receipt:
    """The partner has the message: its own name for it, so that both sides can speak of the same thing."""

    reference: str


class TemporaryFailure(Exception):
    """The partner can't take the message now: it is tried again, for days if need be."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PermanentFailure(Exception):
    """The partner will never take this message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_REFUSED_FOR_GOOD = frozenset({400, 406, 410, 413, 414, 415, 422, 451})
"""Answers about this very message (RFC 9110 §15.5). Others of the 4xx speak of us or of the moment: an
expired token (401, 403), a wrong address (404, 405), a limit (429); a message must not die of those."""


def failure_of(status: int) -> TemporaryFailure | PermanentFailure | None:
    """What an HTTP status says about a message: None when it was taken (2xx)."""
    if 200 <= status < 300:  # noqa: PLR2004 - the class "successful" of RFC 9110
        return None
    if status in _REFUSED_FOR_GOOD:
        return PermanentFailure(f"HTTP_{status}")
    return TemporaryFailure(f"HTTP_{status}")


def wait_before(attempt: int) -> timedelta:
    """How long to wait after a failed attempt (1, 2, …): doubled each time from 1 s, never over 5 min."""
    doublings = min(max(attempt, 1) - 1, 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
