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
from strawberry.schema.types.base_scalars import DateTimeDefinition

from execution.wire import ZONES

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


def inlined(leaf: GraphQLLeafType, name: str, slow: str, *, wire: bool = False) -> str:
    """An expression that completes the variable `name`, which is not None, calling `slow` where in doubt.

    With `wire` the value may be left as orjson writes it in the same way.
    """
    if leaf is GraphQLFloat:
        return _inlined_float(name, slow)
    if isinstance(leaf, GraphQLEnumType):
        return f"(n{slow}({name}) or {slow}({name}))"
    check = _CHECKS.get(id(leaf))
    if leaf.coerce_output_value is str:
        return f"(str({name}) if type({name}) is Decimal else {slow}({name}))"
    if check is None and wire and _is_instant(leaf):
        check = "type({0}) is datetime and {0}.tzinfo in zones"
    return f"({name} if {check.format(name)} else {slow}({name}))" if check else f"{slow}({name})"


def names_of(leaf: GraphQLLeafType, slow: str) -> dict[str, Any]:
    """What the expressions of a leaf type call, under the names they call it by."""
    found: dict[str, Any] = {slow: coercion(leaf)}
    if isinstance(leaf, GraphQLEnumType):
        found[f"n{slow}"] = _names(leaf).get
    return found


def _is_instant(leaf: GraphQLLeafType) -> bool:
    return leaf.coerce_output_value == _ISO


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

    return _of_instants(slow) if _is_instant(leaf) else slow


_ISO = DateTimeDefinition.serialize


def _of_instants(slow: Coercion) -> Coercion:
    """Those whose zone was not seen before come here."""

    def quick(given: Any) -> Any:
        if type(given) is datetime:
            ZONES.learn(given)
        return slow(given)

    return quick


@lru_cache(maxsize=1_000)
def _names(leaf: GraphQLEnumType) -> dict[str, Any]:
    """Names by stored strings: every value that coercion takes as a string is known beforehand."""
    slow, known = coercion(leaf), {}
    for each in leaf.values.values():
        stored = getattr(each.value, "value", each.value)
        if type(stored) is str and (named := _coerced(slow, stored)) is not None:
            known[stored] = named
    return known


def _coerced(slow: Coercion, stored: str) -> Any:
    try:
        return slow(stored)
    except Exception:  # noqa: BLE001 - a port: whatever it raises, the slow way will raise again
        return None
