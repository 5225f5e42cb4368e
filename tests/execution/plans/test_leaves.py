"""Leaves: what is right as it stands passes unchanged, what is not is graphql-core's."""

from __future__ import annotations

import asyncio
import inspect
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from bson.tz_util import utc
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
)

from execution.plans.leaves import GaveUp, coercion, give_up, inlined, names_of
from execution.plans.writing import CALLED
from execution.wire import plain
from tests.execution.plans import library
from tests.execution.plans.both import PLAIN

SHELF: Any = PLAIN._schema.type_map["Shelf"]
VALUES: list[Any] = [
    None, "text", "", "7", 7, 0, -1, 2**31 - 1, 2**31, -(2**31) - 1, 3.5, 7.0, 1e308, 1e309, -1e309, float("nan"), True,
    False, [], {}, (), Decimal("1.5"), "upper", "UPPER", library.Shelf.LOWER, Undefined, ValueError("stored"), b"raw",
    *(datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=zone) for zone in (UTC, utc, timezone(timedelta(hours=5)), None)),
]  # fmt: skip


def outcome(function: Any, given: object) -> object:
    """What a function returns, with its type, or that it raises."""
    try:
        found = function(given)
    except Exception:  # noqa: BLE001 - which one is graphql-core's business
        return "raises"
    return repr(found), type(found)


def completed(leaf: Any, given: object, *, wire: bool = False) -> object:
    """What a plan makes of a value."""
    names = {**CALLED, **names_of(leaf, "slow"), "v": given}
    return eval(inlined(leaf, "v", "slow", wire=wire), names)  # noqa: S307 - ours


@pytest.mark.parametrize("name", ["String", "ID", "Int", "Float", "Boolean", "Shelf", "Even", "DateTime"])
@pytest.mark.parametrize("given", VALUES, ids=lambda each: f"{type(each).__name__}_{str(each)[:12]}")
def test_a_leaf_is_what_graphql_core_makes_of_it_or_is_given_up(name: str, given: object) -> None:
    """R-K: a value that a plan completes is equal to graphql-core's in value and type."""
    leaf: Any = PLAIN._schema.type_map[name]
    expected = outcome(leaf.coerce_output_value, given)
    assert outcome(lambda v: completed(leaf, v), given) in ("raises", expected)
    wired = outcome(lambda v: plain(completed(leaf, v, wire=True)), given)
    assert wired in ("raises", outcome(lambda v: plain(leaf.coerce_output_value(v)), given))


@pytest.mark.parametrize(("leaf", "given"), [(GraphQLString, "x"), (GraphQLInt, 7), (GraphQLFloat, 1.5)])
def test_what_is_right_as_it_stands_calls_nothing(leaf: GraphQLScalarType, given: object) -> None:
    """A right value costs one comparison."""
    assert eval(inlined(leaf, "v", "slow"), {"v": given}) == given  # noqa: S307 - ours


def test_a_scalar_that_answers_null_is_given_up() -> None:
    """graphql-core has an error for a scalar that serialises a value to nothing."""
    with pytest.raises(GaveUp):
        coercion(GraphQLScalarType("Nothing", coerce_output_value=lambda _: None))("x")


async def test_an_awaitable_is_given_up_and_closed() -> None:
    """A coroutine in a record's place leaves no warning behind; graphql-core gets another one."""
    left = asyncio.sleep(0)
    with pytest.raises(GaveUp):
        coercion(GraphQLString)(left)
    assert inspect.getcoroutinestate(left) == inspect.CORO_CLOSED
    with pytest.raises(GaveUp):
        give_up("no coroutine")


@pytest.mark.parametrize("given", ["upper", library.Shelf.LOWER])
def test_members_of_an_enum_are_named_by_what_is_stored(given: object) -> None:
    """A stored string is looked up, a member goes the slow way."""
    assert completed(SHELF, given) == SHELF.coerce_output_value(given)


def test_strangers_to_an_enum_are_refused() -> None:
    """graphql-core's own words."""
    with pytest.raises(GraphQLError, match="ghost"):
        completed(SHELF, "ghost")


def test_an_enum_that_rejects_its_own_strings_is_not_looked_up() -> None:
    """An enum whose coercion refuses a value refuses it in a plan too."""

    class Strict(GraphQLEnumType):
        def coerce_output_value(self, given: Any) -> str:
            raise ValueError(given)

    with pytest.raises(ValueError, match="a"):
        completed(Strict("Strict", {"A": "a", "B": 2}), "a")
