"""Dated reference data that the portal starts with: regions, terms, quotas, samples of sums."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

ReferenceValue = bool | int | str | list[str] | dict[str, int] | None
"""A list of directions, or a quota of a period as {quantity, months}, or one plain value."""

FILE = Path(__file__).parent / "data" / "reference.toml"


@dataclass(frozen=True, slots=True)
class ReferenceSeed:
    """One value of one code of one type, in force from a day until the day before `valid_to`.

    `basis` is the act and paragraph. `assumed`: the day or the reading is ours; `sample`: an example and
    not law; `extension`: the portal's own rule.
    """

    type: str
    code: str
    valid_from: date
    value: ReferenceValue = None
    names: dict[str, str] | None = None
    valid_to: date | None = None
    basis: str | None = None
    assumed: bool = False
    sample: bool = False
    extension: bool = False

    def holds(self, day: date) -> bool:
        """Whether the row is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@cache
def load_reference() -> tuple[ReferenceSeed, ...]:
    """All shipped rows; TypeError when a row has a field that there is not."""
    return tuple(ReferenceSeed(**row) for row in tomllib.loads(FILE.read_text("utf-8"))["rows"])


def in_force(kind: str, day: date) -> dict[str, ReferenceSeed]:
    """Rows of a type in force on a day, by code."""
    return {row.code: row for row in load_reference() if row.type == kind and row.holds(day)}
