"""Changes of definitions that can't be made: refused by a code, at the place that is wrong."""

from typing import Any

import pytest

from domain.categories.changes import MAX_CHANGES, changed, read_changes
from domain.errors import InvalidInput
from domain.texts import Language, text
from tests.domain.test_categories_changes import CHAIR, NAMES, choices

WIDTH = {"id": "id-w", "code": "w", "names": NAMES, "type": "integer"}
SPLIT = {"kind": "split", "characteristic": "id-drive", "choice": "manual", "into": choices("x", "y")}
WRONG: list[tuple[dict[str, Any], str, tuple[str | int, ...]]] = [
    (
        {"kind": "rename", "characteristic": "ghost", "names": NAMES},
        "UNKNOWN_CHARACTERISTIC",
        ("rename", "characteristic"),
    ),
    ({**SPLIT, "choice": "ghost"}, "UNKNOWN_CHOICE", ("split", "choice")),
    ({**SPLIT, "instead": "z"}, "UNKNOWN_CHOICE", ("split", "instead")),
    ({**SPLIT, "into": choices("x")}, "TOO_FEW", ("split", "into")),
    (
        {"kind": "close", "characteristic": "id-drive", "choice": "manual", "instead": "manual"},
        "UNKNOWN_CHOICE",
        ("close", "instead"),
    ),
    ({"kind": "limit", "minimum": 5, "maximum": 4}, "LIMITS_REVERSED", ("limit",)),
    ({"kind": "limit", "minimum": 0.5, "maximum": 0.6}, "LIMITS_HOLD_NOTHING", ()),
    (
        {"kind": "limit", "characteristic": "id-weight", "minimum": 1.01, "maximum": 1.09},
        "LIMITS_HOLD_NOTHING",
        (),
    ),
    ({"kind": "limit", "max_length": 4}, "TEXT_RULES_NOT_FOR_TYPE", ("limit",)),
    ({"kind": "limit", "max_length": 0}, "VALUE_NOT_ALLOWED", ("limit", "maxLength")),
    ({"kind": "limit", "pattern": "("}, "TEXT_RULES_NOT_FOR_TYPE", ("limit",)),
    ({"kind": "limit", "characteristic": "id-note", "pattern": "("}, "PATTERN_UNREADABLE", ("limit",)),
    ({"kind": "limit", "characteristic": "id-note", "pattern": "(a+)+"}, "PATTERN_TOO_FREE", ()),
    ({"kind": "limit", "pattern": "x" * 201}, "TOO_LONG", ("limit", "pattern")),
    ({"kind": "retype", "type": "choice"}, "CHOICES_NOT_FOR_TYPE", ("retype",)),
    ({"kind": "retype", "type": "decimal"}, "DECIMALS_NOT_FOR_TYPE", ("retype",)),
    ({"kind": "convert", "unit": "cm", "factor": 0}, "VALUE_NOT_ALLOWED", ("convert", "factor")),
    ({"kind": "convert", "unit": "cm", "factor": "1e999999"}, "VALUE_NOT_ALLOWED", ("convert", "factor")),
    ({"kind": "convert", "unit": "cm", "factor": "NaN"}, "VALUE_NOT_ALLOWED", ("convert", "factor")),
    ({"kind": "convert", "unit": "cubit", "factor": 2}, "UNKNOWN_UNIT", ()),
    ({"kind": "convert", "unit": "mm", "factor": 10**10}, "VALUE_NOT_ALLOWED", ("convert", "factor")),
    (
        {"kind": "offer", "characteristic": "id-drive", "choices": choices("manual")},
        "CHOICE_TWICE",
        ("offer",),
    ),
    (
        {
            "kind": "offer",
            "characteristic": "id-drive",
            "choices": [*choices("b"), {"code": "A", "names": NAMES}],
        },
        "CODE_UNREADABLE",
        ("offer", "choices", 1, "code"),
    ),
    ({"kind": "filter", "filterable": False, "facetable": True}, "FACET_NOT_FILTERABLE", ("filter",)),
    ({"kind": "filter", "characteristic": "id-note"}, "FILTER_NOT_FOR_TYPE", ()),
    (
        {"kind": "retype", "type": "text", "mapping": [{"answer": "a\x00", "choice": "b"}]},
        "NOT_TEXT",
        ("retype", "mapping", 0, "answer"),
    ),
    (
        {"kind": "ask", "when": [{"characteristic": "id-weight", "minimum": 10**40}]},
        "VALUE_NOT_ALLOWED",
        ("ask", "when", 0, "minimum"),
    ),
    ({"kind": "limit", "minimum": 10**40}, "LIMITS_TOO_FAR", ("limit",)),
    ({"kind": "vanish"}, "VALUE_NOT_ALLOWED", ()),
    ({"kind": "rename", "names": {"kk": "А", "ru": "А"}}, "FIELD_MISSING", ("rename", "names", "en")),
    ({"kind": "rename", "names": {**NAMES, "kk": " "}}, "TOO_SHORT", ("rename", "names", "kk")),
    ({"kind": "rename", "names": {**NAMES, "kk": "a\u202eb"}}, "NOT_TEXT", ("rename", "names", "kk")),
    (
        {"kind": "add", "characteristic": {**WIDTH, "code": "A B"}},
        "CODE_UNREADABLE",
        ("add", "characteristic", "code"),
    ),
    ({"kind": "add", "characteristic": {**WIDTH, "code": "width"}}, "CHARACTERISTIC_TWICE", ()),
    ({"kind": "add", "characteristic": {**WIDTH, "id": "id-width"}}, "CHARACTERISTIC_TWICE", ()),
    ({"kind": "add", "characteristic": {**WIDTH, "unit": "cubit"}}, "UNKNOWN_UNIT", ()),
    ({"kind": "add", "characteristic": {**WIDTH, "group": "ghost"}}, "UNKNOWN_GROUP", ()),
    (
        {"kind": "add", "characteristic": WIDTH, "before": "ghost"},
        "UNKNOWN_CHARACTERISTIC",
        ("add", "before"),
    ),
    (
        {"kind": "add", "characteristic": {**WIDTH, "when": [{"characteristic": "id-w"}]}},
        "CONDITION_LOOKS_FORWARD",
        (),
    ),
]


@pytest.mark.parametrize(("change", "code", "place"), WRONG)
def test_what_can_not_be_is_named_where_it_stands(
    change: dict[str, Any], code: str, place: tuple[str | int, ...]
) -> None:
    """R-B3: a change that can't be made is refused by a code with texts, at the place that is wrong."""
    given = change if change["kind"] == "add" else {"characteristic": "id-width", **change}
    with pytest.raises(InvalidInput) as wrong:
        changed(CHAIR, read_changes([{"kind": "filter", "characteristic": "id-weight"}, given]))
    [issue] = wrong.value.issues
    assert (issue.code, issue.path) == (
        code,
        ("changes", 1, *place) if place or code == "VALUE_NOT_ALLOWED" else ("changes",),
    )
    assert all(text(f"errors.{code}", language, **issue.params) for language in Language)


def test_all_that_can_not_be_read_is_told_at_once() -> None:
    """R-B3: each change that says something impossible, and lists without bounds."""
    with pytest.raises(InvalidInput) as wrong:
        read_changes(
            [{"kind": "vanish"}, {"kind": "rename"}, {"kind": "retire", "characteristic": "id-note"}]
        )
    assert [each.path[:2] for each in wrong.value.issues] == [("changes", 0), ("changes", 1), ("changes", 1)]
    for many in ([], [{"kind": "retire", "characteristic": "x"}] * (MAX_CHANGES + 1)):
        with pytest.raises(InvalidInput, match="CHANGES_COUNT"):
            read_changes(many)
