"""The same answer with plans and without: random documents over random, partly broken records."""

from __future__ import annotations

import random
from typing import Any

import pytest
import strawberry
from graphql import parse, print_ast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema
from strawberry.schema.config import StrawberryConfig

from execution.plans import Plans, planning_executor
from tests.execution.plans import library
from tests.execution.plans.variants import varied

PLANS = Plans()
CONFIG = StrawberryConfig(scalar_map=library.SCALARS)
PLAIN = strawberry.Schema(library.Query, config=CONFIG)
PLANNED = strawberry.Schema(library.Query, config=CONFIG, execution_context_class=planning_executor(PLANS))
SDL = PLAIN.as_str()


def errors_of(result: Any) -> list[Any]:
    """Message, place and path of each error, in an order of their own: theirs depends on loaders' timing."""
    found = [
        (str(each.path), each.message, tuple((at.line, at.column) for at in each.locations or ()))
        for each in result.errors or ()
    ]
    return sorted(found)


async def compare(document: str, variables: dict[str, Any], seed: int, broken: float) -> bool:
    """Execute both ways; whether there were errors. Where several errors race below one null, any may win."""
    contexts = [library.Context(seed, broken) for _ in range(2)]
    plain = await PLAIN.execute(document, variables, context_value=contexts[0])
    planned = await PLANNED.execute(document, variables, context_value=contexts[1])
    assert planned.data == plain.data, document
    assert type(planned.data) is type(plain.data)
    if plain.data is not None:
        assert list(_keys(planned.data)) == list(_keys(plain.data)), document
    assert [each[0] for each in errors_of(planned)] == [each[0] for each in errors_of(plain)] or _racing(
        plain, planned
    ), document
    return bool(plain.errors)


def _racing(one: Any, other: Any) -> bool:
    """Whether the errors differ only in which of several reported the same null."""
    return len(one.errors or ()) == len(other.errors or ()) or one.data is None


def _keys(data: Any) -> Any:
    """Every key in the order of the answer."""
    if isinstance(data, dict):
        for key, inner in data.items():
            yield key
            yield from _keys(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from _keys(inner)




@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(document=from_schema(SDL), seed=st.integers(0, 10_000), broken=st.sampled_from([0.0, 0.0, 0.01, 0.05]))
async def test_generated_documents_get_the_same_answer(document: str, seed: int, broken: float) -> None:
    """R-K: a plan answers any document exactly as graphql-core does, errors included."""
    text, variables = varied(document, random.Random(seed))
    await compare(text, variables, seed, broken)
