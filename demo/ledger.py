"""The script's own list: everything that must have come of its acts, written down while it acts."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from demo.dashboard import Dashboard, Log

Event = tuple[str, str | None, str]
"""(what happened, the status reached, the global identifier of the record)."""


def local(identifier: str) -> str:
    """The database's own identifier in a global one."""
    padded = identifier + "=" * (-len(identifier) % 4)
    return base64.urlsafe_b64decode(padded).decode().partition(":")[2]


@dataclass(slots=True)
class MeasureEntry:
    """A measure of this script: its names, and what Е-Собес and the person must have been told, in order."""

    number: str
    identifier: str = ""
    cycle: int = 1
    status: str = ""
    reports: list[tuple[str, str, str | None]] = field(default_factory=list)
    """(type, the measure's status, the order's status)."""
    sms: list[str] = field(default_factory=list)
    """Kinds of notice by their cycle: `1:choice_open`."""


@dataclass(slots=True)
class OrderEntry:
    """An order of this script: where it must stand, and how many signatures must be kept for it."""

    identifier: str
    measure: str
    status: str
    evidence: list[str]


@dataclass(slots=True)
class FeedEntry:
    """A dashboard: what it must have seen of this script's records, in order; and what it saw in all."""

    name: str
    topic: str = ""
    expected: list[Event] = field(default_factory=list)
    log: Log = field(default_factory=Log)

    def shows(self, log: Log) -> bool:
        """Whether everything expected so far has arrived; what is there in which order is for the reader."""
        seen = {(one.event, one.status, one.node) for one in log.seen}
        return all(event in seen for event in self.expected) and len(self._own(log)) >= len(self.expected)

    def _own(self, log: Log) -> list[Event]:
        nodes = {node for _, _, node in self.expected}
        return [(one.event, one.status, one.node) for one in log.seen if one.node in nodes and one.node]


@dataclass(slots=True)
class Ledger:
    """Everything of one topology, over all runs of the script."""

    measures: list[MeasureEntry] = field(default_factory=list)
    orders: list[OrderEntry] = field(default_factory=list)
    feeds: list[FeedEntry] = field(default_factory=list)

    def feed(self, dashboard: Dashboard, topic: str) -> FeedEntry:
        """The list of a dashboard, which shares its log."""
        entry = FeedEntry(dashboard.name, topic, log=dashboard.log)
        self.feeds.append(entry)
        return entry

    def write(self, file: Path) -> None:
        """Keep the list as JSON, for any reader."""
        file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")


def expect(feeds: Sequence[FeedEntry], *events: Event) -> None:
    """Write down that each of these dashboards has to see the events, in this order."""
    for feed in feeds:
        feed.expected.extend(events)
