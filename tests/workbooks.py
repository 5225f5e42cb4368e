"""A made-up workbook of КАТО in the shape and size of the real one; names are of nowhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from openpyxl import Workbook

from tests.documents.catalogue_data import REGIONS

HEADINGS = ("te", "ab", "cd", "ef", "hij", "k", "name_kaz", "name_rus", "nn")
DISTRICTS, SUB_DISTRICTS, SETTLEMENTS = 10, 13, 6
CITIES = ("71", "75", "79")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One row: a code of nine digits, its type, and its names."""

    code: str
    kk: str
    ru: str
    type: str = "2"

    def cells(self, number: int) -> tuple[object, ...]:
        """As the Bureau of National Statistics has them."""
        code = self.code
        parts = code[:2], code[2:4], code[4:6], code[6:]
        return code, *parts, self.type, self.kk, self.ru, number

    def called(self, kk: str, ru: str) -> "Sheet":
        """The same place under other names."""
        return replace(self, kk=kk, ru=ru)


def rows(regions: Sequence[str] | None = None) -> list[Sheet]:
    """The country: regions with districts, sub-districts and settlements; cities with districts alone."""
    return [row for top in regions or sorted(REGIONS) for row in _region(top)]


def _region(top: str) -> Iterator[Sheet]:
    yield Sheet(f"{top}0000000", f"Өңір {top}", f"Регион {top}", "1" if top in CITIES else "0")
    if top in CITIES:  # whose districts have codes of sub-districts
        yield from (Sheet(f"{top}{at}110000", f"{at}-аудан", f"район {at}", "1") for at in range(1, 9))
        return
    for district in range(32, 32 + DISTRICTS * 2, 2):
        above = f"{top}{district}"
        yield Sheet(f"{above}00000", f"{above} ауданы", f"район {above}")
        yield Sheet(f"{above}00100", f"{above} қаласы", f"г.Городок {above}", "1")
        for sub_district in range(30, 30 + SUB_DISTRICTS * 2, 2):
            below = f"{above}{sub_district}"
            yield Sheet(f"{below}000", f"Қызыл {below} а.о.", f"Красный {below} с.о.")
            for place in range(100, 100 + SETTLEMENTS):
                yield Sheet(f"{below}{place}", f"Ақбұлақ {place} а.", f"с.Акбулак {place}")


def written(file: Path, sheets: Sequence[Sheet], headings: Sequence[str] = HEADINGS) -> Path:
    """The workbook as a file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(headings))
    for number, row in enumerate(sheets, 1):
        sheet.append(list(row.cells(number)))
    book.save(file)
    return file
