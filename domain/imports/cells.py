"""Cells: what a person or a program wrote there as a typed value, and a value as it is written there.

A cell comes as text (CSV), or as text, number, flag or list (XLSX, JSON). None and blank text are no value.
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from domain.categories import CharacteristicType
from domain.categories.readers import SEPARATOR, AnswerValue, is_readable, issue
from domain.errors import InvalidInput, Issue
from domain.imports.columns import Column, Part
from domain.money import MAX_PRICE, TIYN_IN_TENGE
from domain.texts import Language, text

Raw = str | int | float | bool | list[Any] | None
"""A cell as its file has it; a date is its ISO text."""
Value = AnswerValue | Decimal | None
"""A cell as it is meant: a price in tiyn, a number as it was written, a choice by its code."""

KEY_MAX = 64
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_ESCAPED = re.compile("'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ИМЯ?", "#ЗНАЧ!"})
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})*(?:[.,]\d+)?|[+-]?\d+(?:[.,]\d+)?")
_HEX = re.compile(r"[0-9a-f]{24}")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_LOCAL = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_LONGEST_NUMBER = 40
_YES, _NO = ("yes", "true", "1", "+"), ("no", "false", "0", "-")


class CellFault(Exception):
    """A cell that can't be meant; carries the code of the fault and what its message needs."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read_cell(column: Column, raw: Raw, row: int) -> Value:
    """What the cell of a row says; InvalidInput names row and column."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    path = ("rows", row, column.name)
    try:
        return _reader(column, raw)(column, raw)
    except CellFault as fault:
        if fault.code == "WRONG_TYPE" and column.item is not None:
            kind = column.item.type.value
            raise InvalidInput([issue("WRONG_TYPE", column.item, path, expected=kind)]) from None
        raise InvalidInput([Issue(fault.code, path, {"column": column.name, **fault.params})]) from None


def neutral(value: str) -> str:
    """A text that no spreadsheet program takes for a formula; `meant` gives it back."""
    return f"'{value}" if _FORMULA.match(value) else value


def meant(written: str) -> str:
    """The text that `neutral` was given."""
    return written[1:] if _ESCAPED.match(written) else written


def written_cell(column: Column, value: Value) -> Raw:
    """A value as tables have it: a price in tenge, everything else as it is stored."""
    if isinstance(value, dict | Decimal):
        raise TypeError("only stored values are written, a localised text by its languages")
    if column.part is Part.price and isinstance(value, int):
        whole, rest = divmod(value, TIYN_IN_TENGE)
        return float(f"{whole}.{rest:02}") if rest else whole
    return value


def _text(_column: Column, raw: Raw) -> str:
    if isinstance(raw, bool | list):
        raise CellFault("IMPORT_NOT_TEXT")
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return str(raw).replace("\r\n", "\n").replace("\r", "\n")


def _key(column: Column, raw: Raw) -> str:
    key = " ".join(_text(column, raw).split())
    if len(key) > KEY_MAX or key.startswith("#") or not is_readable(key):
        raise CellFault("IMPORT_BAD_KEY", maximum=KEY_MAX)
    return key


def _id(column: Column, raw: Raw) -> str:
    """24 hexadecimal digits, or the identifier that the API gives a draft."""
    given = _text(column, raw).strip()
    if not _HEX.fullmatch(given.lower()):
        try:
            decoded = b64decode(given[:100] + "=" * (-len(given[:100]) % 4)).decode("ascii")
        except (NotBase64, ValueError):
            decoded = ""
        given = decoded.partition("ListingDraft:")[2]
    if not _HEX.fullmatch(given.lower()):
        raise CellFault("IMPORT_BAD_ID")
    return given.lower()


def _version(_column: Column, raw: Raw) -> int:
    number = _decimal(raw)
    if number != number.to_integral_value() or not 1 <= number < 2**31:
        raise CellFault("IMPORT_NOT_NUMBER")
    return int(number)


def _price(_column: Column, raw: Raw) -> int:
    number = _decimal(raw) * TIYN_IN_TENGE
    if abs(number) > MAX_PRICE or number != number.to_integral_value():
        raise CellFault("PRICE_OUT_OF_RANGE", minimum=1, maximum=MAX_PRICE)
    return int(number)


def _decimal(raw: Raw) -> Decimal:
    """A number with a point or a comma before its fraction, and spaces between thousands."""
    if isinstance(raw, bool | list) or raw is None:
        raise CellFault("IMPORT_NOT_NUMBER")
    if isinstance(raw, str):
        if len(raw) > _LONGEST_NUMBER or not _GROUPED.fullmatch(raw.strip()):
            raise CellFault("IMPORT_NOT_NUMBER")
        return Decimal(raw.strip().translate(_SPACES).replace(",", "."))
    number = Decimal(repr(raw))
    if not number.is_finite():
        raise CellFault("IMPORT_NOT_NUMBER")
    return number


def _number(_column: Column, raw: Raw) -> Decimal:
    try:
        return _decimal(raw)
    except CellFault:
        raise CellFault("WRONG_TYPE") from None


def _flag(_column: Column, raw: Raw) -> bool:
    found = raw if isinstance(raw, bool) else _words().get(str(raw).strip().casefold())
    if found is None:
        raise CellFault("WRONG_TYPE")
    return found


def _date(_column: Column, raw: Raw) -> str:
    given = str(raw).strip()
    iso, local = _ISO.fullmatch(given), _LOCAL.fullmatch(given)
    groups = iso.groups() if iso else local.groups()[::-1] if local else None
    try:
        return datetime.strptime("-".join(groups or ()), "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day
    except ValueError:
        raise CellFault("WRONG_TYPE") from None


def _choice(column: Column, raw: Raw) -> str:
    given = _text(column, raw).strip()
    return column.choices.get(given.casefold(), given)


def _choices(column: Column, raw: Raw) -> list[str]:
    return [_choice(column, one) for one in _list(column, raw)]


def _list(column: Column, raw: Raw) -> list[str]:
    given = raw if isinstance(raw, list) else _text(column, raw).split(SEPARATOR)
    return [str(one).strip() for one in given if str(one).strip()]


Reader = Callable[[Column, Raw], Value]
_OF_PART: Mapping[Part, Reader] = MappingProxyType(
    {
        Part.key: _key,
        Part.id: _id,
        Part.version: _version,
        Part.heading: _text,
        Part.description: _text,
        Part.price: _price,
        Part.regions: _list,
    }
)
_OF_TYPE: Mapping[CharacteristicType, Reader] = MappingProxyType(
    {
        CharacteristicType.text: _text,
        CharacteristicType.localised_text: _text,
        CharacteristicType.integer: _number,
        CharacteristicType.decimal: _number,
        CharacteristicType.boolean: _flag,
        CharacteristicType.date: _date,
        CharacteristicType.choice: _choice,
        CharacteristicType.multi_choice: _choices,
        CharacteristicType.reference: _choice,
    }
)


def _error(_column: Column, raw: Raw) -> Value:
    raise CellFault("IMPORT_CELL_ERROR", shown=str(raw).strip())


def _reader(column: Column, raw: Raw) -> Reader:
    if isinstance(raw, str) and raw.strip() in _ERRORS:
        return _error
    if column.item is None:
        return _OF_PART[column.part]
    one = _OF_TYPE[column.item.type]
    return _several(one) if column.item.repeatable else one


def _several(one: Reader) -> Reader:
    """Reads several answers to a characteristic, each as if it were the only one; a lone number is one."""

    def read(column: Column, raw: Raw) -> Value:
        given = raw if isinstance(raw, list) else _list(column, raw) if isinstance(raw, str) else [raw]
        return [one(column, each) for each in given]

    return read


@cache
def _words() -> Mapping[str, bool]:
    """Yes and no in every language."""
    said = {text("labels.yes", language).casefold(): True for language in Language}
    said |= {text("labels.no", language).casefold(): False for language in Language}
    return said | dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
