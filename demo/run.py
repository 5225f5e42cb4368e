"""One run of the story: its own number, measures and orders, and what each act must lead to."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.company import Company
from demo.ledger import MeasureEntry, OrderEntry, expect
from demo.people import Person

Say = Callable[[str], None]


@dataclass(slots=True)
class Run:
    """What the steps share; `number` makes every name and key of this run its own."""

    company: Company
    say: Say
    number: str = field(default_factory=lambda: f"{random.SystemRandom().randrange(10**6):06d}")
    measures: dict[str, MeasureEntry] = field(default_factory=dict)
    orders: dict[str, OrderEntry] = field(default_factory=dict)
    cards: dict[str, Any] = field(default_factory=dict)

    def who(self, name: str) -> Person:
        """Somebody of the company."""
        return self.company.people[name]

    def key(self, act: str) -> str:
        """The idempotency key of an act: the same whenever it has to be sent again."""
        return f"demo-{self.number}-{act}"

    def measure_changed(self, name: str, *statuses: str, owner: str = "participant") -> None:
        """A measure must have come to these statuses, and everybody concerned must have been told."""
        entry = self.measures[name]
        for status in statuses:
            entry.status = status
            entry.reports.append(("measure_status", status, None))
            feeds = self._feeds(owner, "executive_body")
            expect(feeds, ("measure.changed", status, entry.identifier))

    def order_changed(self, name: str, status: str, *feeds: str) -> None:
        """An order must have come to this status, and everybody concerned must have been told."""
        entry = self.orders[name]
        entry.status = status
        measure = next(one for one in self.measures.values() if one.identifier == entry.measure)
        measure.reports.append(("order_status", measure.status, status))
        expect(self._feeds(*(feeds or PARTIES)), ("order.changed", status, entry.identifier))

    def act_signed(self, name: str) -> None:
        """Both sides and the region see a signature under the act."""
        entry = self.orders[name]
        expect(self._feeds(*PARTIES), ("order.act_signed", entry.status, entry.identifier))

    def _feeds(self, *names: str) -> Sequence[Any]:
        return [self.company.feeds[name] for name in names]


PARTIES = ("participant", "supplier", "executive_body")
"""Who follows an order of the first story."""

Step = tuple[str, Callable[[Run], Awaitable[None]]]
"""What happens, in words, and the acts themselves."""
