"""The categories that the portal starts with; afterwards an administrator edits them at run time."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from domain.categories import Category

FOLDER = Path(__file__).parent / "data" / "categories"


def load_categories() -> list[Category]:
    """Every shipped definition, version 1, in the order of files and of their rows."""
    rows = [
        row
        for file in sorted(FOLDER.glob("*.toml"))
        for row in tomllib.loads(file.read_text("utf-8"))["category"]
    ]
    return read_categories(rows)


def read_categories(rows: Iterable[Mapping[str, Any]]) -> list[Category]:
    """Definitions of the rows.

    pydantic.ValidationError when a row breaks the rules of a definition; ValueError when two definitions
    or two characteristics anywhere share a code or an id.
    """
    categories = [Category.model_validate(row) for row in rows]
    codes = {category.code for category in categories}
    ids = [item.id for category in categories for item in category.characteristics]
    if len(codes) != len(categories) or len(set(ids)) != len(ids):
        raise ValueError("a category's code or a characteristic's id is used twice")
    return categories
