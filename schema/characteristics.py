"""Characteristics: how a category defines them, and what a listing answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from documents import categories
from domain.categories import Category, Characteristic, CharacteristicType
from domain.texts import Language, text
from execution.fields import computed, stored, value
from resolvers.context import Context
from schema.values import LocalisedText

Plain = Mapping[str, Any]
NUMBERS = (CharacteristicType.integer, CharacteristicType.decimal)


def unit_text(record: Plain, context: Context) -> str | None:
    """The unit as a person reads it."""
    return text(f"units.{record['unit']}", context.language) if record.get("unit") else None


@value(description="One of the answers a choice allows.")
class CharacteristicChoice:
    """Its code goes into filters and answers."""

    code: str = stored()
    name: LocalisedText = stored("names")
    retired: bool = stored(description="Readable on old listings, not accepted any more.")


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
    required: bool = stored(description="Asked for when a listing is published.")
    choices: list[CharacteristicChoice] = stored()
    filterable: bool = stored()
    highlighted: bool = stored()
    retired: bool = stored()


def number(record: Plain) -> float | None:
    """A number in the unit of the definition."""
    return record["value"] if record["type"] in NUMBERS else None


def boolean(record: Plain) -> bool | None:
    """Yes or no."""
    return record["value"] if record["type"] == CharacteristicType.boolean else None


def choices(record: Plain) -> list[str] | None:
    """The codes chosen, one or several."""
    if record["type"] == CharacteristicType.choice:
        return [record["value"]]
    return record["value"] if record["type"] == CharacteristicType.multi_choice else None


@value(description="A listing's answer to one characteristic.")
class CharacteristicValue:
    """`value` reads well in every type; the typed fields are for programs."""

    code: str = stored()
    name: str = stored(description="In the language asked for.")
    value: str = stored("shown", description="As a person reads it, without the unit.")
    unit: str | None = stored(description="As a person reads it.")
    number: float | None = computed(number)
    boolean: bool | None = computed(boolean)
    choices: list[str] | None = computed(choices)


async def characteristics_of(context: Context, records: Sequence[Plain]) -> Sequence[list[Plain]]:
    """The answers of many listings, each under the definition it was written for."""
    keys = [(record["category"], record["definition_version"]) for record in records]
    known = await categories.by_versions(keys)
    return [
        _answers(known[key], record["characteristics"], context.language)
        for key, record in zip(keys, records, strict=True)
    ]


def _answers(definition: Category, answers: Sequence[Plain], language: Language) -> list[Plain]:
    found = ((definition.by_code[answer["code"]], answer["value"]) for answer in answers)
    return [
        {
            "code": item.code,
            "type": item.type,
            "value": answer,
            "name": getattr(item.names, language),
            "shown": _shown(item, answer, language),
            "unit": text(f"units.{item.unit}", language) if item.unit else None,
        }
        for item, answer in found
    ]


def _shown(item: Characteristic, answer: Any, language: Language) -> str:
    if item.type is CharacteristicType.boolean:
        return text("labels.yes" if answer else "labels.no", language)
    if item.type is CharacteristicType.localised_text:
        return str(answer.get(language) or answer.get("ru") or answer.get("kk") or "")
    if item.type in (CharacteristicType.choice, CharacteristicType.multi_choice):
        names = {choice.code: getattr(choice.names, language) for choice in item.choices}
        return ", ".join(names.get(code, code) for code in ([answer] if isinstance(answer, str) else answer))
    return f"{answer:g}" if isinstance(answer, float) else str(answer)
