"""Jobs: long work in batches, each done whole or not at all; where a job stands, and what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from domain.errors import Issue, Refused


class JobStatus(StrEnum):
    """Where a job stands; the last three are ends."""

    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


class JobAction(StrEnum):
    """What moves a job."""

    go_on = "go_on"
    finish = "finish"
    fail = "fail"
    cancel = "cancel"


_OPEN = (JobStatus.waiting, JobStatus.running)
NEXT = MappingProxyType(
    {
        **{(status, JobAction.go_on): JobStatus.running for status in _OPEN},
        **{(status, JobAction.finish): JobStatus.done for status in _OPEN},
        **{(status, JobAction.fail): JobStatus.failed for status in _OPEN},
        **{(status, JobAction.cancel): JobStatus.cancelled for status in _OPEN},
    }
)
"""Every allowed step; what has ended stays so."""

OPEN = frozenset(_OPEN)
OPEN_MAX = 5
"""Jobs of one supplier that may wait or run at once: workers take the oldest first, whoever asked."""
ATTEMPTS_MAX = 5
"""A job that broke off so many times for no reason of its own is given up."""


def advance(status: JobStatus, action: JobAction) -> JobStatus:
    """The status after the action; Refused(JOB_OVER) when the job has ended."""
    following = NEXT.get((status, action))
    if following is None:
        raise Refused("JOB_OVER", status=status.value)
    return following


BINDING = frozenset({"category_change"})
"""Work that follows from what is in force already: what a definition hides must not stay to be seen."""


def require_optional(work: str, *, dry_run: bool) -> None:
    """Refused(JOB_BINDS) for work that nobody may stop halfway; a dry run may be stopped always."""
    if work in BINDING and not dry_run:
        raise Refused("JOB_BINDS", ("input", "jobId"))


@dataclass(frozen=True, slots=True)
class Found:
    """Something wrong at a place of what is worked on: a row of a file (from 1), or a record."""

    position: int
    issue: Issue
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What a batch did. `place` is where the next one begins, for whoever goes on after a break.

    `done` and `refused` count what was done in this batch alone; `total` and `result` replace what was known.
    """

    place: Any
    done: int = 0
    refused: int = 0
    total: int | None = None
    found: Sequence[Found] = ()
    result: Mapping[str, Any] = field(default_factory=dict)
