"""The same answer with plans and without on schemas that nobody thought of."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from execution.wire import plain
from tests.execution.plans.both import errors_of, keys, settled
from tests.execution.plans.forgetting import Forgetting
from tests.execution.plans.made_schemas import Context, made_schema
from tests.execution.plans.people import answered
from tests.execution.plans.test_equality import ANY
from tests.execution.plans.variants import varied

pytestmark = pytest.mark.large

PIECES = 10


async def test_generated_schemas_are_answered_the_same() -> None:
    """R-K: Fifty schemas made by chance answer generated documents as without plans, errors included."""
    counts: Counter[str] = Counter()
    await asyncio.to_thread(_compare_many, range(50), 5, counts)
    _enough(counts, 250)


@pytest.mark.long
@pytest.mark.parametrize("piece", range(PIECES))
async def test_generated_schemas_are_answered_the_same_in_the_long_run(long_seed: int, piece: int) -> None:
    """R-K: Five hundred schemas made by chance answer as without plans, a tenth of them in each piece."""
    counts: Counter[str] = Counter()
    first = long_seed + 50 * piece
    await asyncio.to_thread(_compare_many, range(first, first + 50), 15, counts)
    _enough(counts, 750)


def _enough(counts: Counter[str], documents: int) -> None:
    """Plans took part, gave up, and there was something to tell."""
    assert counts["compared"] >= 0.8 * documents
    assert counts["runs"] >= 0.5 * documents
    assert counts["told"] >= 0.3 * documents
    assert counts["gave up"]
    assert counts["raced"] <= 0.05 * documents


def _compare_many(schemas: range, documents: int, counts: Counter[str]) -> None:
    with asyncio.Runner() as runner:
        for each in schemas:
            with Forgetting() as forgetting:
                _compare_one(each, documents, counts, runner, forgetting)


def _compare_one(
    number: int, documents: int, counts: Counter[str], runner: asyncio.Runner, forgetting: Forgetting
) -> None:
    core, planned = made_schema(number, compiled=False), made_schema(number, compiled=True)
    assert planned.plans is not None

    async def compare(text: str, variables: dict[str, bool], context: tuple[int, float]) -> None:
        expected = await forgetting.core(core.execute(text, variables, Context(*context)))
        for time in range(3):
            case = (number, time, text, variables, context)
            answering = answered(planned, text, variables, Context(*context), wire=time > 0)
            found = await forgetting.plans(answering, case)
            data = plain(expected.data) if time else expected.data
            assert repr(found.data) == repr(data), case
            assert list(keys(found.data)) == list(keys(expected.data)), case
            if errors_of(found) != errors_of(expected):
                assert settled(found) == settled(expected), case
                counts["raced"] += 1
        counts["compared"] += 1
        counts["told"] += expected.data is not None and any(expected.data.values())

    @seed(number)
    @settings(
        max_examples=documents,
        database=None,
        suppress_health_check=ANY,
        phases=[Phase.generate],
    )
    @given(
        document=from_schema(core.as_str()),
        chance=st.integers(0, 10**6),
        broken=st.sampled_from([0.0, 0.0, 0.01, 0.05]),
    )
    def each(document: str, chance: int, broken: float) -> None:
        text, variables = varied(document, random.Random(chance))
        runner.run(compare(text, variables, (chance % 9, broken)))

    each()
    counts["runs"] += planned.plans.counts.runs
    counts["gave up"] += sum(planned.plans.counts.gave_up.values())
