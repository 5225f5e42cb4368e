"""Answers carried over several versions, checked, and what of them everybody sees."""

from typing import Any

import pytest

from domain.categories import Category
from domain.categories.carrying import Step, Way, hidden_of, settled, shown
from domain.categories.changes import changed, read_changes
from domain.errors import InvalidInput

NAMES = {"kk": "А", "ru": "А", "en": "A"}


def item(code: str, type_: str = "boolean", **more: Any) -> dict[str, Any]:
    """A characteristic."""
    return {"id": f"id-{code}", "code": code, "names": NAMES, "type": type_} | more


FIRST = Category.model_validate(
    {
        "code": "c",
        "direction": "tsr_sale",
        "kind": "goods",
        "names": NAMES,
        "characteristics": [
            item("width", "integer", unit="mm", minimum=10, maximum=900),
            item("folds", required=True),
            item("colour", "text"),
        ],
    }
)
CHANGES = [
    read_changes(
        [{"kind": "convert", "characteristic": "id-width", "unit": "cm", "factor": "0.1", "decimals": 1}]
    ),
    read_changes(
        [
            {"kind": "convert", "characteristic": "id-width", "unit": "m", "factor": "0.01", "decimals": 3},
            {"kind": "retire", "characteristic": "id-colour"},
        ]
    ),
]
SECOND = changed(FIRST, CHANGES[0])
THIRD = changed(SECOND, CHANGES[1])
WAY = Way([Step(FIRST, CHANGES[0]), Step(SECOND, CHANGES[1])], THIRD)
ANSWERS: Any = [
    {"code": "width", "value": 450},
    {"code": "folds", "value": True},
    {"code": "colour", "value": "red"},
]


def test_from_any_version_to_the_newest() -> None:
    """R-B3: whoever missed several changes goes through all of them, in their order."""
    assert WAY.carried(1, ANSWERS)[0]["value"] == 0.45
    assert WAY.carried(2, [{"code": "width", "value": 45.0}])[0]["value"] == 0.45
    assert WAY.carried(3, [{"code": "width", "value": 0.45}])[0]["value"] == 0.45


def test_what_is_retired_stays_readable() -> None:
    """R-B3: an answer to what nobody is asked any more is kept as it was, in its place."""
    carried = WAY.carried(1, ANSWERS)
    assert settled(THIRD, list(reversed(carried)), complete=True) == carried
    with pytest.raises(InvalidInput, match="MISSING_CHARACTERISTIC"):
        settled(THIRD, [carried[2]], complete=True)
    assert settled(THIRD, [carried[2]], complete=False) == [carried[2]]


def test_what_the_definition_never_had_is_named() -> None:
    """R-B3: a shipped definition may lack a code; nothing breaks, nothing is dropped in silence."""
    with pytest.raises(InvalidInput) as wrong:
        settled(THIRD, [{"code": "ghost", "value": 1}], complete=False)
    assert [(each.code, each.path) for each in wrong.value.issues] == [
        ("UNKNOWN_CHARACTERISTIC", ("characteristics", 0))
    ]


def test_what_says_the_same_under_both() -> None:
    """R-B3: what was converted does not; a listing that stays behind is found by the rest."""
    assert WAY.unmoved(1, ANSWERS) == ["folds", "colour"]
    assert WAY.unmoved(2, [{"code": "ghost", "value": 1}, *ANSWERS]) == ["folds", "colour"]
    assert WAY.unmoved(7, ANSWERS) == []


def test_what_everybody_sees() -> None:
    """R-B2: an answer that is its supplier's alone is not among them."""
    hidden = changed(
        FIRST, read_changes([{"kind": "disclose", "characteristic": "id-width", "public": False}])
    )
    assert [each["code"] for each in shown(hidden, ANSWERS)] == ["folds", "colour"]


def test_what_a_newer_version_hides_of_an_older_one() -> None:
    """R-B3: characteristics are the same by identifier, and another choice of them hides anew."""
    assert FIRST.hidden == hidden_of(FIRST, FIRST) == frozenset()
    items = [each.model_copy(update={"public": each.code != "width"}) for each in FIRST.characteristics]
    newest = FIRST.having(items)
    assert newest.hidden == {"id-width"}
    older = FIRST.having([each.model_copy(update={"code": f"old_{each.code}"}) for each in items])
    assert hidden_of(older, newest) == {"old_width"}
    assert newest.having(FIRST.characteristics).hidden == frozenset()
