"""The same answer with plans and without where records are broken and loaders fail."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest
from pymongo import AsyncMongoClient

from auth.viewer import ANONYMOUS
from documents.base import Row
from domain.texts import Language
from loaders import Loaders
from tests.execution.plans.forgetting import Forgetting
from tests.schema.equality.both import Asked, Both
from tests.schema.equality.breaking import Away, Failing, broken
from tests.schema.equality.drawing import draw
from tests.schema.equality.world import World

pytestmark = pytest.mark.large

LISTINGS = "{ listings(first: 40) { nodes { title { text } supplier { name { text } } category { code } } } }"
PIECES = 4


@pytest.fixture(scope="session")
async def ruins(world: World) -> AsyncIterator[World]:
    """The world with half of its rows broken."""
    made = await broken(world, random.Random(7), 0.5)
    yield made
    async with AsyncMongoClient[Row](world.url) as client:
        await client.drop_database(made.name)


async def test_broken_records_get_the_same_answer(ruins: World) -> None:
    """R-K: Over rows with missing fields, wrong types and unknown names every request fails as without plans."""
    await ruins.connect()
    both = Both(ruins)
    await draw(both, 2, 25, both.compare)
    _enough(both, 60)


@pytest.mark.long
@pytest.mark.parametrize("piece", range(PIECES))
async def test_broken_records_get_the_same_answer_in_the_long_run(
    ruins: World, long_seed: int, piece: int
) -> None:
    """R-K: 2,000 generated requests over broken rows fail as without plans, a quarter in each piece."""
    await ruins.connect()
    both = Both(ruins)
    with Forgetting() as both.forgetting:
        await draw(both, long_seed + piece, 130, both.compare)
    _enough(both, 400)


@pytest.mark.parametrize("loaders", [Failing, Away])
async def test_failing_loaders_get_the_same_answer(world: World, loaders: type[Loaders]) -> None:
    """R-K: Loaders that fail for some keys, or for all, fail the same fields as without plans."""
    await world.connect()
    both = Both(world, loaders)
    answered = await both.compare(Asked(ANONYMOUS, Language.ru, LISTINGS, {}))
    assert answered.errors
    await draw(both, 3, 8, both.compare)
    assert both.planned.plans is not None
    assert both.planned.plans.counts.gave_up["Query.listings"]
    assert both.runs


def _enough(both: Both, requests: int) -> None:
    """Plans took part and gave up, and there was something to tell of as well."""
    assert both.planned.plans is not None
    assert both.counts["compared"] >= requests
    assert both.counts["failed"] >= 0.4 * both.counts["compared"]
    assert both.counts["told"] >= 0.1 * both.counts["compared"]
    assert both.counts["raced"] <= 0.05 * both.counts["executed"]
    assert sum(both.planned.plans.counts.gave_up.values()) >= 0.1 * requests
    assert both.runs >= 0.2 * requests
