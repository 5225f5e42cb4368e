"""Files that suppliers upload: what may be one, how its bytes are checked while they come, and its life."""

from domain.files.arrival import Arrival, Arrived
from domain.files.attachments import ALT_MAX, DOCUMENTS_MAX, check_documents
from domain.files.lifecycle import FileAction, FileStatus, advance
from domain.files.names import clean_name, disposition
from domain.files.pixels import PIXELS_MAX, SIDE_MAX, Header, Size
from domain.files.rules import (
    ATTEMPTS_MAX,
    FILES_MAX,
    LARGEST,
    LIMITS,
    THUMBNAILS,
    TICKET_LASTS,
    TYPES,
    UNUSED_FOR,
    FilePurpose,
    check_declared,
)
from domain.files.types import EXTENSIONS, IMAGES, ContentType, sniffed

__all__ = [
    "ALT_MAX",
    "ATTEMPTS_MAX",
    "DOCUMENTS_MAX",
    "EXTENSIONS",
    "FILES_MAX",
    "IMAGES",
    "LARGEST",
    "LIMITS",
    "PIXELS_MAX",
    "SIDE_MAX",
    "THUMBNAILS",
    "TICKET_LASTS",
    "TYPES",
    "UNUSED_FOR",
    "Arrival",
    "Arrived",
    "ContentType",
    "FileAction",
    "FilePurpose",
    "FileStatus",
    "Header",
    "Size",
    "advance",
    "check_declared",
    "check_documents",
    "clean_name",
    "disposition",
    "sniffed",
]
