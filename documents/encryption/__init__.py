"""Personal fields: sealed before they reach the database, one data key per person (ADR 0006, ADR 0011)."""

from documents.encryption.keyring import PORTAL
from documents.encryption.sealing import (
    any_of,
    blind,
    met,
    open_many,
    open_vault,
    reveal,
    reveal_bytes,
    reveal_or,
    same,
    seal,
    seal_lasting,
    vault,
)
from documents.encryption.values import Blind, Sealed
from documents.encryption.vault import Vault

__all__ = [
    "PORTAL",
    "Blind",
    "Sealed",
    "Vault",
    "any_of",
    "blind",
    "met",
    "open_many",
    "open_vault",
    "reveal",
    "reveal_bytes",
    "reveal_or",
    "same",
    "seal",
    "seal_lasting",
    "vault",
]
