"""Checks electronic signatures: here, through NCANode, or (experimental) by GOST in a process apart."""

from integrations.signatures.configured import Configured, Trusted, configured
from integrations.signatures.content import signed_content
from integrations.signatures.fetching import BadAnswer
from integrations.signatures.lists import ListAddress, ListFile, ListSource
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
    "BadAnswer",
    "Configured",
    "ListAddress",
    "ListFile",
    "ListSource",
    "LocalX509Verifier",
    "OcspResponder",
    "RevocationList",
    "RevocationListRefused",
    "RevocationLists",
    "RevocationSource",
    "Trusted",
    "configured",
    "signed_content",
]
