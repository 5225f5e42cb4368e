"""Changes of a definition, each with what becomes of the answers written before (requirement B3).

Every change is typed: the new definition and the new answers both follow from it. An answer that can't
follow is left as it is, and the check of the new definition says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from domain.categories.answers import CharacteristicValue
from domain.categories.arranging import Ask, Describe, Disclose, Draw, Move, Regroup
from domain.categories.changing import Changing, ChangingOne, place_of
from domain.categories.conversions import Close, Convert, Offer, Repeat, Retype, Split
from domain.categories.definitions import Category, Characteristic
from domain.categories.faults import issues_of
from domain.categories.parts import FILTERED, Identifier, Names
from domain.categories.rules import holds_nothing, wanders
from domain.errors import InvalidInput, Issue, Path
from domain.texts import catalogue


class Add(Changing):
    """One more characteristic, at the end or before another."""

    kind: Literal["add"] = "add"
    characteristic: Characteristic
    before: Identifier | None = None

    def __call__(self, items: list[Characteristic]) -> list[Characteristic]:
        """The characteristics after the change."""
        place = len(items) if self.before is None else place_of(items, self.before, "before")
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
    facetable: Literal[False] = False


class Filter(ChangingOne):
    """Found by in the catalogue, or no longer; counted by its answers there, if so."""

    kind: Literal["filter"] = "filter"
    filterable: bool = True
    facetable: bool = False


class Limit(ChangingOne):
    """Other limits of a number or a text."""

    kind: Literal["limit"] = "limit"
    minimum: int | float | None = None
    maximum: int | float | None = None
    max_length: int | None = None
    pattern: Annotated[str, StringConstraints(max_length=200)] | None = None


Change = Annotated[
    Add
    | Rename
    | Require
    | Retire
    | Filter
    | Limit
    | Convert
    | Offer
    | Split
    | Close
    | Retype
    | Repeat
    | Describe
    | Draw
    | Disclose
    | Ask
    | Move
    | Regroup,
    Field(discriminator="kind"),
]
MAX_CHANGES = 50
"""Changes at once."""
_ONE: TypeAdapter[Change] = TypeAdapter(Change)


def read_changes(given: Sequence[Mapping[str, Any]], path: Path = ("changes",)) -> list[Change]:
    """Changes as somebody wrote them, each with its `kind`; InvalidInput with every fault of every one."""
    if not 0 < len(given) <= MAX_CHANGES:
        raise InvalidInput([Issue("CHANGES_COUNT", path, {"maximum": MAX_CHANGES})])
    found: list[Change] = []
    issues: list[Issue] = []
    for place, each in enumerate(given):
        try:
            found.append(_ONE.validate_python(each))
        except ValidationError as error:
            issues.extend(issues_of(error, (*path, place)))
    if issues:
        raise InvalidInput(issues)
    return found


def changed(before: Category, changes: Sequence[Change], path: Path = ("changes",)) -> Category:
    """The definition after the changes, one version on.

    InvalidInput for what the definition does not have, for rules that don't fit each other, for a unit that
    has no text and for a filter by what the catalogue can't filter by.
    """
    items: list[Characteristic] = list(before.characteristics)
    others: dict[str, Any] = {}
    for place, each in enumerate(changes):
        others |= each.category()
        items = _applied(each, items, (*path, place, each.kind))
    made = {"characteristics": [each.model_dump() for each in items], "version": before.version + 1}
    try:
        definition = Category.model_validate(before.model_dump() | others | made)
    except ValidationError as error:
        raise InvalidInput(issues_of(error, path)) from error
    if issues := list(_unknown(definition, path)):
        raise InvalidInput(issues)
    return definition


def carried(
    before: Category, changes: Sequence[Change], answers: Sequence[CharacteristicValue]
) -> list[CharacteristicValue]:
    """Answers written under `before` as the changed definition reads them; not checked yet."""
    found = list(answers)
    for definition, each in stages(before, changes):
        found = each.answers(definition, found)
    return found


def stages(before: Category, changes: Sequence[Change]) -> list[tuple[Category, Change]]:
    """Each change with the definition that it changes."""
    found: list[tuple[Category, Change]] = []
    for each in changes:
        found.append((before, each))
        before = before.having(each(list(before.characteristics)))
    return found


def _applied(change: Change, items: list[Characteristic], path: Path) -> list[Characteristic]:
    try:
        return change(items)
    except InvalidInput as error:
        issues = [Issue(each.code, (*path, *each.path), each.params) for each in error.issues]
        raise InvalidInput(issues) from error
    except ValidationError as error:
        raise InvalidInput(issues_of(error, path)) from error


def _unknown(definition: Category, path: Path) -> Iterator[Issue]:
    """What only new definitions are asked: those that are stored stay readable whatever texts there are."""
    for item in definition.characteristics:
        named = {"characteristic": item.code}
        if item.unit is not None and f"units.{item.unit}" not in catalogue():
            yield Issue("UNKNOWN_UNIT", path, named | {"unit": item.unit})
        if item.pattern is not None and wanders(item.pattern):
            yield Issue("PATTERN_TOO_FREE", path, named)
        if holds_nothing(item):
            yield Issue("LIMITS_HOLD_NOTHING", path, named)
        if item.filterable and item.type not in FILTERED:
            yield Issue("FILTER_NOT_FOR_TYPE", path, named)
