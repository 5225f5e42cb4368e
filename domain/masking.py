"""How much of a person is shown, by what it is needed for: one small table (requirement J3).

A person sees all of the own cabinet; this table is about everybody else who has to deal with the person.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Need(StrEnum):
    """What somebody has to know a person for."""

    delivery = "delivery"
    """A supplier fulfils an order that it accepted."""
    measure = "measure"
    """An executive body looks after a measure of its region."""
    order = "order"
    """An executive body decides about the reimbursement of an order of its region."""
    notice = "notice"
    """An executive body has to tell the person something by other means than SMS (p. 9)."""
    lookup = "lookup"
    """The contact centre answers a person who calls."""


class Personal(StrEnum):
    """Personal data that others than the person may come to see."""

    name = "name"
    iin = "iin"
    phone = "phone"
    address = "address"


class Shown(StrEnum):
    """How much of a value is shown; clients see which it is."""

    whole = "whole"
    masked = "masked"
    hidden = "hidden"


_WHOLE, _MASKED = Shown.whole, Shown.masked
MASKS = MappingProxyType(
    {
        Need.delivery: {Personal.name: _WHOLE, Personal.phone: _WHOLE, Personal.address: _WHOLE},
        Need.measure: {Personal.name: _WHOLE, Personal.iin: _MASKED},
        Need.order: {Personal.name: _WHOLE, Personal.iin: _MASKED},
        Need.notice: {
            Personal.name: _WHOLE,
            Personal.iin: _MASKED,
            Personal.phone: _WHOLE,
            Personal.address: _WHOLE,
        },
        Need.lookup: {Personal.name: _WHOLE, Personal.iin: _MASKED, Personal.phone: _MASKED},
    }
)
"""Need → what is shown of what; everything that is not named is hidden."""

COVER = "•"
_KEPT = {Personal.iin: (0, 4), Personal.phone: (2, 2), Personal.name: (1, 0), Personal.address: (0, 0)}
"""How many characters stay at the beginning and at the end of a masked value."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A value as far as it is shown; None where it is hidden, and where there is none."""

    text: str | None
    shown: Shown


def shown(need: Need, what: Personal) -> Shown:
    """How much of a value the need takes."""
    return MASKS[need].get(what, Shown.hidden)


def masked(need: Need, what: Personal, value: str | None) -> Masked:
    """The value as the need takes it; whether there is one at all is hidden together with it."""
    how = shown(need, what)
    if how is Shown.hidden or value is None:
        return Masked(None, how)
    return Masked(value if how is Shown.whole else covered(what, value), how)


def covered(what: Personal, value: str) -> str:
    """The value with all but its ends covered: `••••••••0008`, `+7••••••••77`; short ones altogether."""
    before, after = _KEPT[what]
    hidden = len(value) - before - after
    if hidden < before + after:
        return COVER * len(value)
    return value[:before] + COVER * hidden + value[len(value) - after :]
