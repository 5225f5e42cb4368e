"""Changes of a definition, each with what becomes of the answers written before (requirement B3).

Every change is typed: the new definition and the new answers both follow from it. An answer that can't
follow is left as it is, and the check of the new definition says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from domain.categories.answers import CharacteristicValue
from domain.categories.changing import Changing, ChangingOne, Identifier, place_of
from domain.categories.conversions import Convert, Offer, Retype, Split
from domain.categories.definitions import Category, Characteristic, Names


class Add(Changing):
    """One more characteristic, at the end or before another."""

    kind: Literal["add"] = "add"
    characteristic: Characteristic
    before: Identifier | None = None

    def __call__(self, items: list[Characteristic]) -> list[Characteristic]:
        """The characteristics after the change."""
        place = len(items) if self.before is None else place_of(items, self.before)
        return [*items[:place], self.characteristic, *items[place:]]


class Rename(ChangingOne):
    """Another name; identifier and code never change."""

    kind: Literal["rename"] = "rename"
    names: Names


class Require(ChangingOne):
    """Asked for when a listing is published, or no longer."""

    kind: Literal["require"] = "require"
    required: bool = True


class Retire(ChangingOne):
    """Readable, but not answered any more."""

    kind: Literal["retire"] = "retire"
    retired: Literal[True] = True
    required: Literal[False] = False
    filterable: Literal[False] = False


class Filter(ChangingOne):
    """Found by in the catalogue, or no longer."""

    kind: Literal["filter"] = "filter"
    filterable: bool = True


class Limit(ChangingOne):
    """Other limits of a number or a text."""

    kind: Literal["limit"] = "limit"
    minimum: int | float | None = None
    maximum: int | float | None = None
    max_length: int | None = None


Change = Annotated[
    Add | Rename | Require | Retire | Filter | Limit | Convert | Offer | Split | Retype,
    Field(discriminator="kind"),
]


def changed(before: Category, changes: Sequence[Change]) -> Category:
    """The definition after the changes, one version on. ValueError for rules that don't fit each other.

    InvalidInput `UNKNOWN_CHARACTERISTIC` or `UNKNOWN_CHOICE` for what the definition does not have.
    """
    items = list(before.characteristics)
    for each in changes:
        items = each(items)
    made = {"characteristics": [each.model_dump() for each in items], "version": before.version + 1}
    return Category.model_validate(before.model_dump() | made)


def carried(
    before: Category, changes: Sequence[Change], answers: Sequence[CharacteristicValue]
) -> list[CharacteristicValue]:
    """Answers written under `before` as the changed definition reads them; not checked yet."""
    definition, found = before, list(answers)
    for each in changes:
        found = each.answers(definition, found)
        definition = definition.model_copy(
            update={"characteristics": tuple(each(list(definition.characteristics)))}
        )
        definition.__dict__.pop("by_code", None)
    return found
