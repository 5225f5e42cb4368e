"""Definitions in words."""

from typing import Any

import pytest

from domain.categories import Category
from domain.categories.describing import described
from domain.texts import Language
from workers.seed.categories import load_categories

NAMES = {"kk": "Аты", "ru": "Имя", "en": "Name"}
SIZE = {"code": "size", "names": {"kk": "Өлшем", "ru": "Размер", "en": "Size"}}


def item(code: str, type_: str = "boolean", **more: Any) -> dict[str, Any]:
    """A characteristic, called by its code."""
    return {
        "id": f"id-{code}",
        "code": code,
        "names": dict.fromkeys(("kk", "ru", "en"), code),
        "type": type_,
    } | more


FORM = Category.model_validate(
    {
        "code": "c",
        "direction": "tsr_sale",
        "kind": "goods",
        "names": NAMES,
        "groups": [SIZE, {**SIZE, "code": "empty"}],
        "characteristics": [
            item("width", "integer", unit="mm", minimum=1, group="size", required=True, filterable=True),
            item("load", "decimal", unit="kg", decimals=1),
            item(
                "kind",
                "choice",
                choices=[{"code": "a", "names": NAMES}, {"code": "b", "names": NAMES, "retired": True}],
            ),
            item("note", "text", max_length=9, public=False, help={"kk": "Кө", "ru": "По", "en": "He"}),
            item("old", retired=True),
            item(
                "folds",
                when=[
                    {"characteristic": "id-width", "minimum": 1, "maximum": 2.5},
                    {"characteristic": "id-load"},
                ],
            ),
            item(
                "lock",
                when=[
                    {"characteristic": "id-folds", "flag": True},
                    {"characteristic": "id-kind", "options": ["a"]},
                ],
            ),
            item("key", when=[{"characteristic": "id-folds", "flag": False}]),
        ],
    }
)


def test_everything_that_is_checked_is_told() -> None:
    """R-B2: type, unit, limits, choices, conditions, and who sees it; each under its group."""
    assert list(described(FORM, Language.en)) == [
        "## Name",
        "",
        "`c` · Technical means of rehabilitation · goods · v1",
        "",
        "- **load** (`load`): number; kg",
        "- **kind** (`kind`): one choice from the list; Name",
        "- **note** (`note`): text; at most 9 characters; seen by the supplier alone",
        "  He",
        "- **old** (`old`): yes or no; retired",
        "- **folds** (`folds`): yes or no; asked only if «width»: 1…2.5 mm; asked only if «load»",
        "- **lock** (`lock`): yes or no; asked only if «folds»: yes; asked only if «kind»: Name",
        "- **key** (`key`): yes or no; asked only if «folds»: no",
        "",
        "### Size",
        "",
        "- **width** (`width`): whole number; 1… mm; required; filterable",
        "",
    ]


@pytest.mark.parametrize("language", Language)
def test_every_shipped_definition_can_be_told(language: Language) -> None:
    """R-K: every name, unit, type and rule of the portal's categories has words in each language."""
    for category in load_categories():
        lines = list(described(category, language))
        assert len([line for line in lines if line.startswith("- **")]) == len(category.characteristics)
