"""Verifying the chain: reads it once from its beginning and names every place that isn't as it was sealed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.audit.chain import CHAIN, GENESIS, Head, Seal, link, read_head
from domain.canonical import Canonical


class Fault(StrEnum):
    """What is wrong at a place of the chain."""

    changed = "changed"  # the entry has another content than was sealed
    missing = "missing"  # one or more entries before this one are gone
    inserted = "inserted"  # an entry has a number that another one has, or belongs to no chain of ours
    relinked = "relinked"  # the entry does not follow the one before it
    forged = "forged"  # a head's signature is not of the audit's keys, or the head tells of another entry
    unsigned = "unsigned"  # the last entries have no signed head
    rewritten = "rewritten"  # the entry differs from a head known from elsewhere
    truncated = "truncated"  # the chain ends before a head known from elsewhere


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and the number of the entry it was found at."""

    fault: Fault
    seq: int

    def __str__(self) -> str:
        return f"entry {self.seq}: {self.fault}"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is stored; `fields` is all of it that is hashed, in its plain form."""

    seq: int
    prev: str
    hash: str
    head: str | None
    fields: Mapping[str, Canonical]


class Verifier:
    """Takes the entries in the order of their numbers; `known` are heads kept elsewhere, still signed."""

    def __init__(self, seal: Seal, known: Iterable[str] = ()) -> None:
        self.findings: list[Finding] = []
        self.last: Head | None = None
        self._seal = seal
        self._known: dict[int, list[str]] = defaultdict(list)
        self._seq, self._hash, self._signed = 0, GENESIS, True
        for signed in known:
            self._learn(signed)

    def _learn(self, signed: str) -> None:
        head = self._read(signed)
        if head is None:
            self._found(Fault.forged, 0)
        else:
            self._known[head.seq].append(head.hash)

    def take(self, entry: Link) -> None:
        """Look at the next entry; a fault is told once: the entries after it are judged by themselves."""
        if entry.fields.get("chain") != CHAIN or entry.seq <= self._seq:
            self._found(Fault.inserted, entry.seq)
            return
        if entry.seq > self._seq + 1:
            self._found(Fault.missing, entry.seq)
        elif entry.prev != self._hash:
            self._found(Fault.relinked, entry.seq)
        if link(entry.prev, entry.fields) != entry.hash:
            self._found(Fault.changed, entry.seq)
        if any(known != entry.hash for known in self._known.pop(entry.seq, ())):
            self._found(Fault.rewritten, entry.seq)
        self._check_head(entry)
        self._seq, self._hash = entry.seq, entry.hash

    def _check_head(self, entry: Link) -> None:
        self._signed = entry.head is not None
        if entry.head is None:
            return
        head = self._read(entry.head)
        if head is None or (head.seq, head.hash) != (entry.seq, entry.hash):
            self._found(Fault.forged, entry.seq)
        else:
            self.last = head

    def finish(self) -> list[Finding]:
        """What was found, the end of the chain included."""
        if not self._signed:
            self._found(Fault.unsigned, self._seq)
        beyond = [seq for seq in self._known if seq > self._seq]
        if beyond:
            self._found(Fault.truncated, max(beyond))
        return self.findings

    def _read(self, signed: str) -> Head | None:
        try:
            head = read_head(self._seal.opened(signed))
        except ValueError:
            return None
        return head if head.chain == CHAIN else None

    def _found(self, fault: Fault, seq: int) -> None:
        self.findings.append(Finding(fault, seq))
