"""Characteristics: how a category defines them, and what a listing answers."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from documents import categories
from domain.categories import (
    NAMED,
    NUMBERS,
    TEXTS,
    Category,
    Characteristic,
    CharacteristicType,
)
from domain.texts import Language, text
from execution.fields import computed, stored, value
from resolvers.categories import Hidden, hidden_since
from resolvers.context import Context
from resolvers.reference import knowing

Plain = Mapping[str, Any]
ANSWERED = ("category", "definition_version", "characteristics")
"""What of a listing its characteristics are read from."""


def unit_text(record: Plain, context: Context) -> str | None:
    """The unit as a person reads it."""
    return text(f"units.{record['unit']}", context.language) if record.get("unit") else None


def number(record: Plain) -> float | None:
    """A number in the unit of the definition; a zero has no sign."""
    several = isinstance(record["value"], list)
    return record["value"] or 0 if record["type"] in NUMBERS and not several else None


def numbers(record: Plain) -> list[float] | None:
    """Several numbers, or the only one."""
    return _listed(record["value"]) if record["type"] in NUMBERS else None


def boolean(record: Plain) -> bool | None:
    """Yes or no."""
    return record["value"] if record["type"] == CharacteristicType.boolean else None


def choices(record: Plain) -> list[str] | None:
    """The codes chosen, one or several."""
    return _listed(record["value"]) if record["type"] in NAMED else None


def _listed(answer: Any) -> list[Any]:
    return answer if isinstance(answer, list) else [answer]


@value(description="A listing's answer to one characteristic.")
class CharacteristicValue:
    """`value` reads well in every type; the typed fields are for programs."""

    code: str = stored()
    name: str = stored(description="In the language asked for.")
    value: str = stored("shown", description="As a person reads it, without the unit.")
    unit: str | None = stored(description="As a person reads it.")
    number: float | None = computed(number)
    boolean: bool | None = computed(boolean)
    choices: list[str] | None = computed(choices, description="Codes of choices or of reference data.")
    numbers: list[float] | None = computed(numbers, description="All of several, in the same unit.")
    values: list[str] = stored("each", description="Each of several answers as a person reads it.")


def characteristics_of(
    context: Context, records: Sequence[Plain]
) -> list[list[Plain]] | Awaitable[list[list[Plain]]]:
    """The answers of many listings, each under the definition it was written for."""
    keys = {(record["category"], record["definition_version"]) for record in records}
    known = categories.remembered(keys)
    if known is None or any(known[key].references for key in keys):
        return _loaded(keys, context, records)
    return _told_all(known, context, records)


def published_characteristics(
    context: Context, records: Sequence[Plain]
) -> list[list[Plain]] | Awaitable[list[list[Plain]]]:
    """The answers of many published listings that the newest definitions show."""
    told = characteristics_of(context, records)
    if isinstance(told, Awaitable):
        return _shown_of(told, context, records)
    hidden = hidden_since(context, records)
    if isinstance(hidden, Awaitable):
        return _shown_then(hidden, records, told)
    return _without(hidden, records, told)


async def _shown_of(
    told: Awaitable[list[list[Plain]]], context: Context, records: Sequence[Plain]
) -> list[list[Plain]]:
    answers = await told
    hidden = hidden_since(context, records)
    return _without(await hidden if isinstance(hidden, Awaitable) else hidden, records, answers)


async def _shown_then(
    hidden: Awaitable[Hidden], records: Sequence[Plain], told: list[list[Plain]]
) -> list[list[Plain]]:
    return _without(await hidden, records, told)


def _without(hidden: Hidden, records: Sequence[Plain], told: list[list[Plain]]) -> list[list[Plain]]:
    if not hidden:
        return told
    codes = [hidden.get((record["category"], record["definition_version"]), ()) for record in records]
    return [
        [each for each in answers if each["code"] not in gone] if gone else answers
        for answers, gone in zip(told, codes, strict=True)
    ]


async def _loaded(
    keys: Collection[tuple[str, int]], context: Context, records: Sequence[Plain]
) -> list[list[Plain]]:
    known = await categories.by_versions(keys)
    ready = await knowing(context, [known[key] for key in keys])
    return _told_all(dict(zip(keys, ready, strict=True)), context, records)


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
        self._each = _each(item, language)
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
        each = self._each(value)
        return {**self._known, "value": value, "shown": ", ".join(each), "each": each}


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
    several = item.repeatable or item.type in (
        CharacteristicType.multi_choice,
        CharacteristicType.localised_text,
    )
    return TellingSeveral if several else Telling


Shown = Callable[[Any], str]


def _each(item: Characteristic, language: Language) -> Callable[[Any], list[str]]:
    """How each of several answers reads, or the only one."""
    shown = _shown(item, language)
    return lambda answer: [shown(one) for one in _listed(answer)]


def _shown(item: Characteristic, language: Language) -> Shown:
    """How answers to a characteristic read in a language."""
    names = {choice.code: getattr(choice.names, language) for choice in item.choices}
    yes, no = text("labels.yes", language), text("labels.no", language)
    by_type: dict[CharacteristicType, Shown] = {
        CharacteristicType.boolean: lambda answer: yes if answer else no,
        CharacteristicType.localised_text: lambda answer: _in_language(answer, language),
    }
    by_type |= dict.fromkeys(NAMED, lambda answer: str(names.get(answer, answer)))
    return by_type.get(item.type, _plainly)


def _in_language(answer: Any, language: Language) -> str:
    return str(answer.get(language) or answer.get("ru") or answer.get("kk") or "")


def _plainly(answer: Any) -> str:
    """Equal numbers read alike, whatever their type: they are looked up by value."""
    if isinstance(answer, float):
        return f"{answer + 0.0:.15g}"
    return str(int(answer)) if isinstance(answer, bool) else str(answer)
