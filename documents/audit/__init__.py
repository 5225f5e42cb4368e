"""The audit: intents written with every act, sealed afterwards into a chain (requirement J2)."""

from documents.audit.entries import marker, of_group
from documents.audit.intents import AuditIntent, intend
from documents.audit.reading import Wanted, chain, entries, head, kept_heads
from documents.audit.records import AuditEntry, AuditHead, fields_of, link_of
from documents.audit.sealing import Standing, append, leftovers, standing_of
from documents.audit.stream import Grouping, Watched, steps, watched

__all__ = [
    "AuditEntry",
    "AuditHead",
    "AuditIntent",
    "Grouping",
    "Standing",
    "Wanted",
    "Watched",
    "append",
    "chain",
    "entries",
    "fields_of",
    "head",
    "intend",
    "kept_heads",
    "leftovers",
    "link_of",
    "marker",
    "of_group",
    "standing_of",
    "steps",
    "watched",
]
