"""The scanner finds what it is there to find: planted values in every wrapping."""

import base64
import gzip
import json
import secrets
import zlib
from collections.abc import Callable

import pytest

from tests.api.scanner import Scanner, leaves

NAME = "Сейітқали Айгүл Маратқызы"
SECRETS = ["880417451234", NAME, "+77011112233"]


def der(tag: int, content: bytes) -> bytes:
    """One element of definite length."""
    size = len(content)
    head = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + head + content


def in_pieces(value: bytes) -> bytes:
    """A BER octet string of indefinite length, cut in the middle of everything."""
    cut = [der(0x04, value[at : at + 7]) for at in range(0, len(value), 7)]
    return b"\x30\x80\x24\x80" + b"".join(cut) + b"\0\0\0\0"


WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda value: value,
    "among noise": lambda value: secrets.token_bytes(50) + value + secrets.token_bytes(50),
    "json with escapes": lambda value: json.dumps({"a": value.decode()}).encode(),
    "base64": base64.b64encode,
    "base64 within a text": lambda value: b"data:" + base64.b64encode(b"x" + value) + b", and so on",
    "base64url": lambda value: base64.urlsafe_b64encode(value).rstrip(b"="),
    "hex": lambda value: value.hex().encode(),
    "capital hex": lambda value: value.hex().upper().encode(),
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib after a header": lambda value: b"head" + zlib.compress(value, 9),
    "der": lambda value: der(0x30, der(0x0C, value)),
    "der, wide": lambda value: der(0x30, der(0x30, der(0x1E, value.decode().encode("utf-16-be")))),
    "ber in pieces": in_pieces,
    "json in gzip in base64": lambda value: base64.b64encode(
        gzip.compress(json.dumps({"a": value.decode()}, ensure_ascii=False).encode())
    ),
    "der in hex in base64": lambda value: base64.b64encode(der(0x30, der(0x04, value)).hex().encode()),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_planted_value_is_found(wrapping: str, secret: str) -> None:
    """R-J1: a value planted in any of the wrappings is found, and no other is."""
    assert Scanner(SECRETS).found(WRAPPINGS[wrapping](secret.encode())) == {secret}


def test_nothing_is_found_in_noise() -> None:
    """R-J1: what is sealed, however long, gives no alarm."""
    assert Scanner(SECRETS).found(secrets.token_bytes(100_000)) == set()


def test_every_place_of_a_row_is_looked_at() -> None:
    """R-J1: keys, texts, numbers and bytes at each depth are looked at, with the place for whoever reads of it."""
    row = {"a": [{"b": "x", "c": None}], "d": 5, "e": {"f": b"y"}}
    assert list(leaves(row)) == [
        ("", b"a"), (".a", b"b"), (".a.b", b"x"), (".a", b"c"),
        ("", b"d"), (".d", b"5"), ("", b"e"), (".e", b"f"), (".e.f", b"y"),
    ]  # fmt: skip
