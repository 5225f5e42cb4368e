"""The audit: who acts, the chain that entries are sealed into, and how it is verified (requirement J2)."""

from domain.audit.actors import Actor, system_actor
from domain.audit.chain import CHAIN, GENESIS, EntryKind, Head, Seal, head_bytes, link, plain, read_head
from domain.audit.verifying import Fault, Finding, Link, Verifier

__all__ = [
    "CHAIN",
    "GENESIS",
    "Actor",
    "EntryKind",
    "Fault",
    "Finding",
    "Head",
    "Link",
    "Seal",
    "Verifier",
    "head_bytes",
    "link",
    "plain",
    "read_head",
    "system_actor",
]
