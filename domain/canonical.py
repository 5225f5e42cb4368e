"""The one byte form of a document that people sign: canonical JSON after RFC 8785.

Narrower than the RFC where its rules invite quarrels: no floating-point numbers (money is whole tiyn, other
decimals are written as strings), whole numbers only as far as every JSON reader keeps them exact, strings in
Unicode normal form C, limited nesting.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

Canonical = Mapping[str, "Canonical"] | Sequence["Canonical"] | str | int | bool | Decimal | None
"""What can be written; a Decimal becomes a string in plain notation."""
Plain = dict[str, "Plain"] | list["Plain"] | str | int | bool | None
"""What is read back."""

LARGEST: Final = 2**53 - 1
DEEPEST: Final = 32


class NotCanonical(ValueError):
    """The value or the bytes have no canonical form; the message says where."""


def canonical_bytes(value: Canonical) -> bytes:
    """The same bytes for the same document: whatever the order of keys or the Unicode form; NotCanonical."""
    plain = _plain(value, "$", 0)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_canonical(data: bytes) -> Plain:
    """The document in canonical bytes; NotCanonical for any bytes that `canonical_bytes` would not write."""
    try:
        value: Plain = json.loads(data.decode(), parse_float=_no_float, parse_constant=_no_float)
        same = canonical_bytes(value) == data
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not a canonical document: {error}") from error
    if not same:
        raise NotCanonical("the same document would be written in other bytes")
    return value


def decimal_text(value: Decimal) -> str:
    """A decimal in plain notation without idle zeros: 1.50 → "1.5", 1E+3 → "1000", -0 → "0"; NotCanonical."""
    if not value.is_finite() or abs(value.adjusted()) > DEEPEST:
        raise NotCanonical(f"{value} is no decimal to sign")
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _plain(value: Canonical, where: str, depth: int) -> Plain:
    if depth > DEEPEST:
        raise NotCanonical(f"{where} is nested too deeply")
    if isinstance(value, Mapping):
        return _mapping(value, where, depth)
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{where}[{place}]", depth + 1) for place, item in enumerate(value)]
    return _scalar(value, where)


def _mapping(value: Mapping[str, Canonical], where: str, depth: int) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for key, item in value.items():
        name = _text(key, f"{where}.<key>")
        if name in found:
            raise NotCanonical(f"{where} has the key {name!r} twice")
        found[name] = _plain(item, f"{where}.{name}", depth + 1)
    # RFC 8785 §3.2.3: keys are ordered by their UTF-16 code units.
    return dict(sorted(found.items(), key=lambda entry: entry[0].encode("utf-16-be")))


def _scalar(value: object, where: str) -> Plain:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int) and abs(value) <= LARGEST:
        return int(value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    raise NotCanonical(
        f"{where} is {type(value).__name__}, or a number beyond 2^53: it has no canonical form"
    )


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise NotCanonical(f"{where} is not text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(f"{where} has half a character (a lone surrogate)") from error
    return unicodedata.normalize("NFC", value)


def _no_float(text: str) -> Plain:
    raise NotCanonical(f"{text} is a floating-point number")
