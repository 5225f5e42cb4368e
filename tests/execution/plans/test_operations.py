"""Queries answered by plans from their root fields on, and those that are left to graphql-core."""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from strawberry.extensions import SchemaExtension

from execution.documents import Rules
from execution.fields import root
from execution.limits import Limits
from execution.schema import Schema
from tests.execution.plans.people import Context, Query, Thing, thing, third


@pytest.fixture
def schema() -> Schema:
    """A schema that knows no document yet."""
    return Schema(Query, presenter=lambda error, _: {"code": "X", "message": str(error)})


def whole(schema: Schema) -> int:
    """How many queries were answered by plans alone."""
    assert schema.plans is not None
    return schema.plans.counts.whole


async def test_a_known_query_is_answered_by_plans_alone(schema: Schema) -> None:
    """R-K: several root fields, aliases and __typename, without graphql-core."""
    document = "query($id: ID!) { __typename a: someone(id: $id) { loud } b: someone { name } count }"
    result, context = await third(schema, document, id="5")
    assert result.errors is None
    assert result.data == {"__typename": "Query", "a": {"loud": "N5"}, "b": {"name": "n1"}, "count": 7}
    assert list(result.data) == ["__typename", "a", "b", "count"]
    assert sorted(context.calls) == ["someone 1", "someone 5"]
    assert whole(schema) == 3


async def test_what_is_looked_at_is_told(schema: Schema) -> None:
    """Root fields and loaders read no more than the answer is made from."""
    _, context = await third(schema, "{ someone { loud friends { id name } } }")
    assert context.wanted == {
        "someone": frozenset({"_id", "name"}),
        "friends": frozenset({"_id", "name"}),
    }
    _, context = await third(schema, "{ someone { any id } }")
    assert context.wanted["someone"] is None
    _, context = await third(schema, "{ someone { friends { any } } }")
    assert context.wanted["friends"] is None


async def test_on_graphql_core_everything_is_wanted() -> None:
    """Nobody knows there what will be asked for."""
    plain = Schema(Query, compiled=False)
    _, context = await third(plain, "{ someone { friends { id } } }")
    assert context.wanted == {"someone": None, "friends": None}


async def test_a_root_field_that_fails_is_not_called_again(schema: Schema) -> None:
    """Its error is graphql-core's, and so is what stands beside it."""
    document = 'query { a: someone(id: "0") { name } b: someone { name } }'
    result, context = await third(schema, document)
    assert result.data == {"a": None, "b": {"name": "n1"}}
    assert [error.path for error in result.errors] == [["a"]]
    assert sorted(context.calls) == ["someone 0", "someone 1"]
    assert whole(schema) == 0


async def test_a_plan_that_gives_up_leaves_the_value_to_graphql_core(schema: Schema) -> None:
    """The value that was read is completed again, and not read again."""
    result, context = await third(schema, "{ someone { name broken } }")
    assert result.data == {"someone": {"name": "n1", "broken": None}}
    assert [error.path for error in result.errors] == [["someone", "broken"]]
    assert context.calls == ["someone 1"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{ more }", "Query.more: has extensions"),
        ("{ __schema { queryType { name } } }", "Query.__schema: not declared"),
        ("query($id: ID!) { someone(id: $id) { name } }", "variables"),
    ],
)
async def test_what_is_not_understood_is_left_to_graphql_core(
    schema: Schema, document: str, reason: str
) -> None:
    """R-K: extensions are never bypassed, and every reason is counted by its name."""
    result, _ = await third(schema, document)
    plain = await Schema(Query, compiled=False).execute(document, {}, Context())
    assert result.data == plain.data
    assert bool(result.errors) is bool(plain.errors)
    assert schema.plans is not None
    assert schema.plans.counts.left[reason] >= 1
    assert whole(schema) == 0


async def test_an_argument_that_can_not_be_converted_is_told_by_graphql_core() -> None:
    """Nothing has run by then."""
    called: list[str] = []

    @strawberry.input
    class Range:
        """An input that refuses some values."""

        low: int

        def __post_init__(self) -> None:
            if self.low < 0:
                raise ValueError("too low")

    async def ranged(context: Context, *, range: Range) -> int:  # noqa: A002
        """The lower end."""
        called.append("ranged")
        return range.low

    ranged.__annotations__ = {"context": Context, "range": Range, "return": int}

    @strawberry.type
    class Ranged:
        """Reads."""

        shown: int | None = root(ranged, policy="public")

    schema = Schema(Ranged, presenter=lambda error, _: {"code": "X", "message": str(error)})
    document = "query($range: Range!) { shown(range: $range) }"
    assert (await third(schema, document, range={"low": 1}))[0].data == {"shown": 1}
    result = await schema.execute(document, {"range": {"low": -1}}, Context())
    assert result.data == {"shown": None}
    assert [error.message for error in result.errors or []] == ["too low"]
    assert schema.plans is not None
    assert schema.plans.counts.left["arguments"] == 1


async def test_extensions_of_the_schema_see_every_operation() -> None:
    """R-K: whoever watches the schema is not bypassed."""
    seen: list[str | None] = []

    class Watching(SchemaExtension):
        """Notes operations."""

        def on_operation(self) -> Any:
            """Begin and end."""
            seen.append(self.execution_context.query)
            yield

    schema = Schema(Query, extensions=[Watching])
    await third(schema, "{ count }")
    assert seen == ["{ count }"] * 3
    assert whole(schema) == 0


async def test_names_of_operations_are_bounded(schema: Schema) -> None:
    """Clients may ask for any name."""
    document = "query A { count } query B { someone { name } }"
    await schema.execute(document, {}, Context(), operation_name="A")
    for number in range(100):
        with pytest.raises(Exception, match="N"):
            await schema.execute(document, {}, Context(), operation_name=f"N{number}")
    result = await schema.execute(document, {}, Context(), operation_name="B")
    assert result.data == {"someone": {"name": "n1"}}
    known = schema.documents.find(document)
    assert known is not None
    assert len(known.operations) <= 64


async def test_conditions_have_programs_of_their_own(schema: Schema) -> None:
    """Each combination of @skip and @include; their number is bounded."""
    names = [f"v{number}" for number in range(5)]
    head = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: count @include(if: ${name})" for name in names)
    document = f"query({head}) {{ {fields} __typename }}"
    for number in range(32):
        chosen = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        result = await schema.execute(document, chosen, Context())
        assert result.data == {name: 7 for name in names if chosen[name]} | {"__typename": "Query"}
    known = schema.documents.find(document)
    assert known is not None
    prepared = known.operation(None)
    assert prepared is not None
    assert len(prepared.programs) <= 8


async def test_loaders_may_answer_at_once_or_later(schema: Schema) -> None:
    """A loader that has everything at hand makes no task, on graphql-core as well."""
    document = "{ someone { quick late friends { quick } } }"
    expected = {"someone": {"quick": "1!", "late": "later", "friends": [{"quick": "2!"}, {"quick": "3!"}]}}
    assert (await third(schema, document))[0].data == expected
    assert (await Schema(Query, compiled=False).execute(document, {}, Context())).data == expected
    aliased = "{ someone { a: quick b: quick } }"
    assert (await third(schema, aliased))[0].data == {"someone": {"a": "1!", "b": "1!"}}


async def test_what_waits_beside_a_failing_loader_is_dropped(schema: Schema) -> None:
    """A loader that fails before anything is awaited leaves nothing behind that nobody awaits."""

    @strawberry.type
    class Things:
        """Reads."""

        shown: Thing = root(thing, policy="public")

    schema = Schema(Things, presenter=lambda error, _: {"code": "X", "message": str(error)})
    result, _ = await third(schema, "{ shown { slow late fails } }")
    assert result.data == {"shown": {"slow": None, "late": "later", "fails": None}}
    assert sorted(str(error.path) for error in result.errors) == ["['shown', 'fails']", "['shown', 'slow']"]


async def test_a_root_value_is_for_graphql_core(schema: Schema) -> None:
    """Root fields that are declared look at none."""
    assert (await schema.execute("{ count }", {}, Context(), root_value={"count": 1})).data == {"count": 7}
    assert whole(schema) == 0


async def test_documents_can_be_learnt_beforehand(schema: Schema) -> None:
    """R-K: trusted documents are answered by plans from their first use on; what is wrong with one waits."""
    schema.learn(
        [
            "query A { count } query B($yes: Boolean!) { count @include(if: $yes) }",
            "{ nothing",
            "{ unknown }",
            "mutation { none }",
            "{ " + "a" * 2_000_000 + " }",
            "{ count }",
        ]
    )
    assert (await schema.execute("{ count }", {}, Context())).data == {"count": 7}
    assert whole(schema) == 1
    assert (await schema.execute("{ unknown }", {}, Context())).errors
    Schema(Query, compiled=False).learn(["{ count }"])


async def test_limits_hold_for_known_documents() -> None:
    """A document that was within its limits may be beyond them with other variables."""
    limits = Limits(values=3)
    schema = Schema(Query, rules=Rules(limits))
    document = "query($id: ID) { someone(id: $id) { name } }"
    assert (await third(schema, document, id="5"))[0].data == {"someone": {"name": "n5"}}
    result = await schema.execute(document, {"id": "5", "more": [1, 2, 3, 4]}, Context())
    assert [(error.extensions or {})["code"] for error in result.errors or []] == ["DOCUMENT_TOO_LARGE"]


def test_only_what_is_declared_shared_is_shared(schema: Schema) -> None:
    """Every root field counts, wherever it stands and whatever its condition says."""
    documents = {
        "{ someone { name } }": True,
        "{ someone { name } ...F } fragment F on Query { someone { id } ...F2 } fragment F2 on Query { someone { id } }": True,
        "{ someone { name } ...F ...F } fragment F on Query { ... { count } }": False,
        "query($no: Boolean!) { someone { name } count @include(if: $no) }": False,
        "{ someone { name } __schema { queryType { name } } }": False,
    }
    schema.learn(documents)
    for document, shared in documents.items():
        assert (schema.shared_document(document, None, None) is not None) is shared, document
    assert schema.shared_document("{ someone { id } }", None, None) is None
    assert schema.shared_document(None, {"persistedQuery": {"sha256Hash": "00"}}, None) is None


async def test_parents_that_share_a_value_share_its_answer(schema: Schema) -> None:
    """A page has fewer suppliers than listings: each is completed once."""
    result, _ = await third(schema, "{ someone { friends { badge { name } } } }")
    first, second = (friend["badge"] for friend in result.data["someone"]["friends"])
    assert first == {"name": "m"}
    assert first is second
