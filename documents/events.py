"""What happened, written in the transaction that made it happen; the sequencer numbers it afterwards.

No counter is touched here: transactions on a busy topic must not wait for one another (design.md "Writing").
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from bson import Timestamp
from pydantic import Field
from pymongo import IndexModel

from documents.base import Id, Record, insert, session
from domain.feeds import is_topic

NAME = "events"
Value = str | int | None


class Event(Record):
    """One thing that happened; never personal data, which belongs to the records it points to."""

    kind: str
    subject: Id
    topics: list[str] = Field(min_length=1)
    at: datetime
    data: dict[str, Any]
    actor: str
    # An empty time stamp is filled by the server on insertion, ever growing over all processes: where the
    # commit order is lost, it still keeps the events of any one record in theirs.
    placed: Timestamp = Timestamp(0, 0)

    class Settings(Record.Settings):
        """Indexed for the scan that recovers what the change stream lost."""

        name = NAME
        audited: ClassVar = False  # follows the act in its transaction
        bson_encoders: ClassVar = {Timestamp: lambda stamp: stamp}  # Beanie doesn't know the type
        indexes: ClassVar = [IndexModel([("placed", 1)])]


async def emit(
    *, kind: str, subject: Id, topics: Sequence[str], at: datetime, data: Mapping[str, Value], actor: str
) -> None:
    """Write one event into the transaction under way; RuntimeError outside of one.

    `topics` are those of domain/feeds.py, at least one; ValueError for any other. `data` has flat values,
    and no personal ones.
    """
    if session() is None:
        raise RuntimeError("an event belongs to the transaction that makes it true")
    unknown = [name for name in topics if not is_topic(name)]
    if unknown:
        raise ValueError(f"no such topic: {unknown[0]}")
    event = Event(
        kind=kind, subject=subject, topics=list(dict.fromkeys(topics)), at=at, data=dict(data), actor=actor
    )
    await insert(event)
