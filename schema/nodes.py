"""Relay's global identifiers: opaque to clients, one root field for every kind of record."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, cast

import strawberry

from documents.base import Id
from domain.errors import invalid
from execution.fields import computed, interface

NAMES = {
    "listing": "Listing",
    "listing_draft": "ListingDraft",
    "listing_review": "ListingReview",
    "category": "Category",
    "file": "File",
    "file_ticket": "FileTicket",
    "supplier": "Supplier",
    "participant": "Participant",
    "staff": "StaffMember",
    "system_client": "SystemClient",
    "job": "Job",
    "import_file": "ImportFile",
    "measure": "Measure",
    "order": "Order",
    "order_application": "OrderApplication",
    "notice_task": "NoticeTask",
    "representation": "Representation",
    "evidence": "Evidence",
    "erasure": "Erasure",
    "session": "Session",
}
"""Kind of a record → the name of its type in the schema."""

UNSHOWN = frozenset({"file_ticket", "staff", "system_client", "evidence", "erasure", "import_file"})
"""Kinds that acts name by identifier, but that no type shows: `node` has nothing to answer with."""

_KINDS = {name: kind for kind, name in NAMES.items()}
LONGEST = 100


def global_id(kind: str, record: Id) -> strawberry.ID:
    """The identifier clients see."""
    written = binascii.b2a_base64(_PREFIXES[kind] + binascii.b2a_hex(record.binary), newline=False)
    return cast(strawberry.ID, written.rstrip(b"=").decode())


_PREFIXES = {kind: f"{name}:".encode() for kind, name in NAMES.items()}
"""Of letters, digits and colons Base64 never makes the two characters that URLs dislike."""


def parsed(identifier: str, *path: str) -> tuple[str, Id]:
    """Kind and identifier behind a global one; InvalidInput `INVALID_ID` for anything else."""
    try:
        padded = identifier[:LONGEST] + "=" * (-len(identifier[:LONGEST]) % 4)
        name, _, record = base64.urlsafe_b64decode(padded.encode("ascii")).decode("ascii").partition(":")
    except (binascii.Error, ValueError) as error:
        raise invalid("INVALID_ID", *path) from error
    if name not in _KINDS or len(identifier) > LONGEST or not Id.is_valid(record):
        raise invalid("INVALID_ID", *path)
    return _KINDS[name], Id(record)


def local_id(identifier: str, kind: str, *path: str) -> Id:
    """The identifier of a record of one kind; `INVALID_ID` when it names another."""
    found, record = parsed(identifier, *path)
    if found != kind:
        raise invalid("INVALID_ID", *path)
    return record


def identifier_of(record: Mapping[str, Any]) -> strawberry.ID:
    """The global identifier of a record."""
    return global_id(record["kind"], record["_id"])


@interface(description="Anything with an identifier of its own.")
class Node:
    """Relay's Node."""

    id: strawberry.ID = computed(identifier_of, reads=("kind", "_id"), description="Global and opaque.")
