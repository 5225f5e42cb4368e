"""The sealed audit as stored: entries that are only ever inserted, and heads beside them."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from pymongo import IndexModel

from documents.base import Record, Row
from documents.encryption import Sealed
from domain.audit import EntryKind, Link, plain

NAME = "audit"
HEADS = "audit_heads"
INTENTS = "audit_intents"
_NOT_HASHED = frozenset({"_id", "prev", "hash", "head"})


class Written(BaseModel):
    """A write that bypassed the portal: where, what kind, which row, and the names of the fields it changed.

    Never a value. A row whose key is not of the portal's making is told by a keyed digest of the key.
    """

    collection: str
    operation: str
    document: str | None
    fields: list[str]
    cluster_time: str
    count: int = 1


class AuditEntry(Record):
    """One link of the chain; the last one of every batch carries its signed head."""

    chain: str
    seq: int
    kind: EntryKind
    act: str
    role: str
    actor: str | None = None
    on_behalf_of: str | None = None
    session: str | None = None
    subject_kind: str | None = None
    subject: str | None = None
    at: datetime
    reason: Sealed | None = None
    details: dict[str, Any] = Field(default_factory=dict)
    write: Written | None = None
    source: str | None = None
    sealed_at: datetime
    prev: str
    hash: str
    head: str | None = None

    class Settings(Record.Settings):
        """Dense per chain; nothing is sealed twice; found by act, subject, actor and time, newest first."""

        name = NAME
        audited: ClassVar = False  # it is the audit
        indexes: ClassVar = [
            IndexModel([("chain", 1), ("seq", 1)], unique=True),
            IndexModel([("source", 1)], unique=True, partialFilterExpression={"source": {"$type": "string"}}),
            IndexModel([("act", 1), ("seq", -1)]),
            IndexModel([("subject", 1), ("seq", -1)]),
            IndexModel([("actor", 1), ("seq", -1)]),
            IndexModel([("at", -1), ("seq", -1)]),
        ]


class AuditHead(Record):
    """A head once more, beside the chain: who cuts the chain off has to find it as well."""

    seq: int
    at: datetime
    head: str

    class Settings(Record.Settings):
        """Found by number."""

        name = HEADS
        audited: ClassVar = False  # it is the audit
        indexes: ClassVar = [IndexModel([("seq", 1)], unique=True)]


def fields_of(row: Row) -> dict[str, Any]:
    """All of an entry that its hash covers, but for the hash before it."""
    return {name: plain(value) for name, value in row.items() if name not in _NOT_HASHED}


def link_of(row: Row) -> Link:
    """A stored entry as the verifier takes it; whatever fields were taken away or added."""
    return Link(
        seq=row["seq"] if isinstance(row.get("seq"), int) else -1,
        prev=str(row.get("prev")),
        hash=str(row.get("hash")),
        head=row.get("head"),
        fields=fields_of(row),
    )
