"""What the sealer sees of the database: every write of an audited collection, with its transaction.

Tried on MongoDB 6.0.5: events of a transaction carry its lsid and txnNumber, have one cluster time and stand
together, however large it was; a write outside of any transaction carries neither.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from documents.audit.records import HEADS, INTENTS, NAME
from documents.base import Record, Row, collection_name
from documents.changes import Position
from documents.leases import NAME as LEASES

Watched = Mapping[str, frozenset[str]]
"""Audited collection → names of the fields that its rows have."""

MOST_TOLD_ONE_BY_ONE: Final = 10_000
"""Writes of one transaction that are remembered each; of more only the number is."""

_ROWS: Final = ["insert", "update", "replace", "delete"]


def watched(models: Iterable[type[Record]]) -> Watched:
    """The collections whose writes need an intent, by the document classes."""
    return {
        collection_name(model): frozenset(each.alias or name for name, each in model.model_fields.items())
        for model in models
        if getattr(model.Settings, "audited", True)
    }


def steps(of: Watched) -> list[Row]:
    """The aggregation over the change stream: no value of any field leaves the server, but for intents.

    The audit's own collections are looked at as well: entries and heads are only ever inserted; an intent is
    inserted, and deleted once it is sealed. What the stream has told can't be taken back by deleting it.
    """
    names = sorted(of)
    structure = {"$nin": _ROWS}
    asked: list[Row] = [
        {"ns.coll": {"$in": names}},
        {"ns.coll": INTENTS, "operationType": {"$ne": "delete"}},
        {"ns.coll": {"$in": [NAME, HEADS]}, "operationType": {"$ne": "insert"}},
        {"ns.coll": LEASES, "operationType": structure},
        {"to.coll": {"$in": [*names, INTENTS, NAME, HEADS, LEASES]}},
        {"operationType": "dropDatabase"},
    ]
    shown: Row = dict.fromkeys(
        ("operationType", "ns", "to", "documentKey", "clusterTime", "wallTime", "lsid", "txnNumber"), 1
    )
    changed = {
        "$concatArrays": [
            _names({"$objectToArray": {"$ifNull": ["$updateDescription.updatedFields", {}]}}, "$$each.k"),
            {"$ifNull": ["$updateDescription.removedFields", []]},
            _names({"$ifNull": ["$updateDescription.truncatedArrays", []]}, "$$each.field"),
        ]
    }
    intent = {"$cond": [{"$eq": ["$ns.coll", INTENTS]}, "$fullDocument", "$$REMOVE"]}
    return [{"$match": {"$or": asked}}, {"$project": {**shown, "fields": changed, "fullDocument": intent}}]


def _names(source: Row, name: str) -> Row:
    return {"$map": {"input": source, "as": "each", "in": name}}


@dataclass(frozen=True, slots=True)
class Change:
    """One event of the stream; `document` is the row's key, `intent` the row where an intent was inserted."""

    collection: str
    operation: str
    document: Any
    fields: tuple[str, ...]
    at: datetime
    cluster_time: str
    token: Position
    transaction: tuple[Any, ...] | None
    intent: Row | None

    @property
    def is_of_a_row(self) -> bool:
        """Whether a row was written, not the structure of a collection."""
        return self.operation in _ROWS


def change(event: Row) -> Change:
    """An event as `steps` shows it."""
    stamp = event["clusterTime"]
    name = str(event["ns"].get("coll", ""))
    inserted = event["operationType"] == "insert" and name == INTENTS
    identity = (event["lsid"]["id"], event["txnNumber"], stamp) if "txnNumber" in event else None
    return Change(
        collection=name,
        operation=str(event["operationType"]),
        document=event.get("documentKey", {}).get("_id"),
        fields=tuple(event.get("fields", ())),
        at=event["wallTime"],
        cluster_time=f"{stamp.time}.{stamp.inc}",
        token=event["_id"],
        transaction=identity,
        intent=event["fullDocument"] if inserted else None,
    )


@dataclass(slots=True)
class Group:
    """What was committed at once: a transaction, or one write outside of any."""

    transaction: tuple[Any, ...] | None
    changes: list[Change] = field(default_factory=list)
    more: Counter[tuple[str, str]] = field(default_factory=Counter)
    token: Position = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """When it was committed, by the database's clock."""
        return self.changes[-1].at

    def add(self, each: Change) -> None:
        """Remember a write; beyond the limit only that there was one more of its kind."""
        self.token = each.token
        if len(self.changes) < MOST_TOLD_ONE_BY_ONE or each.intent is not None:
            self.changes.append(each)
        else:
            self.more[each.collection, each.operation] += 1


class Grouping:
    """Puts the events of a transaction together again, across the batches in which they come."""

    def __init__(self) -> None:
        self._held: Group | None = None

    @property
    def holds(self) -> bool:
        """Whether a transaction waits for what may still come of it."""
        return self._held is not None

    def take(self, events: Sequence[Row]) -> list[Group]:
        """What is complete now, in commit order.

        The server hands out a transaction without a pause: it is complete with the first event of another
        one, or with a question that brings nothing.
        """
        done = [] if events else self._released()
        for each in map(change, events):
            if self._held is None or each.transaction != self._held.transaction:
                done += self._released()
                self._held = Group(each.transaction)
            self._held.add(each)
            if each.transaction is None:
                done += self._released()
        return done

    def _released(self) -> list[Group]:
        released, self._held = ([self._held] if self._held else []), None
        return released
