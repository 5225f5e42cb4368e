"""What goes into the chain: entries out of intents, and out of writes that have none."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from bson import encode
from pydantic import ValidationError

from documents.audit.intents import AuditIntent
from documents.audit.records import INTENTS
from documents.audit.stream import Change, Group, Watched
from documents.base import Id, Row
from documents.encryption import blind
from domain.audit import EntryKind, plain
from domain.canonical import NotCanonical, canonical_bytes

DATABASE: Final = "database"
"""The role of whatever writes without telling who it is."""
_STRUCTURE: Final = frozenset({"create", "createIndexes", "dropIndexes", "modify"})
_UNKNOWN: Final = "?"
_UNKNOWN_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)


def of_group(group: Group, of: Watched) -> Iterator[Row]:
    """The entries of what was committed at once: its intents, or each of its writes when it has none."""
    acts = [_announced(each.intent) for each in group.changes]
    told = any(acts)
    for each, act in zip(group.changes, acts, strict=True):
        if act is not None:
            yield act
        elif not told or each.collection not in of or not each.is_of_a_row:
            yield _unannounced(each, of)
    for (name, operation), count in group.more.items():
        if not told or name not in of:
            yield _more(group, name, operation, count)


def of_stored_intents(rows: Sequence[Row]) -> list[Row]:
    """The entries of intents that were found in their collection, not in the stream."""
    return [_announced(row) or _malformed(row) for row in rows]


def marker(kind: EntryKind, reason: str | None, at: datetime) -> Row:
    """An entry of the sealer's own: it began, or it lost its place."""
    return {
        "kind": kind.value,
        "act": f"audit.{kind.value}",
        "role": "system",
        "actor": "sealer",
        "at": at,
        "details": {"reason": reason} if reason else {},
    }


def _announced(row: Row | None) -> Row | None:
    """The entry of an intent as it was written; None for what `intend` would not write."""
    if row is None or not _is_intent(row):
        return None
    subject = row["subject"]
    same = ("act", "role", "actor", "on_behalf_of", "session", "subject_kind", "at", "reason", "details")
    return {
        **{name: row[name] for name in same},
        "kind": EntryKind.act.value,
        "subject": None if subject is None else str(subject),
        **_of_intent(row["_id"]),
    }


def _of_intent(key: Any) -> Row:
    """What marks an entry as that of an intent: `intent` is its key, forgotten once it is sealed."""
    return {"source": f"intent:{_document(key)}", "intent": key}


def _is_intent(row: Row) -> bool:
    """Whether a row is one that `intend` may have written; put there by hand it may be anything."""
    try:
        AuditIntent.model_validate(row)
        canonical_bytes(plain(row["details"]))
    except (ValidationError, NotCanonical):
        return False
    return True


def _unannounced(each: Change, of: Watched) -> Row:
    known = of.get(each.collection, frozenset())
    tops = dict.fromkeys(name.partition(".")[0] for name in each.fields)
    written = _written(each.collection, each.operation, each.cluster_time)
    written["document"] = _document(each.document)
    # A name that no document class knows may itself be somebody's datum.
    written["fields"] = sorted({name if name in known else _UNKNOWN for name in tops})
    kind = EntryKind.structure if each.operation in _STRUCTURE else EntryKind.out_of_band
    marked = {"source": _event_source(each.token)} if each.intent is None else _of_intent(each.document)
    return _foreign(kind, written, each.at) | marked


def _more(group: Group, name: str, operation: str, count: int) -> Row:
    written = _written(name, operation, group.changes[-1].cluster_time) | {"count": count}
    source = f"{_event_source(group.token)}:{name}:{operation}"
    return _foreign(EntryKind.out_of_band, written, group.at) | {"source": source}


def _malformed(row: Row) -> Row:
    written = _written(INTENTS, "insert", "") | {"document": _document(row["_id"])}
    at = row["_id"].generation_time if isinstance(row["_id"], Id) else _UNKNOWN_TIME
    return _foreign(EntryKind.out_of_band, written, at) | _of_intent(row["_id"])


def _written(name: str, operation: str, cluster_time: str) -> Row:
    return {
        "collection": name,
        "operation": operation,
        "document": None,
        "fields": [],
        "cluster_time": cluster_time,
        "count": 1,
    }


def _foreign(kind: EntryKind, written: Row, at: datetime) -> Row:
    return {
        "kind": kind.value,
        "act": f"database.{written['operation']}",
        "role": DATABASE,
        "at": at,
        "write": written,
    }


def _event_source(token: Any) -> str:
    return "event:" + sha256(encode(dict(token))).hexdigest()[:40]


def _document(key: Any) -> str | None:
    """A row's key: as it is when the portal made it, else its keyed digest, for it may tell something."""
    if key is None or isinstance(key, Id):
        return None if key is None else str(key)
    return "digest:" + blind("audit.document", encode({"": key}).hex()).hex()[:40]
