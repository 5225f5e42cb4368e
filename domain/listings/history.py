"""The history of a card: who did what when, and a lost race told with what the others did meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.categories import Category
from domain.errors import Path, VersionConflict
from domain.listings.changes import Change


class ListingAct(StrEnum):
    """What made a version."""

    created = "created"
    edited = "edited"
    restored = "restored"
    published = "published"
    withdrawn = "withdrawn"
    submitted = "submitted"
    approved = "approved"
    scheduled = "scheduled"
    unscheduled = "unscheduled"
    migrated = "migrated"


@dataclass(frozen=True, slots=True)
class Step:
    """One version of a history; `by` is the key of who acted, of which readers learn the role."""

    version: int
    act: ListingAct
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Changes with what it takes to tell them: definitions of either side, names of regions by language."""

    changes: Sequence[Change] = ()
    before: Category | None = None
    after: Category | None = None
    regions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class EditConflict(VersionConflict):
    """A lost race for a card: the steps between the version that was expected and the one that stands.

    Both are empty where no such version ever stood.
    """

    def __init__(
        self, expected: int, actual: int, path: Path, steps: Sequence[Step], difference: Difference
    ) -> None:
        super().__init__(expected, actual, path)
        self.steps = tuple(steps)
        self.difference = difference
