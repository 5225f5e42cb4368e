"""Listings by the thousand: files uploaded and fetched, imports and exports begun, rows written."""

from resolvers.imports.beginning import EXPORT, IMPORT, begin_export, begin_import
from resolvers.imports.exporting import Export, exported_page, file_made
from resolvers.imports.files import LARGEST, FileTooLarge, download, template, upload, whole
from resolvers.imports.judging import Import
from resolvers.imports.writing import Done, did_rows

__all__ = [
    "EXPORT",
    "IMPORT",
    "LARGEST",
    "Done",
    "Export",
    "FileTooLarge",
    "Import",
    "begin_export",
    "begin_import",
    "did_rows",
    "download",
    "exported_page",
    "file_made",
    "template",
    "upload",
    "whole",
]
