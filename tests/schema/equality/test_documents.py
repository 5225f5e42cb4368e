"""The same answer with plans and without on the portal's own schema: generated documents of every role."""

from __future__ import annotations

import pytest
from graphql import get_introspection_query

from auth.viewer import ANONYMOUS
from domain.texts import Language
from tests.execution.plans.forgetting import Forgetting
from tests.schema.equality.both import TIMES, Asked, Both
from tests.schema.equality.drawing import draw

pytestmark = pytest.mark.large

PIECES = 20


async def test_generated_documents_get_the_same_answer(both: Both) -> None:
    """R-K: 300 generated requests of every role are answered as without plans, audit and errors included."""
    await draw(both, 1, 60, both.compare)
    _enough(both, 150)


@pytest.mark.long
@pytest.mark.parametrize("piece", range(PIECES))
async def test_generated_documents_get_the_same_answer_in_the_long_run(
    both: Both, long_seed: int, piece: int
) -> None:
    """R-K: 10,000 generated requests, 30,000 times by plans, are answered as without; a twentieth in each."""
    with Forgetting() as both.forgetting:
        await draw(both, long_seed + piece, 130, both.compare)
    _enough(both, 500)


PARTS = (
    "nodes { __typename }",
    "nodes { id }",
    "edges { node { id } }",
    "edges { node { __typename } }",
    "edges { cursor }",
    "edges { cursor node { title { ru } } } pageInfo { hasNextPage }",
    "pageInfo { startCursor endCursor hasPreviousPage }",
    "edges { node { characteristics { code @skip(if: true) } } }",
    "totalCount",
)


@pytest.mark.parametrize("part", PARTS)
async def test_pages_are_read_as_far_as_they_are_asked_for(both: Both, part: str) -> None:
    """R-K: Whatever part of a page is asked for, its plan reads enough for it, and gives up nowhere."""
    assert both.planned.plans is not None
    for document in (
        f"{{ listings(first: 3) {{ {part} }} }}",
        f"{{ suppliers(first: 3) {{ nodes {{ id listings(first: 2) {{ {part} }} }} }} }}",
        f"{{ suppliers(first: 1) {{ edges {{ node {{ listings {{ {part} }} }} }} }} }}",
    ):
        found = await both.compare(Asked(ANONYMOUS, Language.ru, document, {}))
        assert not found.errors
        assert found.tells or "typename" in part or "skip" in part


async def test_the_schema_tells_of_itself_the_same(both: Both) -> None:
    """R-K: Introspection is the same with plans and without, alone and beside records."""
    for document in (
        get_introspection_query(),
        "{ __typename __schema { queryType { name fields { name args { name defaultValue } } } } }",
        '{ __type(name: "Listing") { name fields { name } } regions { code } listings(first: 2) { nodes { id } } }',
        "{ regions { __typename code } again: __typename categories { __typename code } }",
    ):
        for language in Language:
            answered = await both.compare(Asked(ANONYMOUS, language, document, {}))
            assert answered.data
            assert not answered.errors


def _enough(both: Both, requests: int) -> None:
    """The comparison compared something: nothing was skipped, much was told, and plans took part."""
    counts = both.counts
    assert counts["compared"] >= requests
    assert counts["executed"] == counts["compared"] * (TIMES + 1)
    assert counts["told"] >= 0.3 * counts["compared"]
    assert counts["audited"] >= 0.01 * counts["compared"]
    assert counts["failed"] >= 0.05 * counts["compared"]
    assert counts["raced"] <= 0.04 * counts["executed"]
    assert counts["noted beside"] <= 0.02 * counts["executed"]
    assert both.runs >= 0.5 * counts["compared"]
    assert both.whole >= 0.2 * counts["compared"]
