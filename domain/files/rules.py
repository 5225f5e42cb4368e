"""What may be uploaded for which purpose, and how much."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum

from domain.errors import InvalidInput, Issue
from domain.files.types import IMAGES, ContentType

_MEGABYTE = 2**20


class FilePurpose(StrEnum):
    """What a file is for; the same words are the kinds of documents on a card."""

    photo = "photo"
    licence = "licence"
    certificate = "certificate"


TYPES: Mapping[FilePurpose, frozenset[ContentType]] = {
    FilePurpose.photo: IMAGES,
    FilePurpose.licence: frozenset(ContentType),
    FilePurpose.certificate: frozenset(ContentType),
}
LIMITS: Mapping[FilePurpose, int] = {
    FilePurpose.photo: 10 * _MEGABYTE,
    FilePurpose.licence: 20 * _MEGABYTE,
    FilePurpose.certificate: 20 * _MEGABYTE,
}
"""Bytes of a file at most."""
LARGEST = max(LIMITS.values())
"""What a proxy has to let through."""
FILES_MAX = 2_000
"""Files of one supplier, whether cards use them or not."""
TICKET_LASTS = timedelta(minutes=15)
UNUSED_FOR = timedelta(days=7)
"""How long a file stays that no card ever used."""
THUMBNAILS = (320, 1024)
"""Widths in pixels; a picture is never made wider than it is."""
ATTEMPTS_MAX = 3
"""How often a worker begins with a file; one that ends its workers is refused."""


def check_declared(purpose: FilePurpose, length: int, content_type: str) -> ContentType:
    """The type declared for an upload; InvalidInput with everything that the purpose does not allow."""
    issues = list(_issues(purpose, length, content_type))
    if issues:
        raise InvalidInput(issues)
    return ContentType(content_type)


def _issues(purpose: FilePurpose, length: int, content_type: str) -> Iterator[Issue]:
    if content_type not in TYPES[purpose]:
        allowed = ", ".join(sorted(TYPES[purpose]))
        yield Issue("FILE_TYPE_NOT_ALLOWED", ("input", "contentType"), {"allowed": allowed})
    if length < 1:
        yield Issue("FILE_EMPTY", ("input", "size"))
    if length > LIMITS[purpose]:
        yield Issue("FILE_TOO_LARGE", ("input", "size"), {"maximum": LIMITS[purpose]})
