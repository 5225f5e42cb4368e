"""What plans look like, and which positions are too deep or too large for one."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLError, execute, parse

from execution.fields import root, stored, value
from execution.plans import Plans, planning_executor
from execution.plans.leaves import GaveUp
from execution.plans.running import Plan
from execution.plans.writing import as_list
from tests.execution.plans import library
from tests.execution.plans.both import PLAIN, cached, compare, planned


async def ask(document: str, plans: Plans | None = None, seed: int = 1) -> Plans:
    """Execute a document with plans of its own."""
    plans = Plans() if plans is None else plans
    answer = await planned(plans).execute(document, context_value=library.Context(seed))
    assert not answer.errors
    return plans


def sources(plans: Plans) -> list[str]:
    """The Python of every plan."""
    found = [plan for each in plans._positions.values() for plan in each.plans.values()]
    return [plan.source for plan in found if isinstance(plan, Plan)]


async def test_a_plan_is_plain_python() -> None:
    """R-K: a stored string becomes one read and one comparison."""
    (source,) = sources(await ask("{ page { count } }"))
    assert "v1 = d.get('count')" in source.replace("v3", "v1").replace("v2", "v1")
    assert "type(d) is not dict" in source


async def test_fields_left_to_graphql_core_have_planned_children() -> None:
    """A field of last resort takes only its own position out of plans, each child has one."""
    plans = await ask("{ book { slow { id } names { kk } title } }")
    assert plans.counts.unplannable == {"Book.slow: resolved": 1}
    assert plans.counts.written == 2
    assert plans.counts.runs == 2


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("broken", [0.0, 0.1])
async def test_interfaces_and_unions_are_told_apart_by_kind(seed: int, broken: float) -> None:
    """R-K: a record of an interface or a union has the fields of its kind, one of no kind is an error."""
    document = """query { thing(seed: 1) { __typename id ...on Book { pages } ...on Author { born } }
      page { mixed { __typename ...on Book { author { name } } ...on Author { names { kk } } }
             things { id __typename ...on Book { things { id } } } } }"""
    await compare(document, seed=seed, broken=broken)


async def test_a_position_too_deep_is_left_to_positions_below() -> None:
    """Nesting beyond the bound costs plans at the outside only: here the root and the field below it."""
    deep = "related { " * 45 + "id" + " }" * 45
    plans = await ask(f"{{ book {{ {deep} }} }}")
    assert plans.counts.unplannable == {"Book: too deep": 2}
    assert (await compare(f"{{ book {{ {deep} }} }}", seed=1)).data["book"] is not None


async def test_fragments_that_unfold_without_end_have_no_plan() -> None:
    """R-K: a short document can't make a plan of any size, it is answered without one."""
    levels = 9
    fragments = "".join(
        f"fragment F{n} on Book {{ a: related {{ ...F{n + 1} }} b: related {{ ...F{n + 1} }} c: related {{ ...F{n + 1} }} }}"
        for n in range(levels)
    )
    document = f"{{ book {{ ...F0 }} }} {fragments} fragment F{levels} on Book {{ id }}"
    plans = await ask(document)
    assert plans.counts.unplannable["too large"]


def test_only_lists_and_tuples_are_lists() -> None:
    """Any other iterable is graphql-core's to walk through."""
    assert as_list((1, 2)) == (1, 2)
    with pytest.raises(GaveUp):
        as_list({1, 2})


async def test_the_same_document_is_written_once() -> None:
    """R-K: a second execution of a parsed document writes nothing."""
    plans = Plans()
    schema = cached(plans)
    for _ in range(3):
        await schema.execute("{ page { count } }", context_value=library.Context(1))
    assert (plans.counts.written, plans.counts.runs) == (1, 3)


@value()
class Odd:
    """A value, which has no kind to tell it by."""

    text: str = stored()


@strawberry.type
class Oddities:
    """Reads what can't be told apart."""

    odd: Annotated[Odd | library.Names, strawberry.union("OddOrNames")] | None = root(
        library.book, policy="public"
    )


async def test_a_union_of_values_is_graphql_cores() -> None:
    """Without a kind a plan could only guess."""
    plans = Plans()
    schema = strawberry.Schema(Oddities, execution_context_class=planning_executor(plans))
    document = "{ odd { __typename } }"
    answer = await schema.execute(document, context_value=library.Context(1))
    plain = await strawberry.Schema(Oddities).execute(document, context_value=library.Context(1))
    assert str(answer.errors) == str(plain.errors)
    assert list(plans.counts.unplannable) in (
        ["OddOrNames: Odd has no kind"],
        ["OddOrNames: Names has no kind"],
    )


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{ page { ... @defer { count } } }", "Page: deferred"),
        (
            "{ page { ...F(on: true) } } fragment F($on: Boolean!) on Page { count @include(if: $on) }",
            "Page: variables of fragments",
        ),
    ],
)
async def test_experiments_of_the_specification_are_graphql_cores(document: str, reason: str) -> None:
    """Deferred fragments and fragments with arguments have no plan."""
    plans = Plans()
    answers = []
    for executor in (None, planning_executor(plans)):
        running: Any = execute(
            PLAIN._schema,
            parse(document, experimental_fragment_arguments=True),
            context_value=library.Context(1),
            executor_class=executor,
        )
        with suppress(GraphQLError):  # deferring needs another executor
            answers.append(str(await running))
    assert len(set(answers)) == len(document.split("fragment")) - 1
    assert plans.counts.unplannable == {reason: 1}
