"""What is made of a document before it is asked, and kept of it."""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from graphql import parse
from strawberry.relay import GlobalID
from strawberry.schema.config import StrawberryConfig
from strawberry.types.unset import UNSET

from execution.documents import Known
from execution.fields import root
from execution.limits import Limits
from execution.schema import Schema
from execution.wire import encoded
from tests.execution.plans.people import Context, Query, third


@pytest.fixture
def schema() -> Schema:
    """A schema that knows no document yet."""
    return Schema(Query, presenter=lambda error, _: {"code": "X", "message": str(error)})


async def test_what_is_deferred_is_left_to_graphql_core() -> None:
    """Incremental delivery is not a plan's."""
    config = StrawberryConfig(enable_experimental_incremental_execution=True)
    schema = Schema(Query, config=config)
    schema.learn(["{ count ... @defer { someone { name } } }"])
    assert schema.plans is not None
    assert schema.plans.counts.left["deferred"] == 1


async def test_a_document_that_is_not_kept_is_not_learnt(schema: Schema) -> None:
    """What is longer than the cache may hold is parsed each time."""
    schema.documents.characters = 5
    schema.learn(["{ count }"])
    assert len(schema.documents) == 0


async def test_sizes_and_operations_that_are_remembered_are_bounded(schema: Schema) -> None:
    """Clients choose sizes freely; operations of one name are nobody's to choose from."""
    document = "query($n: Int) { a: count count }"
    await schema.execute(document, {}, Context())
    known = schema.documents.find(document)
    assert known is not None
    paged = parse("query($n: Int) { many(first: $n) }")
    sized = Known(paged)
    for number in range(200):
        sized.measured(schema.graphql, {"n": number}, Limits())
    assert len(sized._measures) <= 64
    twice = Known(parse("query A { count } query A { count }"))
    assert list(twice.all_operations()) == []


async def test_types_out_of_the_ordinary_are_converted_by_strawberry() -> None:
    """A lazy type, a list of inputs and what is left out."""

    async def told(context: Context, *, thing: Any, low: Any = None, given: Any = UNSET) -> str:
        """The arguments."""
        return f"{thing.type_name}{thing.node_id} {low} {given is UNSET}"

    maybe: Any = strawberry.Maybe
    told.__annotations__ = {
        "context": Context,
        "thing": GlobalID,
        "low": maybe[int],
        "given": int | None,
        "return": str,
    }
    told.__kwdefaults__ = {"low": None, "given": UNSET}

    @strawberry.type
    class Tells:
        """Reads."""

        shown: str = root(told, policy="public")

    schema = Schema(Tells)
    document = "query($id: ID!, $low: Int) { shown(thing: $id, low: $low) }"
    identifier = str(GlobalID("Thing", "7"))
    result, _ = await third(schema, document, id=identifier, low=3)
    plain = await Schema(Tells, compiled=False).execute(document, {"id": identifier, "low": 3}, Context())
    assert result.data == plain.data == {"shown": "Thing7 Some(3) True"}


def test_other_keys_than_strings_are_written_too() -> None:
    """A scalar of objects may have any."""
    assert encoded({"data": {1: 2}}) == b'{"data":{"1":2}}'
