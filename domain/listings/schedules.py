"""What is to be done with a card later: published and withdrawn at instants that its supplier chose.

The publication is of the version that it was planned for: a change of the content drops it. The withdrawal is
of whatever is shown by then, and stays.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.errors import InvalidInput, Issue
from domain.listings.card import ListingAction

FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is planned; `version` is the one that the publication was planned for."""

    version: int
    publish_at: datetime | None = None
    withdraw_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When there is something to do next."""
        return min((at for at in (self.publish_at, self.withdraw_at) if at), default=None)

    def without(self, action: ListingAction) -> "Schedule | None":
        """What is left when one of the two was done or dropped: behind a withdrawal comes nothing."""
        if action is ListingAction.withdraw or self.withdraw_at is None:
            return None
        return replace(self, publish_at=None)

    def due(self, now: datetime) -> ListingAction | None:
        """What is to be done now: nothing is published any more that is to be withdrawn already."""
        if self.withdraw_at and self.withdraw_at <= now:
            return ListingAction.withdraw
        return ListingAction.publish if self.publish_at and self.publish_at <= now else None


def schedule_of(row: dict[str, Any] | None) -> Schedule | None:
    """The schedule out of a stored draft's."""
    return Schedule(**row) if row else None


def check_schedule(
    version: int, now: datetime, publish_at: datetime | None, withdraw_at: datetime | None
) -> Schedule | None:
    """The schedule for a version, None without any instant; InvalidInput with every fault of the instants.

    Both lie in the future, within a year, and a withdrawal behind the publication; fractions of seconds go.
    """
    issues = [
        Issue(code, ("input", name))
        for name, at in (("publishAt", publish_at), ("withdrawAt", withdraw_at))
        if at is not None
        for code in _faults(at, now)
    ]
    if issues:
        raise InvalidInput(issues)
    planned = Schedule(version, _whole(publish_at), _whole(withdraw_at))
    if planned.publish_at and planned.withdraw_at and planned.withdraw_at <= planned.publish_at:
        raise InvalidInput([Issue("SCHEDULE_ORDER", ("input", "withdrawAt"))])
    return planned if planned.due_at else None


def _whole(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(microsecond=0) if at else None


def _faults(at: datetime, now: datetime) -> list[str]:
    if at.tzinfo is None:
        return ["TIME_WITHOUT_ZONE"]
    if at <= now:
        return ["SCHEDULE_IN_THE_PAST"]
    return ["SCHEDULE_TOO_FAR"] if at - now > FARTHEST else []
