"""The feed: events numbered densely per topic, in commit order; history is read by (topic, seq)."""

from documents.feeds.reading import bounds, read, tail
from documents.feeds.records import FeedEntry, FeedRow, FeedTopic
from documents.feeds.sequencing import append, missing, position_of, present, resync_marker

__all__ = [
    "FeedEntry",
    "FeedRow",
    "FeedTopic",
    "append",
    "bounds",
    "missing",
    "position_of",
    "present",
    "read",
    "resync_marker",
    "tail",
]
