"""Relations of a viewer to a record: one declaration, read as a predicate and as a filter (docs/adr/0015).

A relation says which values fields of the record have to have for this viewer. Whether a record at hand is
meant, and which rows of a collection are, follows from these terms alone, so that the two can't differ.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from auth.viewer import Viewer
from documents.base import Row
from documents.files import EVERYBODY

Record = Mapping[str, Any]


class Some(Enum):
    """Whatever value there is, as long as there is one."""

    value_at_all = "some"


Allowed = frozenset[Any] | Literal[Some.value_at_all]
Terms = Mapping[str, Allowed]
"""Field → the values one of which it has to have."""

NOTHING: Row = {"_id": {"$in": []}}
"""The filter that no row passes; the database answers it without looking at any."""


class Relation(ABC):
    """Base of all relations: whoever adds one writes `terms`, and nothing else."""

    @abstractmethod
    def terms(self, viewer: Viewer) -> Terms | None:
        """What fields must be for this viewer; None when no record at all can be meant."""

    def opens(self, viewer: Viewer) -> bool:
        """Whether there could be a record for this viewer: what is asked before one is at hand."""
        return self.terms(viewer) is not None

    def holds(self, viewer: Viewer, record: Record) -> bool:
        """Whether this record is meant."""
        terms = self.terms(viewer)
        return terms is not None and all(_has(record, field, values) for field, values in terms.items())

    def where(self, viewer: Viewer) -> Row:
        """The rows that are meant, as MongoDB filters them; `NOTHING` where none is."""
        terms = self.terms(viewer)
        if terms is None:
            return NOTHING
        return {field: _one_of(values) for field, values in terms.items()}


def _has(record: Record, field: str, values: Allowed) -> bool:
    """By equality: what stands there need not be hashable, and then is none of the values."""
    if values is Some.value_at_all:
        return record.get(field) is not None
    return any(record.get(field) == value for value in values)


def _one_of(values: Allowed) -> Row:
    """A single value as an equality, so that an index keeps its order behind it."""
    if values is Some.value_at_all:
        return {"$ne": None}
    return {"$eq": next(iter(values))} if len(values) == 1 else {"$in": sorted(values)}


@dataclass(frozen=True, slots=True)
class Anything(Relation):
    """No relation is asked for."""

    def terms(self, viewer: Viewer) -> Terms:  # noqa: ARG002 - the same for everybody
        """No terms."""
        return {}


@dataclass(frozen=True, slots=True)
class Owns(Relation):
    """The record's field names the participant, supplier or member of staff acted as."""

    field: str

    def terms(self, viewer: Viewer) -> Terms | None:
        """Whose the record has to be."""
        return None if viewer.subject is None else {self.field: frozenset({viewer.subject})}


@dataclass(frozen=True, slots=True)
class OwnSession(Relation):
    """The record is the session that the viewer came with."""

    def terms(self, viewer: Viewer) -> Terms | None:
        """Which session it has to be."""
        return None if viewer.session is None else {"_id": frozenset({viewer.session})}


@dataclass(frozen=True, slots=True)
class InRegion(Relation):
    """The record lies in the executive body's region."""

    field: str = "region"

    def terms(self, viewer: Viewer) -> Terms | None:
        """Where the record has to lie."""
        return None if viewer.region is None else {self.field: frozenset({viewer.region})}


@dataclass(frozen=True, slots=True)
class Among(Relation):
    """The record's field has one of these values, e.g. a status; whoever asks."""

    field: str
    values: frozenset[Any]

    def terms(self, viewer: Viewer) -> Terms:  # noqa: ARG002 - the same for everybody
        """The values."""
        return {self.field: self.values}


@dataclass(frozen=True, slots=True)
class Given(Relation):
    """Something stands in the record's field, e.g. an instant at which it became public; whoever asks."""

    field: str

    def terms(self, viewer: Viewer) -> Terms:  # noqa: ARG002 - the same for everybody
        """Any value but none."""
        return {self.field: Some.value_at_all}


@dataclass(frozen=True, slots=True)
class WithScope(Relation):
    """A system that was given the scope; any record then."""

    scope: str

    def terms(self, viewer: Viewer) -> Terms | None:
        """No terms for a system with the scope."""
        return {} if self.scope in viewer.scopes else None


@dataclass(frozen=True, slots=True)
class InAudience(Relation):
    """The record's `audience` is everybody, or whoever is acted as."""

    def terms(self, viewer: Viewer) -> Terms:
        """For whose eyes the record has to be."""
        return {"audience": frozenset({EVERYBODY, *([str(viewer.subject)] if viewer.subject else [])})}


@dataclass(frozen=True, slots=True)
class Both(Relation):
    """Two relations at once, about different fields."""

    first: Relation
    second: Relation

    def terms(self, viewer: Viewer) -> Terms | None:
        """The terms of either."""
        first, second = self.first.terms(viewer), self.second.terms(viewer)
        return None if first is None or second is None else {**first, **second}
