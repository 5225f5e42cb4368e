"""Looks for personal values in raw bytes: plain, and inside base64, hexadecimal, gzip, zlib, DER and JSON."""

import base64
import binascii
import re
import zlib
from collections.abc import Collection, Iterator
from typing import Any

DEPTH = 4
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{12,}|[A-Za-z0-9_-]{12,}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")
_WIDE = {0x1E: "utf-16-be", 0x1C: "utf-32-be"}
_SEQUENCES = {0x30, 0x31, 0x24}


class Scanner:
    """Finds which of the secrets stand in bytes, however they are wrapped."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = {secret.encode(): secret for secret in secrets}
        self._starts = {secret[:4] for secret in self._secrets}
        firsts = sorted({re.escape(start) for start in self._starts})
        self._any = re.compile(b"|".join(firsts))
        self._known: dict[bytes, set[str]] = {}

    def found(self, value: bytes) -> set[str]:
        """The secrets in a value and in everything decoded from it."""
        if value not in self._known:  # names of fields, kinds and statuses come again and again
            self._known[value] = {secret for view in views(value) for secret in self._plain(view)}
        return self._known[value]

    def _plain(self, view: bytes) -> Iterator[str]:
        if self._any.search(view) is None:
            return
        for secret, said in self._secrets.items():
            if secret in view:
                yield said


def views(value: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """The value itself, and all that can be decoded from it, again and again."""
    yield value
    if depth:
        for inner in _inside(value):
            yield from views(inner, depth - 1)


def _inside(value: bytes) -> Iterator[bytes]:
    yield from (text for run in _BASE64.findall(value) for text in _unbased(run))
    yield from (binascii.unhexlify(run) for run in _HEX.findall(value))
    yield from (text for start in _PACKED.finditer(value) if (text := _unpacked(value[start.start() :])))
    yield from _strings(value)
    if _ESCAPE.search(value):
        yield _ESCAPE.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "ignore"), value)


def _unbased(run: bytes) -> Iterator[bytes]:
    """Both alphabets; a run may begin anywhere in a longer one."""
    plain = run.replace(b"-", b"+").replace(b"_", b"/")
    for shift in range(4):
        part = plain[shift:]
        yield base64.b64decode(part[: len(part) // 4 * 4])
        rest = part[len(part) // 4 * 4 :]
        if len(rest) > 1:
            yield base64.b64decode(part + b"=" * (4 - len(rest)))


def _unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=47).decompress(value, 10_000_000)
    except zlib.error:
        return b""


def _strings(value: bytes) -> Iterator[bytes]:
    """Strings of a DER or BER structure: wide ones as UTF-8, and those in pieces put together."""
    if value[:1] and value[0] in _SEQUENCES:
        pieces: list[bytes] = []
        yield from _walk(value, 0, len(value), pieces)
        if len(pieces) > 1:
            yield b"".join(pieces)


def _walk(value: bytes, at: int, end: int, pieces: list[bytes]) -> Iterator[bytes]:
    while at + 2 <= end:
        tag, length, at = value[at], value[at + 1], at + 2
        if length == 0x80:  # without an end of its own: what follows is inside
            continue
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(value[at : at + size], "big"), at + size
        content = value[at : at + length]
        if tag & 0x20:
            yield from _walk(value, at, min(end, at + length), pieces)
        elif tag in _WIDE:
            yield content.decode(_WIDE[tag], errors="ignore").encode()
        elif tag == 0x04:
            pieces.append(content)
            yield content
        at += length


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, bytes]]:
    """Every text, number, key and byte string of a row, and where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield path, str(key).encode()
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    elif isinstance(value, bytes):
        yield path, value
    elif value is not None:
        yield path, str(value).encode()
