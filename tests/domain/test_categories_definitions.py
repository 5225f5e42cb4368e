"""Definitions whose rules contradict each other."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.categories import Characteristic
from domain.categories.rules import holds_nothing, wanders
from tests.domain.test_categories import category, item, option


@pytest.mark.parametrize(
    "rules",
    [
        {"kind": "boolean", "unit": "mm"},
        {"kind": "text", "minimum": 1},
        {"kind": "integer", "decimals": 1},
        {"kind": "reference"},
        {"kind": "reference", "reference": "region", "choices": [option("a")]},
        {"kind": "text", "reference": "region"},
        {"kind": "boolean", "repeatable": True},
        {"kind": "localised_text", "repeatable": True},
        {"kind": "choice", "choices": [option("a")], "repeatable": True},
        {"kind": "multi_choice", "choices": [option("a")], "repeatable": True},
        {"kind": "decimal"},
        {"kind": "choice"},
        {"kind": "integer", "choices": [option("a")]},
        {"kind": "choice", "choices": [option("a"), option("a")]},
        {"kind": "integer", "max_length": 5},
        {"kind": "integer", "maximum": 10**13},
        {"kind": "integer", "minimum": 2, "maximum": 1},
        {"kind": "text", "pattern": "("},
        {"kind": "text", "colour": "red"},
        {"kind": "integer", "widget": "slider", "maximum": 5},
        {"kind": "integer", "widget": "date"},
        {"kind": "boolean", "facetable": True},
        {"kind": "boolean", "public": False, "highlighted": True},
        {"kind": "boolean", "retired": True, "required": True},
    ],
)
def test_contradictory_definition_is_refused(rules: dict[str, Any]) -> None:
    """R-B2: a definition whose rules don't fit its type never comes to life."""
    with pytest.raises(ValidationError):
        Characteristic.model_validate(item("width", **rules))


@pytest.mark.parametrize(
    ("pattern", "free"),
    [
        ("(a+)+", True),
        ("((a*))*b", True),
        ("(a|ab)*", True),
        ("(?:x(a{1,}))+", True),
        ("((a|b)c){3}", True),
        ("[A-Z]+-[0-9]+", False),
        ("([A-Z]+-)?[0-9]+", False),
        ("(ab)+c*", False),
        (r"(\(\+)+", False),
        ("([+*|]x)+", False),
        ("a|b", False),
        (r"\w*\w*\w*\w*\w*\w*\w*!", True),
        (r"\w{0,99}\w{,99}\w{0,99}\w{1,}!", True),
        ("(a?){40}a{40}", True),
        ("a?" * 40 + "a{40}", True),
        ("(a|a)" * 30 + "b", True),
        (r"(.)\1*(.)\2*b", True),
        ("(?P<a>.)(?P=a)", True),
        ("(?x)(a+) +", True),
        ("(?ix)(a+) +", True),
        ("(?i)a+", False),
        ("(a)(?(1)b|c)", True),
        (r"[\][](a+)+]", True),
        (r"\w*-\w+", False),
        (r"\\1[\1]", False),
        ("(?P<a>[A-Z]{2,3})(?:-(?=[0-9]))?(?i:x)(?<!y)[0-9]{1,10}", False),
        (r"\+?7[ -]?\(?[0-9]{3}\)?[ -]?[0-9]{3}([ -]?[0-9]{2})?([ -]?[0-9]{2})?", False),
        ("|".join(f"S{size}" for size in range(40)), False),
        ("(ab){2}{", False),
    ],
)
def test_a_pattern_that_may_take_for_ever(pattern: str, *, free: bool) -> None:
    """R-B2: a repeated group with a choice, a reference back and too many ways are known, however they are written."""
    assert wanders(pattern) is free


@pytest.mark.parametrize(
    ("limits", "nothing"),
    [
        ({"minimum": 0.5, "maximum": 0.6}, True),
        ({"minimum": 0.5, "maximum": 1}, False),
        ({"minimum": -0.6, "maximum": 0.4}, False),
        ({"kind": "decimal", "decimals": 1, "minimum": 0.01, "maximum": 0.09}, True),
        ({"kind": "decimal", "decimals": 1, "minimum": 0.1, "maximum": 0.1}, False),
        ({"maximum": 1e-7}, False),
        ({"kind": "text"}, False),
    ],
)
def test_limits_that_hold_nothing(limits: dict[str, Any], *, nothing: bool) -> None:
    """R-B2: limits between two numbers that can be answered are known; such a definition stays readable."""
    assert (
        holds_nothing(Characteristic.model_validate(item("width", **{"kind": "integer"} | limits))) is nothing
    )


def test_characteristics_are_distinct() -> None:
    """Two characteristics with one code, or one id, are refused."""
    with pytest.raises(ValidationError, match="unique"):
        category(item("width", "integer"), item("width", "boolean"))
