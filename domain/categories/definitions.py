"""The versioned definition of a category: which characteristics its listings have, and their rules."""

import re
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from domain.categories.capacity import Capacity
from domain.categories.conditions import Condition

DEFAULT_BOUND = 10**12
"""A number without limits of its own stays within ±10¹²: exact as int64 and as a double."""

MAX_TEXT = 500
"""Characters of a text answer whose definition names no limit."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


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


NUMBERS = frozenset({CharacteristicType.integer, CharacteristicType.decimal})
CHOICES = frozenset({CharacteristicType.choice, CharacteristicType.multi_choice})
TEXTS = frozenset({CharacteristicType.text, CharacteristicType.localised_text})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Names(_Frozen):
    """A name in the three languages of the portal."""

    kk: Title
    ru: Title
    en: Title


class Choice(_Frozen):
    """One of the allowed answers; a retired one stays readable but takes no new answers."""

    code: Code
    names: Names
    retired: bool = False


class Characteristic(_Frozen):
    """One characteristic: `id` never changes, `code` is unique in its category.

    `minimum` and `maximum` are in `unit` (a key of the `units` texts) and inclusive; `decimals` is the
    number of digits after the point that an answer may have; `max_length` counts characters. It is asked for
    `when` all of these hold, and else takes no answer.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
    code: Code
    names: Names
    type: CharacteristicType
    unit: Code | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    decimals: int = Field(default=0, ge=0, le=6)
    max_length: int | None = Field(default=None, ge=1, le=5000)
    pattern: Annotated[str, StringConstraints(max_length=200)] | None = None
    required: bool = False
    choices: tuple[Choice, ...] = Field(default=(), max_length=200)
    filterable: bool = False
    highlighted: bool = False
    public: bool = True
    retired: bool = False
    when: tuple[Condition, ...] = Field(default=(), max_length=10)

    @property
    def bounds(self) -> tuple[int | float, int | float]:
        """Least and greatest number allowed, both inclusive."""
        low = -DEFAULT_BOUND if self.minimum is None else self.minimum
        return low, DEFAULT_BOUND if self.maximum is None else self.maximum

    @model_validator(mode="after")
    def _rules_fit_the_type(self) -> Self:
        number, choice = self.type in NUMBERS, self.type in CHOICES
        codes = [option.code for option in self.choices]
        faults = {
            "only numbers have a unit and limits": not number
            and (self.unit, self.minimum, self.maximum) != (None, None, None),
            "a decimal has 1 to 6 digits after the point, all else none": (self.decimals > 0)
            != (self.type is CharacteristicType.decimal),
            "a choice needs its choices, all else has none": choice != bool(self.choices),
            "codes of choices are unique": len(codes) != len(set(codes)),
            "only texts have a length and a pattern": self.type not in TEXTS
            and (self.max_length, self.pattern) != (None, None),
            "limits lie within ±10¹²": max(abs(bound) for bound in self.bounds) > DEFAULT_BOUND,
            "the minimum is not above the maximum": self.bounds[0] > self.bounds[1],
            "the pattern is a regular expression": not _compiles(self.pattern),
        }
        broken = [rule for rule, fault in faults.items() if fault]
        if broken:
            raise ValueError(f"{self.code}: {'; '.join(broken)}")
        return self


class Category(_Frozen):
    """A category under one version of its definition; listings keep the version they were written for."""

    code: Code
    direction: Direction
    kind: OfferKind
    names: Names
    version: int = Field(default=1, ge=1)
    characteristics: tuple[Characteristic, ...] = Field(max_length=200)
    capacity: Capacity | None = None

    @cached_property
    def by_code(self) -> dict[str, Characteristic]:
        """Characteristics by their code, in the order of the definition."""
        return {item.code: item for item in self.characteristics}

    @model_validator(mode="after")
    def _characteristics_are_distinct(self) -> Self:
        ids = {item.id for item in self.characteristics}
        codes = {item.code for item in self.characteristics}
        if not len(ids) == len(codes) == len(self.characteristics):
            raise ValueError(f"{self.code}: ids and codes of characteristics must be unique")
        return self

    @model_validator(mode="after")
    def _capacity_fits(self) -> Self:
        faults = [*self.capacity.faults(self.by_code)] if self.capacity else []
        if faults:
            raise ValueError(f"{self.code}: {'; '.join(faults)}")
        return self

    @model_validator(mode="after")
    def _conditions_look_back(self) -> Self:
        known: dict[str, Characteristic] = {}
        for item in self.characteristics:
            for condition in item.when:
                if condition.characteristic not in known:
                    raise ValueError(f"{item.code}: a condition looks at earlier characteristics only")
                faults = condition.faults(known[condition.characteristic], NUMBERS, CHOICES)
                if faults:
                    raise ValueError(f"{item.code}: {'; '.join(faults)}")
            known[item.id] = item
        return self


def _compiles(pattern: str | None) -> bool:
    try:
        re.compile(pattern or "")
    except re.error:
        return False
    return True
