"""Every document class of the portal; what is missing here has no collection and no index."""

from documents.base import Record
from documents.idempotency import IdempotencyKey

DOCUMENTS: list[type[Record]] = [
    IdempotencyKey,
]
