"""Tables of listings read and written by jobs: the only place that loads the library for spreadsheets."""

from workers.imports.exporting import listings_export
from workers.imports.importing import listings_import

__all__ = ["listings_export", "listings_import"]
