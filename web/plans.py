"""What the plans of answers did, for Prometheus (`execution.plans`)."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector


class Counts(Protocol):
    """Counts since the process began."""

    @property
    def runs(self) -> int:
        """Values completed by a plan."""

    @property
    def whole(self) -> int:
        """Queries answered by plans alone, from their root fields on."""

    @property
    def left(self) -> Mapping[str, int]:
        """Queries of known documents left to graphql-core, by the reason."""

    @property
    def written(self) -> int:
        """Plans made."""

    @property
    def unplannable(self) -> Mapping[str, int]:
        """Positions left to graphql-core, by the reason: a field and why."""

    @property
    def gave_up(self) -> Mapping[str, int]:
        """Values that graphql-core completed again, by their field: an error, or a record out of order."""


class PlanFigures(Collector):
    """Reads the counts whenever Prometheus asks."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """The families."""
        yield CounterMetricFamily("komek_plan_runs", "Values completed by a plan", self._counts.runs)
        yield CounterMetricFamily("komek_plans_written", "Plans made", self._counts.written)
        yield CounterMetricFamily(
            "komek_plan_operations", "Queries answered by plans alone", self._counts.whole
        )
        yield _labelled(
            "komek_plan_operations_left", "Queries left to graphql-core", "reason", self._counts.left
        )
        yield _labelled(
            "komek_plan_left", "Positions left to graphql-core", "reason", self._counts.unplannable
        )
        yield _labelled("komek_plan_gave_up", "Values completed again", "field", self._counts.gave_up)


def _labelled(name: str, said: str, label: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, said, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
