"""The same answer with plans and without: random documents over random, partly broken records."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from tests.execution.plans.both import COUNTS, PLAIN, PLANS, compare
from tests.execution.plans.forgetting import Forgetting
from tests.execution.plans.variants import varied

pytestmark = pytest.mark.large

SDL = PLAIN.as_str()
PIECES = 10
SHARE = st.sampled_from([0.0, 0.0, 0.01, 0.05])
ANY = list(HealthCheck)


@settings(max_examples=300, suppress_health_check=ANY, derandomize=True)
@given(document=from_schema(SDL), chance=st.integers(0, 10_000), broken=SHARE)
async def test_generated_documents_get_the_same_answer(document: str, chance: int, broken: float) -> None:
    """R-K: 300 generated documents are answered exactly as graphql-core does, errors included."""
    text, variables = varied(document, random.Random(chance))
    await compare(text, variables, chance, broken)


async def test_the_generated_documents_are_answered_by_plans() -> None:
    """The comparison compares something: plans answered, gave up, and left fields to graphql-core."""
    await compare("{ page { count } book { slow { id } } }", seed=1)
    for chance in range(20):
        await compare("{ book { author { id } names { kk } pages } }", seed=chance, broken=0.3)
    assert PLANS.counts.runs
    assert PLANS.counts.gave_up["Query.book"]
    assert PLANS.counts.unplannable["Book.slow: resolved"]


@pytest.mark.long
@pytest.mark.parametrize("piece", range(PIECES))
async def test_generated_documents_get_the_same_answer_in_the_long_run(long_seed: int, piece: int) -> None:
    """R-K: 10,000 generated documents, 30,000 times by plans, get graphql-core's answer; a tenth in each piece."""
    await asyncio.to_thread(_compare_many, long_seed + piece, 1_000)


def _compare_many(first: int, examples: int) -> None:
    @seed(first)
    @settings(max_examples=examples, database=None, suppress_health_check=ANY)
    @given(document=from_schema(SDL), chance=st.integers(0, 10**6), broken=SHARE)
    def each(document: str, chance: int, broken: float) -> None:
        text, variables = varied(document, random.Random(chance))
        runner.run(compare(text, variables, chance, broken, forgetting))

    COUNTS.clear()
    with asyncio.Runner() as runner, Forgetting() as forgetting:
        each()
    assert COUNTS["whole"] >= examples
    assert COUNTS["raced"] <= 0.02 * COUNTS["whole"]
