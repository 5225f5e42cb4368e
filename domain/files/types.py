"""What a file is, by its first bytes: four types, and nothing that a browser would run."""

from collections.abc import Callable, Mapping
from enum import StrEnum

ENOUGH = 16
"""Bytes after which every type is known."""


class ContentType(StrEnum):
    """What the portal takes; no SVG and no HTML, which carry scripts."""

    jpeg = "image/jpeg"
    png = "image/png"
    webp = "image/webp"
    pdf = "application/pdf"


IMAGES = frozenset({ContentType.jpeg, ContentType.png, ContentType.webp})
EXTENSIONS: Mapping[ContentType, str] = {
    ContentType.jpeg: ".jpg",
    ContentType.png: ".png",
    ContentType.webp: ".webp",
    ContentType.pdf: ".pdf",
}
_SIGNATURES: Mapping[ContentType, Callable[[bytes], bool]] = {
    ContentType.jpeg: lambda head: head.startswith(b"\xff\xd8\xff"),
    ContentType.png: lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    ContentType.webp: lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    # readers find the mark anywhere in the first kilobyte; what stands before it could be something else
    ContentType.pdf: lambda head: head.startswith((b"%PDF-1.", b"%PDF-2.")),
}


def sniffed(head: bytes) -> ContentType | None:
    """The type of a file that begins with these bytes, `ENOUGH` of them; None for any that is not taken."""
    return next((one for one, begins in _SIGNATURES.items() if begins(head)), None)
