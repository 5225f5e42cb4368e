"""What the feed is made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypedDict

from pymongo import IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.read_concern import ReadConcern

from documents.base import Id, Record, Row, collection

NAME = "feed"
HEADS = "feed_topics"


class FeedRow(TypedDict):
    """One event in one topic: `seq` counts 1, 2, 3 … there."""

    topic: str
    seq: int
    event: Id
    at: datetime
    kind: str
    subject: Id | None
    data: Mapping[str, Any]


class FeedEntry(Record):
    """A stored row of the feed."""

    topic: str
    seq: int
    event: Id
    at: datetime
    kind: str
    subject: Id | None
    data: dict[str, Any]

    class Settings(Record.Settings):
        """Unique both ways: no number twice in a topic, no event twice in a topic."""

        name = NAME
        audited: ClassVar = False  # written by the sequencer from what was audited
        indexes: ClassVar = [
            IndexModel([("topic", 1), ("seq", 1)], unique=True),
            IndexModel([("event", 1), ("topic", 1)], unique=True),
        ]


class FeedTopic(Record):
    """The number that a topic has reached."""

    id: str  # type: ignore[assignment]  # a topic is its own key
    seq: int

    class Settings(Record.Settings):
        """Found by topic only."""

        name = HEADS
        audited: ClassVar = False  # the same


def majority(name: str) -> AsyncCollection[Row]:
    """Read only what no failover can take back: a number once seen is never given to another event."""
    return collection(name).with_options(read_concern=ReadConcern("majority"))
