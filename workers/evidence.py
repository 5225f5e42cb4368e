"""The end of evidence: checked one last time when its term is over, then its key is destroyed (J1)."""

from collections.abc import Callable
from datetime import timedelta

from resolvers.context import Context
from resolvers.evidence import end_terms
from workers.periodic import Periodic


class EvidenceClock(Periodic):
    """Any number of these may run: compare-and-set ends each piece once."""

    def __init__(self, context: Callable[[], Context], every: timedelta = timedelta(minutes=1)) -> None:
        super().__init__(lambda: end_terms(context()), every)
