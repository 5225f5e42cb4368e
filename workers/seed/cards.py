"""Made-up listings that read like real cards; the n-th is the same however many are asked for."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from domain.categories import AnswerValue, Characteristic, CharacteristicType, CharacteristicValue
from domain.categories.conditions import asked
from domain.money import tenge
from workers.seed.documents import SeedDocument, documents_of
from workers.seed.people import given_names
from workers.seed.places import Names, Place, atlas
from workers.seed.suppliers import SeedSupplier
from workers.seed.templates import EVERY_DISTRICT, LANGUAGES, Sentence, Template, templates

HAND_SIZED = 500
"""The first cards are the demonstration; later ones carry the words, common and rare, of a large set."""

_GIVEN_THOUGH_OPTIONAL = 0.85
_WITH_ENGLISH = 0.3
_WITH_SERIES = 0.6
_STEMS = ("Ақ", "Көк", "Қара", "Сары", "Алтын", "Күміс", "Жаңа", "Ұлы", "Биік", "Жасыл", "Қызыл", "Кең")
_ENDS = ("тау", "дала", "су", "жол", "қала", "бұлақ", "тас", "ағаш", "көл", "бел", "жар", "төбе", "сай")
RARE_WORDS = tuple(stem + end for stem in _STEMS for end in _ENDS)
"""Series of the large set: the first is in five of a hundred cards, the last in two of a thousand."""


@dataclass(frozen=True, slots=True)
class SeedHelper:
    """A person named on a card; the name is personal."""

    name: str
    role: Names
    qualification: Names


@dataclass(frozen=True, slots=True)
class SeedListing:
    """A finished card: `supplier` is the supplier's place in the list, `price` is in tiyn for one unit."""

    number: int
    supplier: int
    direction: str
    category: str
    definition_version: int
    title: Names
    description: Names
    price: int
    regions: list[str]
    characteristics: list[CharacteristicValue]
    people: tuple[SeedHelper, ...]
    documents: tuple[SeedDocument, ...]


def generate_listings(
    suppliers: Sequence[SeedSupplier], count: int, *, seed: int, start: int = 0
) -> Iterator[SeedListing]:
    """Cards `start` to `count` - 1, one by one; the same seed and suppliers give the same cards."""
    rng = Random()  # noqa: S311 — made-up cards, the same every time
    sellers = _by_direction(suppliers)
    offered = [template for template in templates() if template.category.direction in sellers]
    weights = list(accumulate(template.weight for template in offered))
    for number in range(start, count):
        rng.seed(seed * 1_000_003 + number)
        template = rng.choices(offered, cum_weights=weights)[0]
        place = rng.choice(sellers[template.category.direction])
        yield _listing(rng, template, number, place, suppliers[place])


def _by_direction(suppliers: Sequence[SeedSupplier]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, supplier in enumerate(suppliers):
        for direction in supplier.directions:
            found.setdefault(direction, []).append(place)
    return found


def _listing(rng: Random, template: Template, number: int, place: int, supplier: SeedSupplier) -> SeedListing:
    home = atlas().places[supplier.region]
    values = _values(rng, template, home)
    title, description = _texts(rng, template, values, home, number)
    category = template.category
    return SeedListing(
        number=number,
        supplier=place,
        direction=category.direction.value,
        category=category.code,
        definition_version=category.version,
        title=title,
        description=description,
        price=_price(rng, template, values),
        regions=_regions(rng, supplier),
        characteristics=[
            {"code": item.code, "value": values[item.code]}
            for item in category.characteristics
            if item.code in values
        ],
        people=_people(rng, template),
        documents=documents_of(rng, template.documents),
    )


def _price(rng: Random, template: Template, values: dict[str, AnswerValue]) -> int:
    """A price in tiyn; the low ones come more often."""
    chosen = (price for (code, value), price in template.prices.items() if values.get(code) == value)
    low, high, step = next(chosen, template.price)
    return tenge(low + int((high - low) / step * rng.random() ** 2) * step)


def _regions(rng: Random, supplier: SeedSupplier) -> list[str]:
    """All of a national supplier's regions; of another one its own and some of those it also serves."""
    if supplier.national or rng.random() < 0.5:  # noqa: PLR2004 — half of the cards
        return list(supplier.coverage)
    others = [code for code in supplier.coverage if code != supplier.region]
    return sorted([supplier.region, *rng.sample(others, rng.randint(0, len(others)))])


def _values(rng: Random, template: Template, home: Place) -> dict[str, AnswerValue]:
    values: dict[str, AnswerValue] = {}
    fitting: dict[str, tuple[Any, ...]] = {}
    for item in template.characteristics:
        options = fitting.get(item.code, template.options[item.code])
        if not options or not (item.required or rng.random() < _GIVEN_THOUGH_OPTIONAL):
            continue
        value = _value(rng, item, options, home)
        values[item.code] = value
        if isinstance(value, str):
            fitting.update(template.fit.get((item.code, value), {}))
    needed = asked(template.category.characteristics, lambda item: values.get(item.code))
    return {code: value for code, value in values.items() if needed[code]}


def _value(rng: Random, item: Characteristic, options: tuple[Any, ...], home: Place) -> AnswerValue:
    chosen: Any = rng.choice(options)
    if chosen == EVERY_DISTRICT:
        return _districts(rng, home)
    if item.type is not CharacteristicType.multi_choice:
        return dict(chosen) if isinstance(chosen, dict) else chosen
    if isinstance(chosen, list):
        return list(chosen)
    picked = rng.sample(options, rng.randint(min(2, len(options)), min(4, len(options))))
    return sorted(picked, key=options.index)


def _districts(rng: Random, home: Place) -> dict[str, str]:
    some = rng.sample(home.districts, rng.randint(1, min(3, len(home.districts))))
    return {
        language: ", ".join(place[language] for place in (home.centre, *some)) for language in ("kk", "ru")
    }


def _words(
    values: dict[str, AnswerValue], spoken: Collection[str], names: dict[str, Names], language: str
) -> dict[str, str]:
    """What stands for each answer that is spoken of, in a language."""
    own = names[language]
    return {code: _worded(values[code], own, language) for code in spoken}


@cache
def _choice_names(category: str) -> dict[str, Names]:
    """Names of all choices of a category by `language`; codes of choices mean the same within a category."""
    [definition] = [one.category for one in templates() if one.category.code == category]
    choices = [choice for item in definition.characteristics for choice in item.choices]
    return {
        language: {choice.code: getattr(choice.names, language) for choice in choices}
        for language in LANGUAGES
    }


def _worded(value: AnswerValue, names: Names, language: str) -> str:
    if isinstance(value, float):
        return f"{value:g}" if language == "en" else f"{value:g}".replace(".", ",")
    if isinstance(value, list):
        return ", ".join(names[code] for code in value)
    if isinstance(value, dict):
        return value.get(language, value["ru"])
    return names.get(value, value) if isinstance(value, str) else str(value)


def _texts(
    rng: Random, template: Template, values: dict[str, AnswerValue], home: Place, number: int
) -> tuple[Names, Names]:
    """Title and description; a title sometimes in English as well."""
    heading = rng.choice([title for title in template.titles if title.fits(values)])
    said = _said(rng, template, values)
    series = rng.choice(template.series)
    model = f"{series} {rng.choice('АБВГДКЛМНРСТ')}-{rng.randint(100, 999)}"
    spoken = heading.needs.union(*(one.needs for one in said))
    names = _choice_names(template.category.code)
    title, description = {}, {}
    for language in LANGUAGES if rng.random() < _WITH_ENGLISH else LANGUAGES[:2]:
        words = _words(values, spoken, names, language)
        words |= {"model": model, "name": series, "city": home.centre.get(language, home.centre["ru"])}
        title[language] = _capitalised(heading.texts[language].format_map(words))
        if language in said[0].texts:
            description[language] = " ".join(
                _capitalised(one.texts[language].format_map(words)) for one in said
            )
    if number >= HAND_SIZED and rng.random() < _WITH_SERIES:
        rare = RARE_WORDS[int(len(RARE_WORDS) * rng.random() ** 2)]
        title |= {"kk": f"{title['kk']}, «{rare}» сериясы", "ru": f"{title['ru']}, серия «{rare}»"}
    return title, description


def _said(rng: Random, template: Template, values: dict[str, AnswerValue]) -> list[Sentence]:
    """Three to five sentences that fit, in their order; those always said among them."""
    always = [one for one in template.sentences if one.always]
    fitting = [one for one in template.sentences if not one.always and one.fits(values)]
    chosen = sorted(rng.sample(range(len(fitting)), min(len(fitting), rng.randint(3, 5) - len(always))))
    return [fitting[place] for place in chosen] + always


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _people(rng: Random, template: Template) -> tuple[SeedHelper, ...]:
    if template.role is None:
        return ()
    return tuple(
        SeedHelper(given_names(rng), dict(template.role), dict(rng.choice(template.qualifications)))
        for _ in range(rng.randint(1, 2))
    )
