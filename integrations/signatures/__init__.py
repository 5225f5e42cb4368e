"""Checks electronic signatures: here, through NCANode, or (experimental) by GOST in a process apart."""

from integrations.signatures.content import signed_content
from integrations.signatures.local import LocalX509Verifier
from integrations.signatures.ocsp import OcspResponder
from integrations.signatures.revocation import (
    RevocationList,
    RevocationListRefused,
    RevocationLists,
    RevocationSource,
)
from integrations.signatures.standing import Asked

__all__ = [
    "Asked",
    "LocalX509Verifier",
    "OcspResponder",
    "RevocationList",
    "RevocationListRefused",
    "RevocationLists",
    "RevocationSource",
    "signed_content",
]
