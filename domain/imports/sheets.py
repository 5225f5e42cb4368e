"""XLSX as it goes out: the few parts of an archive that one plain sheet needs, written row by row."""

import zipfile
from collections.abc import Iterable, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from domain.categories import CharacteristicType
from domain.imports.cells import Raw
from domain.imports.columns import Column, Part

_LONGEST_LIST = 255
_DRAWN_UP = (1980, 1, 1, 0, 0, 0)
_PLAIN = frozenset({CharacteristicType.integer, CharacteristicType.decimal, CharacteristicType.boolean})
"""Answers whose cells are not formatted as text."""


def write_sheet(
    file: BinaryIO, columns: Sequence[Column], heads: Sequence[Sequence[Raw]], rows: Iterable[Sequence[Raw]]
) -> None:
    """One sheet, its heads frozen; texts stay texts, and cells with choices offer them."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(_entry(name), _XML + content)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w") as sheet:
            sheet.write((_XML + _SHEET + _widths(columns) + "<sheetData>").encode())
            for number, cells in enumerate(heads, 1):
                sheet.write(_row(number, cells, ' s="1"').encode())
            for number, cells in enumerate(rows, len(heads) + 1):
                sheet.write(_row(number, cells, "").encode())
            sheet.write(f"</sheetData>{_offers(columns)}</worksheet>".encode())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DRAWN_UP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _row(number: int, cells: Iterable[Raw], style: str) -> str:
    written = (_cell(f"{letters(place)}{number}", cell, style) for place, cell in enumerate(cells))
    return f'<row r="{number}">{"".join(written)}</row>'


def _cell(place: str, cell: Raw, style: str) -> str:
    if cell is None or isinstance(cell, list):
        return ""
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    written = f'<is><t xml:space="preserve">{escape(cell)}</t></is>'
    return f'<c r="{place}" t="inlineStr"{style or _AS_TEXT}>{written}</c>'


def letters(place: int) -> str:
    """A column of a sheet by its letters: A is 0, Z 25, AA 26."""
    head, last = divmod(place, 26)
    return (letters(head - 1) if head else "") + chr(ord("A") + last)


def _widths(columns: Sequence[Column]) -> str:
    found = []
    for place, column in enumerate(columns, 1):
        plain = column.part is Part.price or (column.item is not None and column.item.type in _PLAIN)
        found.append(f'<col min="{place}" max="{place}" width="22" style="{0 if plain else 2}"/>')
    return f"<cols>{''.join(found)}</cols>"


def _offers(columns: Sequence[Column]) -> str:
    """Lists to choose from, for cells that take one choice; longer ones than Excel allows are left out."""
    found = []
    for place, column in enumerate(columns):
        item = column.item
        codes = [choice.code for choice in item.choices if not choice.retired] if item else []
        listed = ",".join(codes)
        if item and item.type is CharacteristicType.choice and len(listed) <= _LONGEST_LIST:
            at = letters(place)
            found.append(
                f'<dataValidation type="list" allowBlank="1" sqref={quoteattr(f"{at}3:{at}1048576")}>'
                f'<formula1>"{escape(listed)}"</formula1></dataValidation>'
            )
    return f'<dataValidations count="{len(found)}">{"".join(found)}</dataValidations>' if found else ""


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_AS_TEXT = ' s="2"'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="listings" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
