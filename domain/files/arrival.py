"""A file while it arrives: bounded, counted, digested and looked at, piece by piece."""

import hashlib
from dataclasses import dataclass

from domain.errors import InvalidInput, invalid
from domain.files.pixels import PIXELS_MAX, Header, Size
from domain.files.types import ENOUGH, IMAGES, ContentType, sniffed

_TAIL = 1_024
"""Bytes at the end of a PDF in which its end has to be marked."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came: how much, its SHA-256 (hexadecimal), and for a picture its size."""

    length: int
    sha256: str
    size: Size | None


class Arrival:
    """Checks what comes against what was declared; each `feed` may refuse, before anything is kept."""

    def __init__(self, declared: ContentType, length: int) -> None:
        self._declared = declared
        self._expected = length
        self._length = 0
        self._digest = hashlib.sha256()
        self._head: bytes | None = b""
        self._header = Header(declared) if declared in IMAGES else None
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """The next bytes; InvalidInput as soon as they can't be what was declared."""
        self._length += len(data)
        if self._length > self._expected:
            raise too_large(self._expected)
        self._digest.update(data)
        self._tail = (self._tail + data[-_TAIL:])[-_TAIL:]
        if self._head is None:
            self._measure(data)
            return
        self._head += data
        if len(self._head) >= ENOUGH:
            self._look()

    def finish(self) -> Arrived:
        """What came, all of it; InvalidInput when it is not what was declared."""
        if self._head is not None:
            self._look()
        if self._length != self._expected:
            raise invalid("FILE_SIZE_DIFFERS", expected=self._expected, actual=self._length)
        size = self._header.size if self._header else None
        if (self._header and size is None) or (not self._header and b"%%EOF" not in self._tail):
            raise unreadable()
        return Arrived(self._length, self._digest.hexdigest(), size)

    def _look(self) -> None:
        """The type by the first bytes, and what they tell of a picture."""
        head, self._head = self._head or b"", None
        found = sniffed(head)
        if found is None:
            raise invalid("FILE_TYPE_UNKNOWN")
        if found is not self._declared:
            raise invalid("FILE_TYPE_DIFFERS", declared=self._declared.value, found=found.value)
        self._measure(head)

    def _measure(self, data: bytes) -> None:
        if self._header is None:
            return
        try:
            self._header.feed(data)
        except ValueError as error:
            raise unreadable() from error
        if self._header.size and not self._header.size.is_bearable:
            raise invalid("FILE_PIXELS", maximum=PIXELS_MAX // 1_000_000)


def too_large(most: int) -> InvalidInput:
    """More bytes than were declared, or than there may be."""
    return invalid("FILE_TOO_LARGE", maximum=most)


def unreadable() -> InvalidInput:
    """Begins as a file of its type does, and is none."""
    return invalid("FILE_UNREADABLE")
