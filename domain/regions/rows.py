"""Rows of the КАТО workbook, read into places; every fault is named by its row and column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from domain.categories import is_readable
from domain.errors import Issue
from domain.regions.codes import FULL, is_code, lineage, short

ROWS_MAX = 50_000
"""Three times what the country has."""
NAME_MAX = 200
TYPES = frozenset("01234")
"""Kinds of places as the classifier numbers them: region, town, village, and the two mixed ones."""
HEADED_WITHIN = 10
"""Rows among which the headings must stand."""

Cell = str | int | float | None
Line = tuple[int, Sequence[Cell]]
"""A row with its number, from 1."""

_PARTS = {"ab": 2, "cd": 2, "ef": 2, "hij": 3}
_HEADINGS = {
    **{name: name for name in ("te", "ab", "cd", "ef", "hij", "k")},
    "kato": "te",
    "name_kaz": "kk",
    "kaz_name": "kk",
    "name_rus": "ru",
    "rus_name": "ru",
}
_NEEDED = (*_PARTS, "k", "kk", "ru")
_SHOWN = {"kk": "name_kaz", "ru": "name_rus"}


@dataclass(frozen=True, slots=True)
class Place:
    """What a workbook says of a code; type as the classifier's one digit."""

    code: str
    kk: str
    ru: str
    type: str


@dataclass(slots=True)
class Reading:
    """Places by code in the order of the workbook, and what is wrong with it."""

    places: dict[str, Place] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    _rows: dict[str, int] = field(default_factory=dict)

    def take(self, row: int, columns: Mapping[str, int], cells: Sequence[Cell]) -> None:
        """Read one row below the headings; an empty one says nothing."""
        values = {name: _text(cells[at]) if at < len(cells) else "" for name, at in columns.items()}
        if not any(values.values()):
            return
        issues = list(_issues(row, values))
        code = short(_digits(values)) if not issues else ""
        if code in self._rows:
            issues.append(_issue("KATO_DUPLICATE", row, "te", code=code, first=self._rows[code]))
        self.issues.extend(issues)
        if not issues:
            self._rows[code] = row
            self.places[code] = Place(code, values["kk"], values["ru"], values["k"])

    def finish(self) -> None:
        """Look for whatever lies in a region that there is not."""
        for code, row in self._rows.items():
            if lineage(code)[0] not in self.places:
                self.issues.append(_issue("KATO_PARENT_MISSING", row, "ab", code=code))


def read_lines(lines: Iterable[Line]) -> Reading:
    """All rows of a workbook. Faulty ones are left out of the places and stand in `issues`."""
    found, columns = Reading(), dict[str, int]()
    for number, cells in lines:
        if number > ROWS_MAX:
            found.issues.append(_issue("KATO_TOO_MANY_ROWS", number, "", maximum=ROWS_MAX))
            return found
        if columns:
            found.take(number, columns, cells)
        elif number <= HEADED_WITHIN:
            columns = _columns(cells)
    if not columns:
        found.issues.append(_issue("KATO_HEADINGS", 1, ""))
    found.finish()
    return found


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    """Where each column stands, if these are the headings."""
    named = {_HEADINGS.get(_text(cell).lower(), ""): at for at, cell in enumerate(cells)}
    return {name: at for name, at in named.items() if name} if named.keys() >= {*_NEEDED} else {}


def _issues(row: int, values: Mapping[str, str]) -> Iterator[Issue]:
    wrong = [name for name in _PARTS if not _is_part(values[name], _PARTS[name])]
    yield from (_issue("KATO_NOT_DIGITS", row, name, digits=_PARTS[name]) for name in wrong)
    if not wrong:
        yield from _code_issues(row, values)
    if values["k"] not in TYPES:
        yield _issue("KATO_UNKNOWN_TYPE", row, "k")
    for language in ("kk", "ru"):
        yield from _name_issues(row, _SHOWN[language], values[language])


def _code_issues(row: int, values: Mapping[str, str]) -> Iterator[Issue]:
    digits, told = _digits(values), values.get("te", "")
    if not is_code(short(digits)):
        yield _issue("KATO_IMPOSSIBLE_CODE", row, "ab")
    elif told and told.zfill(FULL) != digits:
        yield _issue("KATO_CODE_CONTRADICTS", row, "te", code=digits)


def _name_issues(row: int, column: str, name: str) -> Iterator[Issue]:
    if not name:
        yield _issue("KATO_NAME_MISSING", row, column)
    elif not is_readable(name):
        yield _issue("NOT_TEXT", row, column)
    elif len(name) > NAME_MAX:
        yield _issue("TOO_LONG", row, column, maximum=NAME_MAX)


def _is_part(text: str, digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits


def _digits(values: Mapping[str, str]) -> str:
    return "".join(values[name].zfill(size) for name, size in _PARTS.items())


def _text(cell: Cell) -> str:
    """A cell as text: a workbook keeps digits as numbers or as text, as it likes."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else " ".join(normalize("NFC", str(cell)).split())


def _issue(code: str, row: int, column: str, /, **params: str | int) -> Issue:
    return Issue(code, (row, column) if column else (row,), params)
