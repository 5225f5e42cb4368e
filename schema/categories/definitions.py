"""How a category defines its characteristics: enough to draw a form and to check it."""

from collections.abc import Mapping
from typing import Any

from domain.categories import WIDGETS, CharacteristicType, Widget
from execution.fields import computed, stored, value
from schema.characteristics import unit_text
from schema.values import LocalisedText

Plain = Mapping[str, Any]


def conditions(record: Plain) -> list[Plain]:
    """What it hangs on; definitions from before there were conditions have none."""
    found: list[Plain] = record.get("when") or []
    return found


def facetable(record: Plain) -> bool:
    """Whether the catalogue counts its answers; older definitions don't say."""
    return bool(record.get("facetable"))


def group(record: Plain) -> str | None:
    """The part of the form it stands in, if any."""
    return record.get("group")


def help_text(record: Plain) -> Plain | None:
    """What helps to answer, if anything."""
    return record.get("help")


def widget(record: Plain) -> str:
    """How a form asks: as the definition says, or as is usual for the type."""
    return str(record.get("widget") or WIDGETS[CharacteristicType(record["type"])][0])


def reference(record: Plain) -> str | None:
    """The type of reference data whose codes are answers."""
    return record.get("reference")


def repeatable(record: Plain) -> bool:
    """Whether several answers may be given; older definitions don't say."""
    return bool(record.get("repeatable"))


@value(description="A part of a category's form under a heading of its own.")
class CharacteristicGroup:
    """Characteristics name it by its code."""

    code: str = stored()
    name: LocalisedText = stored("names")


@value(description="One of the answers a choice allows.")
class CharacteristicChoice:
    """Its code goes into filters and answers."""

    code: str = stored()
    name: LocalisedText = stored("names")
    retired: bool = stored(description="Readable on old listings, not accepted any more.")


@value(description="Holds if another characteristic of the category was answered, and so.")
class CharacteristicCondition:
    """Without options, flag and limits every answer will do."""

    characteristic: str = stored(name="definitionId", description="Of an earlier characteristic.")
    options: list[str] = stored(description="One of these choices was taken.")
    flag: bool | None = stored()
    minimum: float | None = stored()
    maximum: float | None = stored()


@value(description="A characteristic as its category defines it: enough to draw and check a form.")
class CharacteristicDefinition:
    """`id` never changes; `code` is what answers and filters name."""

    id: str = stored(name="definitionId")
    code: str = stored()
    name: LocalisedText = stored("names")
    type: CharacteristicType = stored()
    unit: str | None = stored()
    unit_text: str | None = computed(unit_text)
    minimum: float | None = stored()
    maximum: float | None = stored()
    decimals: int = stored()
    max_length: int | None = stored()
    pattern: str | None = stored(description="A regular expression that a text matches as a whole.")
    required: bool = stored(description="Asked for when a listing is published.")
    choices: list[CharacteristicChoice] = stored(description="Of a reference: the codes as they stand today.")
    reference: str | None = computed(reference, description="The type of reference data that answers are of.")
    repeatable: bool = computed(repeatable, description="Takes up to 20 different answers.")
    when: list[CharacteristicCondition] = computed(
        conditions, reads=("when",), description="Asked for if all of these hold; else it takes no answer."
    )
    filterable: bool = stored()
    facetable: bool = computed(facetable, description="Counted in the catalogue by its answers.")
    highlighted: bool = stored()
    public: bool = stored(description="Answers to others are seen by their supplier alone.")
    retired: bool = stored()
    group: str | None = computed(group, description="The code of one of the category's groups.")
    help: LocalisedText | None = computed(help_text, description="Shown beside the field.")
    widget: Widget = computed(widget)
