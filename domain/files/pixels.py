"""How large a picture is, read from its header as the bytes come: nothing is decoded, nothing kept.

A reader of headers is a generator: it yields how many bytes it wants next, or how many to pass over as a
negative number, and returns the size.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

from domain.files.types import ContentType

PIXELS_MAX = 40_000_000
SIDE_MAX = 16_383
"""The longest side that every format here can have (WebP's)."""
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ENDS = frozenset({0xD9, 0xDA})


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def is_bearable(self) -> bool:
        """Whether a picture of this size may be decoded: a small file can claim to be a very large one."""
        sides = min(self.width, self.height) >= 1 and max(self.width, self.height) <= SIDE_MAX
        return sides and self.width * self.height <= PIXELS_MAX


Steps = Generator[int, bytes, Size]


def _png() -> Steps:
    head = yield 24
    if head[12:16] != b"IHDR":
        raise ValueError("a PNG begins with its header")
    return Size(int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))


def _jpeg() -> Steps:
    yield -2
    while (marker := (yield from _marker())) not in _FRAMES:
        if marker in _STANDALONE:
            continue
        length = int.from_bytes((yield 2), "big")
        if marker in _ENDS or length < 2:  # noqa: PLR2004 - the length counts itself
            raise ValueError("a JPEG has a frame before its data")
        yield 2 - length
    frame = yield 7
    return Size(int.from_bytes(frame[5:7], "big"), int.from_bytes(frame[3:5], "big"))


def _marker() -> Generator[int, bytes, int]:
    if (yield 1) != b"\xff":
        raise ValueError("a segment of a JPEG begins with a marker")
    while (kind := (yield 1)) == b"\xff":  # as many as one likes
        continue
    return kind[0]


def _webp() -> Steps:
    head = yield 30
    kind = head[12:16]
    if kind == b"VP8X":
        return Size(1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little"))
    if kind == b"VP8L" and head[20] == 0x2F:  # noqa: PLR2004 - its signature
        bits = int.from_bytes(head[21:25], "little")
        return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        sides = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
        return Size(sides[0] & 0x3FFF, sides[1] & 0x3FFF)
    raise ValueError("a WebP begins with a picture")


_READERS: Mapping[ContentType, Callable[[], Steps]] = {
    ContentType.jpeg: _jpeg,
    ContentType.png: _png,
    ContentType.webp: _webp,
}


class Header:
    """Takes a picture's bytes in pieces of any size; `size` is there as soon as it is known."""

    def __init__(self, type_: ContentType) -> None:
        self.size: Size | None = None
        self._steps = _READERS[type_]()
        self._wanted = next(self._steps)
        self._held = bytearray()

    def feed(self, data: bytes) -> None:
        """The next bytes; ValueError when they are no picture of this type."""
        if self.size is not None:
            return
        self._held += data
        while self.size is None and (taken := self._taken()) is not None:
            try:
                self._wanted = self._steps.send(taken)
            except StopIteration as done:
                self.size = done.value
        if self.size is not None:
            self._held.clear()

    def _taken(self) -> bytes | None:
        """What was wanted, if it is here; nothing for what was passed over."""
        if self._wanted <= 0:
            passed = min(-self._wanted, len(self._held))
            del self._held[:passed]
            self._wanted += passed
            return None if self._wanted else b""
        if len(self._held) < self._wanted:
            return None
        taken = bytes(self._held[: self._wanted])
        del self._held[: self._wanted]
        return taken
