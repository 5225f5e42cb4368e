"""What the caches of a server did, for Prometheus (`execution.answers`, `loaders.entities`)."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector


class Watching(Protocol):
    """Whether changes are told, and how often that was interrupted."""

    @property
    def following(self) -> bool:
        """Whether the stream is open."""

    @property
    def losses(self) -> int:
        """How often it was lost since the process began."""


class AnswerFigures(Protocol):
    """Counts of finished answers."""

    @property
    def hits(self) -> int:
        """Answers given from memory."""

    @property
    def misses(self) -> int:
        """Answers made."""

    @property
    def joined(self) -> int:
        """Answers given to who asked while they were made."""

    @property
    def dropped(self) -> Mapping[str, int]:
        """Answers that went, by the reason."""


class Answers(Protocol):
    """A cache of answers."""

    @property
    def figures(self) -> AnswerFigures:
        """What it did."""

    @property
    def bytes(self) -> int:
        """What it holds."""

    def __len__(self) -> int: ...


class Entities(Protocol):
    """A cache of entities."""

    @property
    def figures(self) -> Mapping[str, int]:
        """What it did, by the act."""

    def __len__(self) -> int: ...


class CacheFigures(Collector):
    """Reads the counts whenever Prometheus asks."""

    def __init__(self, watching: Watching, answers: Answers | None, entities: Entities | None) -> None:
        self._watching, self._answers, self._entities = watching, answers, entities

    def collect(self) -> Iterator[Metric]:
        """The families; those of a cache that is switched off are not there."""
        watching = self._watching
        yield GaugeMetricFamily(
            "komek_changes_told", "Whether changes are told to caches", watching.following
        )
        yield CounterMetricFamily("komek_changes_lost", "Times the stream was lost", watching.losses)
        if self._answers is not None:
            yield from _of_answers(self._answers)
        if self._entities is not None:
            yield GaugeMetricFamily("komek_entities", "Entities in memory", len(self._entities))
            yield _labelled("komek_entity_reads", "Reads of entities", "act", self._entities.figures)


def _of_answers(answers: Answers) -> Iterator[Metric]:
    figures = answers.figures
    given = {"memory": figures.hits, "made": figures.misses, "joined": figures.joined}
    yield GaugeMetricFamily("komek_answers", "Answers in memory", len(answers))
    yield GaugeMetricFamily("komek_answers_bytes", "Bytes of answers in memory", answers.bytes)
    yield _labelled("komek_answers_given", "Public answers by where they came from", "source", given)
    yield _labelled("komek_answers_dropped", "Answers dropped", "reason", figures.dropped)


def _labelled(name: str, said: str, label: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, said, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
