"""Answers made of records that last, for doors and for others."""

from __future__ import annotations

import gc

import pytest

from execution.plans.memory import Memory
from execution.schema import Schema
from tests.execution.plans.people import LOOKED_AT, MARK, OTHER, Context, Query, answered

DOCUMENT = "{ someone { lasting { name seen } } }"
TOLD = {"someone": {"lasting": [{"name": each, "seen": each} for each in ("m", "o", "own")]}}


@pytest.fixture
def schema() -> Schema:
    """A schema that knows no document yet."""
    LOOKED_AT.clear()
    return Schema(Query, presenter=lambda error, _: {"code": "X", "message": str(error)})


@pytest.mark.parametrize("wire", [True, False])
async def test_lasting_records_are_completed_once_for_all_requests(schema: Schema, *, wire: bool) -> None:
    """R-K: each answer is the same as the first; another record has one of its own, whatever its id."""
    for _ in range(5):
        result = await answered(schema, DOCUMENT, {}, Context(), wire=wire)
        assert result.errors is None
        assert result.data == TOLD
    assert [each for each in LOOKED_AT if each is MARK or each is OTHER] == [MARK, OTHER]
    assert sum(each["name"] == "own" for each in LOOKED_AT) == 5


async def test_answers_that_are_remembered_are_bounded(schema: Schema) -> None:
    """R-K: all of them are forgotten when there are too many, and nothing else changes."""
    assert schema.plans is not None
    schema.plans.memory = memory = Memory(most=4)
    for _ in range(6):
        assert (await answered(schema, DOCUMENT, {}, Context())).data == TOLD
        assert len(memory) <= 4
    assert sum(each is MARK for each in LOOKED_AT) > 1


async def test_what_fails_is_not_remembered(schema: Schema) -> None:
    """A record that is wrong today is asked again tomorrow."""
    del MARK["name"]
    try:
        result = await answered(schema, DOCUMENT, {}, Context())
        assert [error.path for error in result.errors] == [["someone", "lasting", 0, "name"]]
    finally:
        MARK["name"] = "m"
    assert (await answered(schema, DOCUMENT, {}, Context())).data == TOLD


async def test_an_answer_of_nothing_is_remembered_once(schema: Schema) -> None:
    """R-K: it looks as if there was none, but takes no room twice."""
    assert schema.plans is not None
    document = "{ someone { lasting { name @skip(if: true) } } }"
    for _ in range(4):
        result = await answered(schema, document, {}, Context(), wire=False)
        assert result.data == {"someone": {"lasting": [{}, {}, {}]}}
    assert len(schema.plans.memory) == 2 + 4


def test_answers_go_with_their_plan() -> None:
    """A table that no plan holds is gone."""
    memory = Memory(most=2)
    first, second = (memory.table(lambda record, _: dict(record)) for _ in range(2))
    first.make({"a": 1}, None)
    del first
    gc.collect()
    kept = [{"a": number} for number in range(2, 5)]
    assert second.make(kept[0], None) == {"a": 2}
    second.make(kept[1], None)
    assert len(second.answers) == 2
    second.make(kept[2], None)
    assert list(second.answers) == [id(kept[2])]
