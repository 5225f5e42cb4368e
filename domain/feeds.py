"""Topics of live status, and the dense numbers that let a subscriber see that nothing is missing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ADMINISTRATION = "administration"
"""Topic of what needs an administrator, e.g. a message that a partner refused for good."""
RESYNC = "resync"
"""Kind of a row that says: the order of what follows isn't certain, read the state again (requirement E2)."""

_TOPIC = re.compile(r"(participant|supplier):[0-9a-f]{24}|region:[0-9]{2}|administration")


def participant_topic(participant: object) -> str:
    """Topic of everything that concerns one participant, by identifier."""
    return f"participant:{participant}"


def supplier_topic(supplier: object) -> str:
    """Topic of everything that concerns one supplier, by identifier."""
    return f"supplier:{supplier}"


def region_topic(region: str) -> str:
    """Topic of a region's executive body, by the two digits of its КАТО code."""
    return f"region:{region}"


def is_topic(name: str) -> bool:
    """Whether a name is a topic of ours; anything else would be a feed that nobody can read."""
    return _TOPIC.fullmatch(name) is not None


@dataclass(frozen=True)
class Numbered:
    """One event's place in one topic: `event` is its position in the batch, `seq` its number from 1."""

    event: int
    topic: str
    seq: int


def number(
    heads: Mapping[str, int], topics: Iterable[Sequence[str]]
) -> tuple[list[Numbered], dict[str, int]]:
    """Number a batch of events, given in commit order by their topics, after the heads reached so far.

    Returns the places in the same order and the new head of every topic touched. Each topic counts
    1, 2, 3 … without a gap; an event that names a topic twice counts once.
    """
    reached: dict[str, int] = {}
    places: list[Numbered] = []
    for event, names in enumerate(topics):
        for topic in dict.fromkeys(names):
            reached[topic] = reached.get(topic, heads.get(topic, 0)) + 1
            places.append(Numbered(event, topic, reached[topic]))
    return places, reached
