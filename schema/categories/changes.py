"""Changes of a definition as an administrator writes them: each entry of the list holds exactly one."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry

from domain.categories import CharacteristicType, Widget
from domain.errors import InvalidInput, Issue
from schema.categories.parts import (
    CharacteristicDefinitionInput,
    ChoiceDefinitionInput,
    ChoiceMappingInput,
    ConditionInput,
    GroupInput,
    HelpInput,
    NamesInput,
)


@strawberry.input(description="One more characteristic, before another or at the end.")
class AddChange:
    """Identifier and code never change afterwards."""

    characteristic: CharacteristicDefinitionInput
    before: str | None = None


@strawberry.input(description="Another name.")
class RenameChange:
    """`characteristic` is the `definitionId`, here and in every other change."""

    characteristic: str
    names: NamesInput


@strawberry.input(description="Asked for when a listing is published, or no longer.")
class RequireChange:
    """Listings that lack the answer are named by the job."""

    characteristic: str
    required: bool = True


@strawberry.input(description="Not answered any more; what was answered stays readable.")
class RetireChange:
    """What hangs on it has to be retired, or asked without it, before."""

    characteristic: str


@strawberry.input(description="Found by in the catalogue, or no longer; counted there by its answers, if so.")
class FilterChange:
    """Numbers, choices, yes or no."""

    characteristic: str
    filterable: bool = True
    facetable: bool = False


@strawberry.input(description="Other limits: those that are not given are taken away.")
class LimitChange:
    """Numbers have a minimum and a maximum, texts a length and a pattern."""

    characteristic: str
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    pattern: str | None = None


@strawberry.input(description="Another unit: new = old × factor + offset, limits too, rounded half to even.")
class ConvertChange:
    """Exactly, in decimal arithmetic."""

    characteristic: str
    unit: str
    factor: Decimal
    offset: Decimal = Decimal(0)
    decimals: int = 0


@strawberry.input(description="More choices.")
class OfferChange:
    """At the end."""

    characteristic: str
    choices: list[ChoiceDefinitionInput]


@strawberry.input(description="A choice becomes several: who took it has `instead`, or has to choose anew.")
class SplitChange:
    """`instead` is one of those it becomes."""

    characteristic: str
    choice: str
    into: list[ChoiceDefinitionInput]
    instead: str | None = None


@strawberry.input(description="A choice is taken no more: who took it has `instead`, or has to choose anew.")
class CloseChange:
    """`instead` is another choice that is open."""

    characteristic: str
    choice: str
    instead: str | None = None


@strawberry.input(description="Another type: what can be read in it is, by a mapping where it is a choice.")
class RetypeChange:
    """Whole numbers become decimals and back, one choice several and back, anything becomes text."""

    characteristic: str
    type: CharacteristicType
    decimals: int = 0
    choices: list[ChoiceDefinitionInput] = strawberry.field(default_factory=list)
    mapping: list[ChoiceMappingInput] = strawberry.field(default_factory=list)
    reference: str | None = strawberry.field(
        default=None, description="Of a reference: the type of reference data."
    )


@strawberry.input(description="Several answers may be given, or one alone.")
class RepeatChange:
    """A single answer becomes a list of one, and back; several never become one, the job names them."""

    characteristic: str
    repeatable: bool = True


@strawberry.input(description="Other help beside the field, or none.")
class DescribeChange:
    """In all three languages."""

    characteristic: str
    help: HelpInput | None = None


@strawberry.input(description="Another widget, and whether it stands out.")
class DrawChange:
    """Without a widget the usual one of the type."""

    characteristic: str
    widget: Widget | None = None
    highlighted: bool = False


@strawberry.input(description="Answers are for everybody, or for their supplier alone.")
class DiscloseChange:
    """Hidden answers are in no catalogue, filter or comparison."""

    characteristic: str
    public: bool


@strawberry.input(description="Other conditions under which it is asked for, or none.")
class AskChange:
    """All of them must hold; they look at earlier characteristics."""

    characteristic: str
    when: list[ConditionInput] = strawberry.field(default_factory=list)


@strawberry.input(description="Another place in the form: in a group, before another or at the end.")
class MoveChange:
    """Without a group in none."""

    characteristic: str
    group: str | None = None
    before: str | None = None


@strawberry.input(description="Other groups of the form, in this order.")
class RegroupChange:
    """Characteristics of a group that is gone stand in none."""

    groups: list[GroupInput]


@strawberry.input(description="Exactly one of these.")
class DefinitionChange:
    """Changes are carried out one after the other: each sees what the one before has made."""

    add: AddChange | None = None
    rename: RenameChange | None = None
    require: RequireChange | None = None
    retire: RetireChange | None = None
    filter: FilterChange | None = None
    limit: LimitChange | None = None
    convert: ConvertChange | None = None
    offer: OfferChange | None = None
    split: SplitChange | None = None
    close: CloseChange | None = None
    retype: RetypeChange | None = None
    repeat: RepeatChange | None = None
    describe: DescribeChange | None = None
    draw: DrawChange | None = None
    disclose: DiscloseChange | None = None
    ask: AskChange | None = None
    move: MoveChange | None = None
    regroup: RegroupChange | None = None


def written(changes: Sequence[DefinitionChange]) -> list[Mapping[str, Any]]:
    """The changes as the domain reads them; InvalidInput `ONE_CHANGE_EACH`."""
    found = [plain(each) for each in changes]
    issues = [
        Issue("ONE_CHANGE_EACH", ("input", "changes", place))
        for place, each in enumerate(found)
        if len(each) != 1
    ]
    if issues:
        raise InvalidInput(issues)
    return [{"kind": kind, **said} for each in found for kind, said in each.items()]


def plain(given: Any) -> Any:
    """An input without what was not given; a whole number is an integer."""
    if isinstance(given, list):
        return [plain(each) for each in given]
    if isinstance(given, float) and given.is_integer():
        return int(given)
    if isinstance(given, Enum) or not is_dataclass(given):
        return given
    values = {each.name: getattr(given, each.name) for each in fields(given)}
    return {name: plain(value) for name, value in values.items() if value is not None}
