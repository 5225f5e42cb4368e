"""Rows: a listing as cells, cells as what a supplier writes on a card, and where a fault stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.categories import Characteristic
from domain.categories.readers import key_of
from domain.errors import InvalidInput, Issue, Path
from domain.imports.cells import Raw, Value, read_cell
from domain.imports.columns import NAMING, Column, Part
from domain.texts import Language

ROWS_MAX = 50_000
"""Rows of one file."""
COLUMNS_MAX = 620
"""Columns of one file: as many as a category of 200 characteristics has, each in three languages."""
FAULTS_EACH = 20
"""More faults of one row are not listed."""

Values = Mapping[str, Value]
"""Values by the names of their columns."""


class ImportPolicy(StrEnum):
    """What becomes of an import in which something is wrong."""

    reject_all = "reject_all"
    reject_failed_rows = "reject_failed_rows"
    ignore_failed_fields = "ignore_failed_fields"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its number there, and its cells by column; `faults` were found while it was read."""

    number: int
    cells: Mapping[str, Raw]
    faults: Sequence[Issue] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """A row as it is meant: which listing by `key`, `id`, `version`, and the values of its card."""

    number: int
    naming: Values
    values: Values
    faults: Sequence[Issue] = ()
    naming_faults: Sequence[Issue] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What a row makes of a card: its checked content, or None where the row is refused; and every fault."""

    content: Mapping[str, Any] | None
    faults: Sequence[Issue] = ()


def read_row(columns: Mapping[str, Column], row: Row) -> Meant:
    """The row's cells as typed values; a cell that can't be meant is a fault, and its value is missing."""
    naming: dict[str, Value] = {}
    values: dict[str, Value] = {}
    faults = [fault for fault in row.faults if fault.path[-1] not in NAMING]
    naming_faults = [fault for fault in row.faults if fault.path[-1] in NAMING]
    for name, raw in row.cells.items():
        column = columns[name]
        of_naming = column.part in NAMING
        try:
            (naming if of_naming else values)[name] = read_cell(column, raw, row.number)
        except InvalidInput as found:
            (naming_faults if of_naming else faults).extend(found.issues)
    return Meant(row.number, naming, values, faults, naming_faults)


def card_values(columns: Iterable[Column], card: Mapping[str, Any]) -> dict[str, Value]:
    """A listing's content as values by column: the inverse of `card_of`, but for answers without a column."""
    answers = {answer["code"]: answer["value"] for answer in card["characteristics"]}
    found: dict[str, Value] = {}
    for column in columns:
        if column.part in NAMING:
            continue
        value = answers.get(column.item.code) if column.item else card[column.part]
        if column.language is not None:
            value = value.get(column.language) if isinstance(value, Mapping) else None
        found[column.name] = _plain(value)
    return found


def _plain(value: Any) -> Value:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    found: Value = list(value) or None if isinstance(value, list) else value
    return found


def card_of(columns: Iterable[Column], values: Values) -> dict[str, Any]:
    """Values as the arguments of a `CardInput`."""
    title: dict[str, Any] = {}
    description: dict[str, Any] = {}
    answers: dict[str, dict[str, Any]] = {}
    for column in columns:
        value = values.get(column.name)
        if value is None:
            continue
        if column.item is not None:
            _answer(answers, column.item, column.language, value)
        elif column.language is not None:
            (title if column.part is Part.heading else description)[column.language.value] = value
    return {
        "title": title,
        "description": description,
        "price": values.get(Part.price),
        "regions": values.get(Part.regions) or [],
        "characteristics": list(answers.values()),
    }


def _answer(
    answers: dict[str, dict[str, Any]], item: Characteristic, language: Language | None, value: Value
) -> None:
    key = key_of(item)
    answer = answers.setdefault(item.code, {"code": item.code})
    if language is None:
        answer[key] = value
    else:
        answer.setdefault(key, {})[language.value] = value


def column_at(columns: Iterable[Column], path: Path) -> str | None:
    """The column that a fault of a card stands in; of a whole localised text the first of its columns."""
    of_answer = path[0] == "characteristics"
    place = path[1:] if of_answer else path
    found = [column for column in columns if place and _holds(column, str(place[0]), of_answer=of_answer)]
    exact = [column for column in found if column.language in place[1:]]
    return next((column.name for column in exact or found), None)


def _holds(column: Column, named: str, *, of_answer: bool) -> bool:
    if column.item is None:
        return not of_answer and column.part == named
    return of_answer and column.item.code == named


Check = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""The card's content, checked as when it is written by hand; InvalidInput with paths into the card."""


def judge(columns: Sequence[Column], meant: Meant, before: Values, check: Check, *, lenient: bool) -> Judged:
    """The content of a row laid over what the listing had before, and the faults of either.

    A column that the file doesn't have, and with `lenient` a cell that is wrong, leave what was there before.
    """
    faults = list(meant.faults)
    if faults and not lenient:
        return Judged(None, [*faults, *_also(columns, meant, before, check)])
    values = dict(before) | dict(meant.values)
    while True:
        try:
            return Judged(check(card_of(columns, values)), faults)
        except InvalidInput as found:
            issues = [placed_at(columns, meant.number, one) for one in found.issues]
            if not lenient:
                return Judged(None, issues)
            faults += issues
            if not _leave_out(values, before, issues):
                return Judged(None, faults)


def _also(columns: Sequence[Column], meant: Meant, before: Values, check: Check) -> list[Issue]:
    """Further faults of a row that is refused for its cells: its author mends them all at once."""
    wrong = {fault.path[-1] for fault in meant.faults}
    try:
        check(card_of(columns, dict(before) | dict(meant.values)))
    except InvalidInput as found:
        return [
            one
            for one in (placed_at(columns, meant.number, each) for each in found.issues)
            if one.path[-1] not in wrong
        ]
    return []


def placed_at(columns: Sequence[Column], row: int, issue: Issue) -> Issue:
    """A fault of a card as a fault of the cell of a row."""
    name = column_at(columns, issue.path)
    return Issue(issue.code, ("rows", row, name or str(issue.path[0])), issue.params)


def _leave_out(values: dict[str, Value], before: Values, issues: Sequence[Issue]) -> bool:
    """Put back what was there before, and where that is wrong as well, nothing; False when all is so."""
    changed = False
    for name in {str(issue.path[-1]) for issue in issues} & values.keys():
        former = before.get(name)
        kept = former if values[name] != former else None
        changed = changed or values[name] is not None
        values[name] = kept
    return changed
