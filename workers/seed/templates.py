"""How cards of a category are worded, and which answers they usually have; compiled once, used many times."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from domain.categories import AnswerValue, Category, Characteristic, CharacteristicType
from workers.seed.categories import load_categories
from workers.seed.places import Names

FOLDER = Path(__file__).parent / "data" / "cards"
EVERY_DISTRICT = "*"
LANGUAGES = ("kk", "ru", "en")
_SMALL_RANGE = 8
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CONDITION = re.compile(r"(!?)(\w+)(?:([=>])(\w+))?")

Values = Mapping[str, AnswerValue]
Options = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text in both languages, the answers it speaks of, and when it may be said."""

    texts: Names
    needs: frozenset[str]
    suits: Callable[[Values], bool]
    always: bool = False

    def fits(self, values: Values) -> bool:
        """Whether a card with these answers can say it."""
        return self.suits(values) and self.needs <= values.keys()


@dataclass(frozen=True, slots=True)
class Template:
    """Everything a card of one category is made from; price in tenge as least, greatest, step.

    `prices` replaces `price` and `fit` replaces some of the options for cards with a certain choice.
    """

    category: Category
    weight: int
    price: tuple[int, int, int]
    prices: dict[tuple[str, AnswerValue], tuple[int, int, int]]
    series: tuple[str, ...]
    titles: tuple[Sentence, ...]
    sentences: tuple[Sentence, ...]
    characteristics: tuple[Characteristic, ...]
    options: dict[str, Options]
    fit: dict[tuple[str, AnswerValue], dict[str, Options]]
    role: Names | None
    qualifications: tuple[Names, ...]
    documents: tuple[str, ...]


@cache
def templates() -> tuple[Template, ...]:
    """Templates of all shipped categories."""
    rows = [
        row
        for file in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(file.read_text("utf-8"))["card"]
    ]
    return compiled(rows, load_categories())


def compiled(rows: Iterable[Mapping[str, Any]], categories: Iterable[Category]) -> tuple[Template, ...]:
    """A template of each row; ValueError where a row doesn't match its category, or a category has none."""
    waiting = {category.code: category for category in categories}
    found = tuple(_template(waiting.pop(row["category"]), row) for row in rows)
    if waiting:
        raise ValueError(f"no cards for {', '.join(waiting)}")
    return found


def _template(category: Category, row: Mapping[str, Any]) -> Template:
    values = row["values"]
    fit = {_condition_key(key): _tuples(rules) for key, rules in row.get("fit", {}).items()}
    deciding = {code for code, _ in fit}
    stray = [code for rules in (values, *fit.values()) for code in rules if code not in category.by_code]
    if stray:
        raise ValueError(f"{category.code} has no characteristic {', '.join(stray)}")
    return Template(
        category=category,
        weight=row["weight"],
        price=tuple(row["price"]),
        prices={_condition_key(key): tuple(price) for key, price in row.get("prices", {}).items()},
        series=tuple(row["series"]),
        titles=tuple(_sentence(category, title) for title in row["titles"]),
        sentences=tuple(_sentence(category, sentence) for sentence in row["sentences"]),
        characteristics=tuple(sorted(category.characteristics, key=lambda item: item.code not in deciding)),
        options={item.code: _options(item, values.get(item.code)) for item in category.characteristics},
        fit=fit,
        role=row.get("role"),
        qualifications=tuple(row.get("qualifications", ())),
        documents=tuple(row["documents"]),
    )


def _tuples(rules: Mapping[str, list[Any]]) -> dict[str, Options]:
    return {code: tuple(options) for code, options in rules.items()}


def _condition_key(key: str) -> tuple[str, AnswerValue]:
    code, _, value = key.partition("=")
    return code, value


def _options(item: Characteristic, given: list[Any] | None) -> Options:
    """What a card may answer; several choices without a list of sets are drawn from all of them."""
    if given is not None:
        return tuple(float(one) for one in given) if item.type is CharacteristicType.decimal else tuple(given)
    if item.choices:
        return tuple(choice.code for choice in item.choices)
    if item.type is CharacteristicType.boolean:
        return (True, False)
    low, high = item.bounds
    if high - low > _SMALL_RANGE:
        raise ValueError(f"the cards say nothing about {item.code}")
    return tuple(range(int(low), int(high) + 1))


def _sentence(category: Category, row: Mapping[str, Any]) -> Sentence:
    texts = {language: row[language] for language in LANGUAGES if language in row}
    mentioned = {code for wording in texts.values() for code in _PLACEHOLDER.findall(wording)}
    needs = frozenset(mentioned & category.by_code.keys())
    unknown = mentioned - needs - {"model", "name", "city"}
    if unknown:
        raise ValueError(f"{category.code}: nothing to put in place of {', '.join(unknown)}")
    return Sentence(texts, needs, _condition(row.get("when")), row.get("always", False))


def _condition(when: str | None) -> Callable[[Values], bool]:
    """`code`: yes; `!code`: a plain no; `code=value`; `code>number`."""
    parts = _CONDITION.fullmatch(when) if when else None
    if parts is None:
        return lambda _: True
    negated, code, operator, value = parts.groups()
    if operator == ">":
        return lambda values: isinstance(found := values.get(code), int) and found > int(value)
    wanted: AnswerValue = value if operator else not negated
    return lambda values: values.get(code) == wanted
