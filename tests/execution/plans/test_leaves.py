"""Leaves: what is right as it stands passes unchanged, what is not is graphql-core's."""

from __future__ import annotations

import asyncio
import inspect
from decimal import Decimal
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
    Undefined,
)

from execution.plans.leaves import GaveUp, coercion, give_up, inlined
from tests.execution.plans import library
from tests.execution.plans.both import PLAIN

SHELF: Any = PLAIN._schema.type_map["Shelf"]
VALUES: list[Any] = [
    None, "text", "", "7", 7, 0, -1, 2**31 - 1, 2**31, -(2**31) - 1, 3.5, 7.0, 1e308, 1e309, -1e309, float("nan"), True,
    False, [], {}, (), Decimal("1.5"), "upper", "UPPER", library.Shelf.LOWER, Undefined, ValueError("stored"), b"raw",
]  # fmt: skip


def outcome(function: Any, given: object) -> object:
    """What a function returns, with its type, or that it raises."""
    try:
        found = function(given)
    except Exception:  # noqa: BLE001 - which one is graphql-core's business
        return "raises"
    return repr(found), type(found)


@pytest.mark.parametrize("name", ["String", "ID", "Int", "Float", "Boolean", "Shelf", "Even", "DateTime"])
@pytest.mark.parametrize("given", VALUES, ids=lambda each: f"{type(each).__name__}_{str(each)[:12]}")
def test_a_leaf_is_what_graphql_core_makes_of_it_or_is_given_up(name: str, given: object) -> None:
    """R-K: a value that a plan completes is equal to graphql-core's in value and type."""
    leaf: Any = PLAIN._schema.type_map[name]
    expression = inlined(leaf, "v", "slow")
    found = outcome(lambda v: eval(expression, {"slow": coercion(leaf), "v": v}), given)  # noqa: S307 - ours
    assert found in ("raises", outcome(leaf.coerce_output_value, given))


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


def test_strings_of_an_enum_are_looked_up() -> None:
    """The value of a member is known beforehand, a member itself and a stranger go the slow way."""
    complete = coercion(SHELF)
    assert [complete("upper"), complete(library.Shelf.LOWER)] == ["UPPER", "LOWER"]
    with pytest.raises(GraphQLError, match="ghost"):
        complete("ghost")


def test_an_enum_that_rejects_its_own_strings_is_not_looked_up() -> None:
    """An enum whose coercion refuses a value refuses it in a plan too."""

    class Strict(GraphQLEnumType):
        def coerce_output_value(self, given: Any) -> str:
            raise ValueError(given)

    with pytest.raises(ValueError, match="a"):
        coercion(Strict("Strict", {"A": "a", "B": 2}))("a")
