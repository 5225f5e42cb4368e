"""IIN, BIN and telephone numbers of Kazakhstan: checked, and made up for demonstration data.

Sources: IIN — order 521 of the Ministry of Internal Affairs of 2023-06-29; BIN — order 423 of the Ministry of
Justice of 2023-06-27. The birth date and sex that an IIN seems to tell are a convention, no reason to refuse.
"""

import re
from datetime import date
from typing import Final, NewType

from domain.errors import Path, invalid

Iin = NewType("Iin", str)
"""Twelve digits that name a person."""
Bin = NewType("Bin", str)
"""Twelve digits that name a legal entity, a branch or a joint entrepreneurship."""
Phone = NewType("Phone", str)
"""E.164: +7 and ten digits."""

_TWELVE = re.compile(r"[0-9]{12}")
_PHONE = re.compile(r"(?:\+7|7|8)?([67][0-9]{9})")
_PUNCTUATION = re.compile(r"[ \u00a0()\u2010-\u2013-]")
_FIRST_PASS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_PASS: Final = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_LONGEST_PHONE: Final = 32
_ENTITY_TYPES: Final = "456"
_DECADE: Final = 9  # of ten neighbours at least nine have a check digit: see _numbered


def check_digit(first_eleven: str) -> int | None:
    """The twelfth digit for eleven, or None when both passes give 10 and such a number is never issued."""
    digits = [int(digit) for digit in first_eleven]
    for weights in (_FIRST_PASS, _SECOND_PASS):
        rest = sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11
        if rest != 10:  # noqa: PLR2004 — the orders name this remainder
            return rest
    return None


def parse_iin(value: str, *, path: Path = ("iin",), check: bool = True) -> Iin:
    """An issued IIN; InvalidInput INVALID_IIN. `check=False` spares the check digit: test certificates."""
    if not _is_number(value, check=check):
        raise invalid("INVALID_IIN", *path)
    return Iin(value)


def parse_bin(value: str, *, path: Path = ("bin",), check: bool = True) -> Bin:
    """A BIN as issued (its fifth digit is 4, 5 or 6); InvalidInput INVALID_BIN. `check` as in `parse_iin`."""
    if not _is_number(value, check=check) or (check and value[4] not in _ENTITY_TYPES):
        raise invalid("INVALID_BIN", *path)
    return Bin(value)


def parse_phone(value: str, *, path: Path = ("phone",)) -> Phone:
    """The number as +7XXXXXXXXXX, whether written with +7, 7, 8 or none; InvalidInput INVALID_PHONE."""
    found = _PHONE.fullmatch(_PUNCTUATION.sub("", value)) if len(value) <= _LONGEST_PHONE else None
    if found is None:
        raise invalid("INVALID_PHONE", *path)
    return Phone("+7" + found[1])


def synthetic_iin(born: date, *, male: bool, serial: int) -> Iin:
    """A made-up IIN of the issued pattern; another serial (0 to 8999) is always another number."""
    century = (born.year // 100 - 18) * 2 + (1 if male else 2)
    return Iin(_numbered(f"{born:%y%m%d}{century}", serial, width=4))


def synthetic_bin(registered: date, *, serial: int, entity_type: int = 4, part: int = 0) -> Bin:
    """A made-up BIN; type 4 resident, 5 non-resident, 6 joint; part 0 head, 1 branch; serial 0 to 89999."""
    return Bin(_numbered(f"{registered:%y%m}{entity_type}{part}", serial, width=5))


def _is_number(value: str, *, check: bool) -> bool:
    if _TWELVE.fullmatch(value) is None:
        return False
    return not check or check_digit(value[:11]) == int(value[11])


def _numbered(prefix: str, serial: int, *, width: int) -> str:
    """Prefix, serial and check digit without gaps.

    The eleventh digit weighs 11 in the first pass, thus nothing, and 2 in the second: of ten numbers that
    differ in it alone at most one has no check digit. Nine of each ten are used.
    """
    tens, place = divmod(serial, _DECADE)
    stem = f"{prefix}{tens:0{width - 1}d}"
    if serial < 0 or len(stem) != 10:  # noqa: PLR2004 — ten digits stand before the eleventh
        raise ValueError(f"no synthetic number has the serial {serial}")
    issued = [
        f"{stem}{last}{digit}" for last in range(10) if (digit := check_digit(f"{stem}{last}")) is not None
    ]
    return issued[place]
