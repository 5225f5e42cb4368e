"""Running plans: arguments as graphql-core coerces them, loaders outermost first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import strawberry

from execution.documents import DocumentCache, Documents, Rules
from execution.fields import computed, record, root, stored
from execution.plans import Plans, planning_executor
from tests.execution.plans import library
from tests.execution.plans.both import compare, planned

ARGUMENTS = """query Q($times: Int, $style: Style, $marks: [String!]!, $shelf: Shelf = LOWER, $old: Boolean!) {
  book(seed: 4) {
    plain: shown  none: shown(style: null, times: 2)  many: shown(times: $times)
    whole: shown(style: $style)  parts: shown(style: {upper: true, marks: $marks, shelf: $shelf})
    nested: shown(style: {marks: ["a", "b"], shelf: UPPER})  one: shown(style: {marks: "c"})
    mixed: shown(style: {marks: ["!", "?"]}, times: $times)
    author(old: $old) { name books { shown(times: $times) } }
    maybeAuthor(old: true) { id }
  }
}"""
VARIABLES: dict[str, Any] = {"marks": ["x"], "old": False}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"times": 3, "style": {"upper": True, "marks": ["!"], "shelf": "UPPER"}},
        {"style": None, "marks": [], "old": True},
        {"shelf": None, "style": {}},
        {"times": None},
    ],
)
async def test_arguments_are_coerced_as_graphql_core_does(more: dict[str, Any]) -> None:
    """R-K: variables, input objects, enums, lists and defaults reach functions and loaders unchanged."""
    await compare(ARGUMENTS, VARIABLES | more, seed=1)


async def test_arguments_are_never_those_of_another_request() -> None:
    """R-K: one plan gives each request the answer to its own variables."""
    answers = [(await compare(ARGUMENTS, VARIABLES | {"times": times}, seed=1)).data for times in (1, 2, 3)]
    name = answers[0]["book"]["many"]
    assert [each["book"]["many"] for each in answers] == [name, name * 2, name * 3]


@pytest.mark.parametrize("seed", range(12))
async def test_failing_loaders_null_what_they_would_null_without_plans(seed: int) -> None:
    """R-K: a loader that fails for a record or for all is an error at the same places."""
    document = """{ page { books { id maybeAuthor { name } things { id } author { id books { maybeAuthor { id } } } } } }"""
    await compare(document, seed=seed, broken=0.04)


async def test_loaders_are_called_once_a_level() -> None:
    """R-K: a loader is called once for all parents of a position."""
    plans, context = Plans(), library.Context(6)
    document = "{ page { books { author { books { author { name } } } } } }"
    answer = await planned(plans).execute(document, context_value=context)
    assert answer.errors is None
    assert context.calls == ["authors", "related", "authors"]
    assert (plans.counts.runs, plans.counts.gave_up) == (1, {})


async def test_positions_of_one_loader_share_its_call() -> None:
    """R-K: the same field under two aliases loads once, with other arguments once more."""
    plans, context = Plans(), library.Context(6)
    document = "{ book { a: author { id } b: author { name } c: author(old: true) { id } } }"
    answer = await planned(plans).execute(document, context_value=context)
    assert answer.errors is None
    assert context.calls == ["authors", "authors"]
    await compare(document, seed=6)


def taking(record: Any, *, marks: list[str]) -> str:
    """A function that uses up its argument."""
    return str(record["size"]) + marks.pop()


@strawberry.input
@dataclass
class Picky:
    """An input that refuses some values of its own accord."""

    size: int = 0

    def __post_init__(self) -> None:
        """Refuse what is negative."""
        if self.size < 0:
            raise ValueError("too small")


def sized(record: Any, *, picky: Picky) -> int:
    """The size asked for."""
    return picky.size + int(record["size"])


@record("box")
class Box:
    """Something with a size."""

    size: int = stored()
    sized: int | None = computed(sized)
    taken: str | None = computed(taking)


async def one_box(context: object) -> object:
    """One box."""
    return {"kind": "box", "size": 1}


@strawberry.type
class Query:
    """Reads."""

    box: Box = root(one_box, policy="public")


@pytest.mark.parametrize("size", [2, -1])
async def test_an_input_that_refuses_is_an_error_of_its_field(size: int) -> None:
    """R-K: an argument that can't be converted nulls the field it stands at, and that one only."""
    plans = Plans()
    schema = strawberry.Schema(Query, execution_context_class=planning_executor(plans))
    for document, variables in (
        (f"{{ box {{ size sized(picky: {{size: {size}}}) }} }}", {}),
        ("query Q($size: Int!) { box { size sized(picky: {size: $size}) } }", {"size": size}),
    ):
        answer = await schema.execute(document, variables)
        plain = await strawberry.Schema(Query).execute(document, variables)
        assert answer.data == plain.data == {"box": {"size": 1, "sized": size + 1 if size > 0 else None}}
        assert str(answer.errors) == str(plain.errors)
    assert plans.counts.runs == (2 if size > 0 else 0)
    assert plans.counts.unplannable == ({} if size > 0 else {"Box.sized: arguments": 1})


async def test_a_function_that_changes_its_argument_harms_no_other_request() -> None:
    """R-K: lists and input objects are made anew for each request."""
    documents, plans = DocumentCache(), Plans()
    executor = planning_executor(plans)
    schema = strawberry.Schema(
        Query, execution_context_class=executor, extensions=[lambda: Documents(Rules(), documents)]
    )
    for _ in range(3):
        answer = await schema.execute('{ box { taken(marks: ["!"]) } }')
        assert answer.data == {"box": {"taken": "1!"}}
    assert (plans.counts.written, plans.counts.runs, plans.counts.gave_up) == (1, 3, {})
