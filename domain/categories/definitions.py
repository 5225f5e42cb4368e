"""The versioned definition of a category: which characteristics its listings have, and their rules."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domain.categories.capacity import Capacity
from domain.categories.conditions import Condition
from domain.categories.parts import (
    DEFAULT_BOUND,
    WIDGETS,
    CharacteristicType,
    Choice,
    Choices,
    Code,
    Direction,
    Frozen,
    Groups,
    Help,
    Identifier,
    Names,
    OfferKind,
    Widget,
)
from domain.categories.rules import broken, of_category, of_characteristic


class Characteristic(Frozen):
    """One characteristic: `id` never changes, `code` is unique in its category.

    `minimum` and `maximum` are in `unit` (a key of the `units` texts) and inclusive; `decimals` is the
    number of digits after the point that an answer may have; `max_length` counts characters. It is asked for
    `when` all of these hold, and else takes no answer. Answers to one that is not `public` are seen by their
    supplier, and by who moderates its cards, alone. `group`, `help` and `widget` tell a form how to ask.
    `reference` is the type of reference data whose codes are answers; a `repeatable` one takes several.
    """

    id: Identifier
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
    choices: Choices = ()
    reference: Code | None = None
    repeatable: bool = False
    filterable: bool = False
    facetable: bool = False
    highlighted: bool = False
    public: bool = True
    retired: bool = False
    when: tuple[Condition, ...] = Field(default=(), max_length=10)
    group: Code | None = None
    help: Help | None = None
    widget: Widget | None = None

    @property
    def bounds(self) -> tuple[int | float, int | float]:
        """Least and greatest number allowed, both inclusive."""
        low = -DEFAULT_BOUND if self.minimum is None else self.minimum
        return low, DEFAULT_BOUND if self.maximum is None else self.maximum

    @property
    def asked_by(self) -> Widget:
        """The widget that is named, or the usual one of the type."""
        return self.widget or WIDGETS[self.type][0]

    @model_validator(mode="after")
    def _rules_fit_the_type(self) -> Self:
        for code in of_characteristic(self):
            raise broken(code, self.code)
        return self


class Category(Frozen):
    """A category under one version of its definition; listings keep the version they were written for."""

    code: Code
    direction: Direction
    kind: OfferKind
    names: Names
    version: int = Field(default=1, ge=1)
    groups: Groups = ()
    characteristics: tuple[Characteristic, ...] = Field(max_length=200)
    capacity: Capacity | None = None

    @cached_property
    def by_code(self) -> dict[str, Characteristic]:
        """Characteristics by their code, in the order of the definition."""
        return {item.code: item for item in self.characteristics}

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Identifiers of characteristics whose answers are their supplier's alone."""
        return frozenset(item.id for item in self.characteristics if not item.public)

    def having(self, items: Iterable[Characteristic]) -> Self:
        """The same with these characteristics, unchecked."""
        other = self.model_copy(update={"characteristics": tuple(items)})
        for name in ("by_code", "hidden"):
            other.__dict__.pop(name, None)
        return other

    @property
    def references(self) -> frozenset[str]:
        """The types of reference data that answers are codes of."""
        return frozenset(item.reference for item in self.characteristics if item.reference is not None)

    def knowing(self, rows: Mapping[str, Sequence[Choice]]) -> Self:
        """The same with the codes of reference data, by type, as choices, to check and read answers."""
        return self.having(
            item
            if item.reference is None
            else item.model_copy(update={"choices": tuple(rows.get(item.reference, ()))})
            for item in self.characteristics
        )

    @property
    def shown(self) -> Self:
        """The part of the definition whose answers everybody sees; its conditions look at no other."""
        return self.having(item for item in self.characteristics if item.public)

    @model_validator(mode="after")
    def _parts_fit_each_other(self) -> Self:
        for code, of in of_category(self):
            raise broken(code, of)
        return self
