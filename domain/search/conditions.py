"""Conditions of a catalogue filter against the category's definition: only what can be met is asked."""

from collections.abc import Iterator

from domain.categories import NAMED, Category, Characteristic, CharacteristicType
from domain.errors import InvalidInput, Issue
from domain.search.questions import CatalogueFilter

NUMBERS = frozenset({CharacteristicType.integer, CharacteristicType.decimal})
FLAGS = frozenset({CharacteristicType.boolean})


def check_conditions(definition: Category, wanted: CatalogueFilter) -> None:
    """InvalidInput with every condition on a characteristic unknown, not filterable or of another type."""
    issues = list(_issues(definition, wanted))
    if issues:
        raise InvalidInput(issues)


def _issues(definition: Category, wanted: CatalogueFilter) -> Iterator[Issue]:
    asked = [
        *((one.code, NUMBERS, ("filter", "ranges", place)) for place, one in enumerate(wanted.ranges)),
        *((code, NAMED, ("filter", "choices", place)) for place, (code, _) in enumerate(wanted.choices)),
        *((code, FLAGS, ("filter", "flags", place)) for place, (code, _) in enumerate(wanted.booleans)),
    ]
    for code, types, path in asked:
        item = definition.by_code.get(code)
        if item is None or not item.filterable or item.type not in types:
            yield Issue("NOT_FILTERABLE", (*path, "code"), {"characteristic": _shown(item)})
    for place, (code, option) in enumerate(wanted.choices):
        item = definition.by_code.get(code)
        if item is not None and item.choices and option not in {choice.code for choice in item.choices}:
            yield Issue(
                "UNKNOWN_CHOICE", ("filter", "choices", place, "choice"), {"characteristic": item.code}
            )


def _shown(item: Characteristic | None) -> str:
    """Only codes of ours are ever repeated in a message."""
    return item.code if item else "?"
