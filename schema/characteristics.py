"""Characteristics: how a category defines them, and what a listing answers."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from documents import categories
from domain.categories import NUMBERS, TEXTS, WIDGETS, Category, Characteristic, CharacteristicType, Widget
from domain.texts import Language, text
from execution.fields import computed, stored, value
from resolvers.context import Context
from schema.values import LocalisedText

Plain = Mapping[str, Any]
ANSWERED = ("category", "definition_version", "characteristics")
"""What of a listing its characteristics are read from."""


def unit_text(record: Plain, context: Context) -> str | None:
    """The unit as a person reads it."""
    return text(f"units.{record['unit']}", context.language) if record.get("unit") else None


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
    choices: list[CharacteristicChoice] = stored()
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


def number(record: Plain) -> float | None:
    """A number in the unit of the definition; a zero has no sign."""
    return record["value"] or 0 if record["type"] in NUMBERS else None


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


def characteristics_of(
    context: Context, records: Sequence[Plain]
) -> list[list[Plain]] | Awaitable[list[list[Plain]]]:
    """The answers of many listings, each under the definition it was written for."""
    keys = {(record["category"], record["definition_version"]) for record in records}
    known = categories.remembered(keys)
    return _loaded(keys, context, records) if known is None else _told_all(known, context, records)


async def _loaded(
    keys: Collection[tuple[str, int]], context: Context, records: Sequence[Plain]
) -> list[list[Plain]]:
    return _told_all(await categories.by_versions(keys), context, records)


def _told_all(
    known: Mapping[tuple[str, int], Category], context: Context, records: Sequence[Plain]
) -> list[list[Plain]]:
    return [
        _answers(
            known[record["category"], record["definition_version"]],
            record["characteristics"],
            context.language,
        )
        for record in records
    ]


def told(definition: Category, code: str, value: Any, language: Language) -> Plain:
    """One answer with its name, its unit and how it reads."""
    return _told(definition, language)[code].tell(value)


def _answers(definition: Category, answers: Sequence[Plain], language: Language) -> list[Plain]:
    told = _told(definition, language)
    try:
        return [told[answer["code"]][answer["value"]] for answer in answers]
    except TypeError:  # what does not fit its characteristic may not be looked up
        return [told[answer["code"]].tell(answer["value"]) for answer in answers]


def shown_answer(definition: Category | None, code: str, answer: Any, language: Language) -> str:
    """An answer as a person reads it, with its unit; as it is stored where nothing is known of its code."""
    telling = _told(definition, language).get(code) if definition else None
    if telling is None:
        return str(answer)
    told = telling.tell(answer)
    return f"{told['shown']} {told['unit']}" if told["unit"] else str(told["shown"])


class Telling(dict[Any, Plain]):
    """Answers to one characteristic in one language, by what was answered: listings repeat each other's."""

    def __init__(self, item: Characteristic, language: Language) -> None:
        self._shown = _shown(item, language)
        self._most = MOST_TEXTS if item.type in TEXTS else MOST_TOLD
        self._known = {
            "code": item.code,
            "type": item.type,
            "name": getattr(item.names, language),
            "unit": text(f"units.{item.unit}", language) if item.unit else None,
        }

    def __missing__(self, value: Any) -> Plain:
        self[value] = told = self.tell(value)
        return told

    def __setitem__(self, value: Any, told: Plain) -> None:
        if len(self) >= self._most:
            self.clear()
        super().__setitem__(value, told)

    def tell(self, value: Any) -> Plain:
        """The answer with its name, its unit and how it reads."""
        return {**self._known, "value": value, "shown": self._shown(value)}


class TellingSeveral(Telling):
    """Answers that are lists, or texts in several languages, by what is in them."""

    def __getitem__(self, value: Any) -> Plain:
        if type(value) not in (list, dict):
            return self.tell(value)
        key = tuple(value.items() if type(value) is dict else value)
        found = self.get(key)
        if found is None:
            found = self[key] = self.tell(value)
        return found


Told = Mapping[str, Telling]
"""By the code of the characteristic."""

_tables: OrderedDict[tuple[int, Language], tuple[Category, Told]] = OrderedDict()
"""By the definition itself, which each entry holds: a few of them tell all the answers of a page."""
_MOST_TABLES = 200
MOST_TOLD, MOST_TEXTS = 500, 50
"""Answers to one characteristic: texts are hardly ever the same."""


def _told(definition: Category, language: Language) -> Told:
    key = (id(definition), language)
    if key not in _tables:
        made = {item.code: _telling(item)(item, language) for item in definition.characteristics}
        _tables[key] = definition, made
        if len(_tables) > _MOST_TABLES:
            _tables.popitem(last=False)
    return _tables[key][1]


def _telling(item: Characteristic) -> type[Telling]:
    several = item.type in (CharacteristicType.multi_choice, CharacteristicType.localised_text)
    return TellingSeveral if several else Telling


Shown = Callable[[Any], str]


def _shown(item: Characteristic, language: Language) -> Shown:
    """How answers to a characteristic read in a language."""
    names = {choice.code: getattr(choice.names, language) for choice in item.choices}
    yes, no = text("labels.yes", language), text("labels.no", language)
    by_type: dict[CharacteristicType, Shown] = {
        CharacteristicType.boolean: lambda answer: yes if answer else no,
        CharacteristicType.localised_text: lambda answer: _in_language(answer, language),
        CharacteristicType.choice: lambda answer: str(names.get(answer, answer)),
        CharacteristicType.multi_choice: lambda answer: ", ".join(names.get(code, code) for code in answer),
    }
    return by_type.get(item.type, _plainly)


def _in_language(answer: Any, language: Language) -> str:
    return str(answer.get(language) or answer.get("ru") or answer.get("kk") or "")


def _plainly(answer: Any) -> str:
    """Equal numbers read alike, whatever their type: they are looked up by value."""
    if isinstance(answer, float):
        return f"{answer + 0.0:.15g}"
    return str(int(answer)) if isinstance(answer, bool) else str(answer)
