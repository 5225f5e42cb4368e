"""What definitions are made of: directions, types of answers, names, choices, groups of a form."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

DEFAULT_BOUND = 10**12
"""A number without limits of its own stays within ±10¹²: exact as int64 and as a double."""

MAX_TEXT = 500
"""Characters of a text answer whose definition names no limit."""

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def is_readable(value: str) -> bool:
    """Whether a text is free of NUL, control characters, direction overrides and lone surrogates."""
    return _NOT_TEXT.search(value) is None


def _readable(value: str) -> str:
    if not is_readable(value):
        raise PydanticCustomError("NOT_TEXT", "not a text")
    return value


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_readable)
]
Paragraph = Annotated[
    str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True), AfterValidator(_readable)
]


Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_readable)]
Number = Annotated[int | float, Field(ge=-DEFAULT_BOUND, le=DEFAULT_BOUND)]


class Direction(StrEnum):
    """Directions of work that a supplier's main code of activity opens (Order 73, p. 13)."""

    special_social_services = "special_social_services"
    tsr_sale = "tsr_sale"
    sanatorium = "sanatorium"
    sign_language = "sign_language"
    assistant = "assistant"


class OfferKind(StrEnum):
    """Goods are handed over, services are rendered (Order 73, p. 8)."""

    goods = "goods"
    service = "service"


class CharacteristicType(StrEnum):
    """What kind of answer a characteristic takes."""

    text = "text"
    localised_text = "localised_text"
    integer = "integer"
    decimal = "decimal"
    boolean = "boolean"
    date = "date"
    choice = "choice"
    multi_choice = "multi_choice"
    reference = "reference"


NUMBERS = frozenset({CharacteristicType.integer, CharacteristicType.decimal})
CHOICES = frozenset({CharacteristicType.choice, CharacteristicType.multi_choice})
TEXTS = frozenset({CharacteristicType.text, CharacteristicType.localised_text})
NAMED = CHOICES | {CharacteristicType.reference}
"""Types whose answers are codes that have names."""
FILTERED = NUMBERS | NAMED | {CharacteristicType.boolean}
"""Types that the catalogue can filter by."""
REPEATED = NUMBERS | {CharacteristicType.text, CharacteristicType.date, CharacteristicType.reference}
"""Types that take several answers where the definition says so."""

MAX_ANSWERS = 20
"""Answers to one characteristic that takes several."""


class Widget(StrEnum):
    """How a form asks for an answer."""

    text = "text"
    area = "area"
    stepper = "stepper"
    slider = "slider"
    switch = "switch"
    date = "date"
    radio = "radio"
    select = "select"
    checkboxes = "checkboxes"


WIDGETS: Mapping[CharacteristicType, tuple[Widget, ...]] = MappingProxyType(
    {
        CharacteristicType.text: (Widget.text, Widget.area),
        CharacteristicType.localised_text: (Widget.text, Widget.area),
        CharacteristicType.integer: (Widget.stepper, Widget.slider, Widget.text),
        CharacteristicType.decimal: (Widget.text, Widget.stepper, Widget.slider),
        CharacteristicType.boolean: (Widget.switch, Widget.radio),
        CharacteristicType.date: (Widget.date,),
        CharacteristicType.choice: (Widget.select, Widget.radio),
        CharacteristicType.multi_choice: (Widget.checkboxes, Widget.select),
        CharacteristicType.reference: (Widget.select, Widget.radio),
    }
)
"""Which widgets suit a type; the first where a definition names none."""


class Frozen(BaseModel):
    """A part that never changes once it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Names(Frozen):
    """A name in the three languages of the portal."""

    kk: Title
    ru: Title
    en: Title


class Help(Frozen):
    """What helps to answer, in the three languages of the portal."""

    kk: Paragraph
    ru: Paragraph
    en: Paragraph


class Choice(Frozen):
    """One of the allowed answers; a retired one stays readable but takes no new answers."""

    code: Code
    names: Names
    retired: bool = False


class Group(Frozen):
    """A part of the form under a heading of its own."""

    code: Code
    names: Names


class Mapped(Frozen):
    """Which choice an answer becomes."""

    answer: Line
    choice: Code


Choices = Annotated[tuple[Choice, ...], Field(max_length=200)]
Groups = Annotated[tuple[Group, ...], Field(max_length=30)]
