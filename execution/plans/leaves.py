"""Leaf values: an inlined check for what is right as it stands, graphql-core's own coercion for the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from inspect import isawaitable, iscoroutine
from typing import Any, NoReturn

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)

Coercion = Callable[[Any], Any]


_VALUES = frozenset({str, int, float, bool, Decimal, date, datetime})
"""Types of values that are nothing but values, which is quicker to see than what the others are."""


class GaveUp(Exception):
    """This value needs graphql-core."""


def give_up(given: object) -> NoReturn:
    """Leave a value to graphql-core, which asks for it again. Raises GaveUp."""
    if iscoroutine(given):
        given.close()  # nobody is going to await this one
    raise GaveUp


def inlined(leaf: GraphQLLeafType, name: str, slow: str) -> str:
    """An expression that completes the variable `name`, which is not None, calling `slow` where in doubt."""
    if leaf is GraphQLFloat:
        return _inlined_float(name, slow)
    check = _CHECKS.get(id(leaf))
    return f"({name} if {check.format(name)} else {slow}({name}))" if check else f"{slow}({name})"


_CHECKS = {
    id(GraphQLString): "type({0}) is str",
    id(GraphQLID): "type({0}) is str",
    id(GraphQLBoolean): "type({0}) is bool",
    id(GraphQLInt): "type({0}) is int and -2147483648 <= {0} <= 2147483647",
}


def _inlined_float(name: str, slow: str) -> str:
    """Whole numbers are stored without a point; up to 2⁵³ each is a float of the same value."""
    whole = f"float({name}) if type({name}) is int and -{2**53} <= {name} <= {2**53} else {slow}({name})"
    return f"({name} if type({name}) is float and -1e308 < {name} < 1e308 else {whole})"


@lru_cache(maxsize=1_000)
def coercion(leaf: GraphQLLeafType) -> Coercion:
    """Complete any value of a leaf type as graphql-core does, or give up; made once for each type."""
    coerce = leaf.coerce_output_value

    def slow(given: Any) -> Any:
        if type(given) not in _VALUES and (
            given is None or isinstance(given, Exception) or isawaitable(given)
        ):
            give_up(given)
        coerced = coerce(given)
        if coerced is None or coerced is Undefined:
            raise GaveUp
        return coerced

    return _of_enum(leaf, slow) if isinstance(leaf, GraphQLEnumType) else slow


def _of_enum(leaf: GraphQLEnumType, slow: Coercion) -> Coercion:
    """Strings are looked up: every value that coercion takes as a string is known beforehand."""
    known = {}
    for each in leaf.values.values():
        stored = getattr(each.value, "value", each.value)
        if type(stored) is str and (named := _coerced(slow, stored)) is not None:
            known[stored] = named

    def quick(given: Any) -> Any:
        found = known.get(given) if type(given) is str else None
        return slow(given) if found is None else found

    return quick


def _coerced(slow: Coercion, stored: str) -> Any:
    try:
        return slow(stored)
    except Exception:  # noqa: BLE001 - a port: whatever it raises, the slow way will raise again
        return None
