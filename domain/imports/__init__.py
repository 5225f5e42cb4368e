"""Listings by the thousand: the columns of a category's tables, and what stands in them."""

from domain.imports.cells import Raw, Value, meant, neutral, read_cell, written_cell
from domain.imports.columns import Column, Part, columns_of, placed
from domain.imports.rows import (
    COLUMNS_MAX,
    FAULTS_EACH,
    ROWS_MAX,
    ImportPolicy,
    Judged,
    Meant,
    Row,
    Values,
    card_of,
    card_values,
    column_at,
    judge,
    placed_at,
    read_row,
)
from domain.imports.tables import TableFormat, csv_lines, json_rows, spooled, tabular, unspooled
from domain.imports.writing import MEDIA_TYPES, write_table

__all__ = [
    "COLUMNS_MAX",
    "FAULTS_EACH",
    "MEDIA_TYPES",
    "ROWS_MAX",
    "Column",
    "ImportPolicy",
    "Judged",
    "Meant",
    "Part",
    "Raw",
    "Row",
    "TableFormat",
    "Value",
    "Values",
    "card_of",
    "card_values",
    "column_at",
    "columns_of",
    "csv_lines",
    "json_rows",
    "judge",
    "meant",
    "neutral",
    "placed",
    "placed_at",
    "read_cell",
    "read_row",
    "spooled",
    "tabular",
    "unspooled",
    "write_table",
    "written_cell",
]
