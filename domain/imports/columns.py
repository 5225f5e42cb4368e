"""Columns of a category's tables, for import and export alike: they follow from its definition (B2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from domain.categories import Category, Characteristic, CharacteristicType
from domain.errors import Issue
from domain.texts import Language, text

HEADER_ROW = 1
HEADING_MAX = 300
"""Characters of a heading; a longer one is nobody's."""
HEADING_FAULTS = 100
"""So many faults of headings are listed: all of them are noted in one transaction."""
_SHOWN = 60
"""Characters of a stranger's heading that are repeated to him."""


class Part(StrEnum):
    """What of a listing a column holds."""

    key = "key"
    id = "id"
    version = "version"
    heading = "title"
    description = "description"
    price = "price"
    regions = "regions"
    answer = "answer"


NAMING = frozenset({Part.key, Part.id, Part.version})
"""Parts that say which listing a row is about."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name for programs, and what it holds.

    `language` is that of a localised text, `item` the characteristic answered, `choices` the codes of its
    choices by what people and programs may write for them.
    """

    name: str
    part: Part
    language: Language | None = None
    item: Characteristic | None = None
    choices: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def unit(self) -> str | None:
        """The unit that its numbers are in."""
        return self.item.unit if self.item else None

    @property
    def header(self) -> str:
        """What stands above it: the name, and the unit in brackets."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    def label(self, reader: Language) -> str:
        """What it is called for a person."""
        named = getattr(self.item.names, reader) if self.item else text(f"labels.column_{self.part}", reader)
        unit = f", {text(f'units.{self.unit}', reader)}" if self.unit else ""
        return f"{named}{unit}" + (f" ({self.language})" if self.language else "")


def columns_of(definition: Category) -> list[Column]:
    """Every column of a category: which listing, its card, then the answers that may still be given.

    A characteristic's column has its code for a name, unless another column has that name already.
    """
    made = [Column("key", Part.key), Column("id", Part.id), Column("version", Part.version)]
    made += [
        Column(f"{part}_{language}", part, language)
        for part in (Part.heading, Part.description)
        for language in Language
    ]
    made += [Column("price", Part.price), Column("regions", Part.regions)]
    taken = {column.name for column in made}
    for item in definition.characteristics:
        for column in () if item.retired else _answered(item, taken):
            taken.add(column.name)
            made.append(column)
    return made


def _answered(item: Characteristic, taken: set[str]) -> list[Column]:
    if item.type is not CharacteristicType.localised_text:
        return [Column(_free(item.code, taken), Part.answer, None, item, _choices(item))]
    return [
        Column(_free(f"{item.code}_{language}", taken), Part.answer, language, item) for language in Language
    ]


def _choices(item: Characteristic) -> Mapping[str, str]:
    """By code and by name in any language; a name that two choices have names neither."""
    named: dict[str, set[str]] = {}
    for choice in item.choices:
        for language in Language:
            named.setdefault(getattr(choice.names, language).casefold(), set()).add(choice.code)
    unique = {name: next(iter(codes)) for name, codes in named.items() if len(codes) == 1}
    return unique | {choice.code: choice.code for choice in item.choices}


def _free(name: str, taken: set[str]) -> str:
    return f"answer.{name}" if name in taken else name


def placed(columns: Sequence[Column], header: Sequence[object]) -> tuple[list[Column | None], list[Issue]]:
    """The column below each heading, and what is wrong with the headings; an empty one has no column."""
    known = {column.name: column for column in columns}
    found: list[Column | None] = []
    issues: list[Issue] = []
    for raw in header:
        written = "" if raw is None else str(raw)
        name, unit = _parts(written)
        column = known.get(name)
        if name:
            issues += _faults(written.strip()[:_SHOWN], column, unit, found)
        found.append(column)
    if not any(found) and not issues:
        issues.append(Issue("IMPORT_NO_HEADER", ("rows", HEADER_ROW)))
    return found, issues[:HEADING_FAULTS]


def _parts(written: str) -> tuple[str, str | None]:
    """Name and unit of a heading. No pattern: one would try a long heading in every way."""
    bare = written.strip()
    name, opened, unit = bare.rpartition("[")
    if len(bare) > HEADING_MAX or not opened or not unit.endswith("]"):
        return bare.lower(), None
    return name.strip().lower(), unit[:-1].strip()


def _faults(
    written: str, column: Column | None, unit: str | None, before: Sequence[Column | None]
) -> list[Issue]:
    path = ("rows", HEADER_ROW, written)
    if column is None:
        return [Issue("IMPORT_UNKNOWN_COLUMN", path, {"column": written})]
    if column in before:
        return [Issue("IMPORT_COLUMN_TWICE", path, {"column": written})]
    if unit is not None and unit != column.unit:
        return [Issue("IMPORT_COLUMN_UNIT", path, {"column": written, "expected": column.header})]
    return []
