"""Limits are measured in one pass, whatever fragments do."""

from typing import Any

import pytest
import strawberry
from graphql import parse

from execution.limits import Limits, Measure, measure, values_in
from execution.schema import Schema
from tests.execution import sample

SCHEMA = strawberry.Schema(sample.Query, sample.Mutation, sample.Subscription)


def measured(text: str, **variables: object) -> Measure:
    """The measure of a document."""
    return measure(SCHEMA._schema, parse(text), variables, Limits())


def bomb(levels: int) -> str:
    """Fragments that double at each level: 2^levels fields for a walk without memory."""
    parts = [f"fragment F{n} on Query {{...F{n + 1} ...F{n + 1}}}" for n in range(levels)]
    return " ".join(["{...F0}", *parts, f"fragment F{levels} on Query {{viewer}}"])


@pytest.mark.parametrize(
    ("text", "depth", "root_fields"),
    [
        ("{viewer}", 1, 1),
        ("{a: viewer b: viewer ... {c: viewer} ...F} fragment F on Query {d: viewer}", 1, 4),
        ("{books {edges {node {author {name}}}}}", 5, 1),
        ("query A {viewer} query B {books {edges {cursor}}}", 3, 1),
        ("{__schema {types {fields {type {ofType {ofType {name}}}}}}}", 0, 1),
        ("{...Nowhere ...Cycle unknown {more}} fragment Cycle on Query {viewer ...Cycle}", 2, 2),
    ],
)
def test_depth_and_root_fields(text: str, depth: int, root_fields: int) -> None:
    """Depth counts fields, not fragments; introspection has a rule of its own."""
    found = measured(text)
    assert (found.depth, found.root_fields) == (depth, root_fields)


def test_aliases_and_directives_count_once_in_the_text() -> None:
    """Each alias and directive of the text counts once, in fragments, too, however often they are spread."""
    text = "query @a {x: viewer @skip(if: false) ...F ...F ... @include(if: true) {...F}} fragment F on Query @b {y: viewer}"
    found = measured(text)
    assert (found.aliases, found.directives) == (2, 4)
    both = "query A {...F} query B {...F} fragment F on Query {x: viewer}"
    assert measured(both).aliases == 1


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{viewer}", 1),
        ("{books(first: 1) {edges {cursor}}}", 1 + 1 * (1 + 1)),
        ("{books(first: 20) {edges {cursor}}}", 1 + 20 * (1 + 1)),
        ("{books {edges {cursor}}}", 1 + 24 * (1 + 1)),
        ("query($n: Int) {books(first: $n) {edges {cursor}}}", 1 + 7 * (1 + 1)),
        ("query($m: Int = 9) {books(first: $m) {edges {cursor}}}", 1 + 9 * (1 + 1)),
        ("query($z: Int) {books(first: $z) {edges {cursor}}}", 1 + 24 * (1 + 1)),
        ("{books(first: null) {edges {cursor}}}", 1 + 24 * (1 + 1)),
        ("query($m: Int = null) {books(first: $m) {edges {cursor}}}", 1 + 24 * (1 + 1)),
        ('{books(first: "x") {edges {cursor}}}', 1 + 24 * (1 + 1)),
        ("{books(first: 0) {edges {cursor}}}", 1 + 1 * (1 + 1)),
        ("{books(first: -9) {edges {cursor}}}", 1 + 1 * (1 + 1)),
        ("query($n: Int = -9) {books(first: $n) {edges {cursor}}}", 1 + 7 * (1 + 1)),
        ("query($m: Int = -9) {books(first: $m) {edges {cursor}}}", 1 + 1 * (1 + 1)),
        ("{books(last: 3) {edges {cursor}}}", 1 + 3 * (1 + 1)),
        ("{unknown(first: 3) {edges {cursor}}}", 1 + 3 * (1 + 1)),
        (
            "{books(first: 2) {edges {node {author {books(first: 3) {id}}}}}}",
            1 + 2 * (1 + 1 + 2 + 10 + 3 * 1),
        ),
        (
            "{books(first: 2) {edges {...E}}} fragment E on BookEdge {cursor node {id}}",
            1 + 2 * (1 + 1 + 1 + 1),
        ),
    ],
)
def test_cost_multiplies_declared_costs_by_page_sizes(text: str, cost: int) -> None:
    """Costs come from the declarations, page sizes from literals, variables and defaults."""
    assert measured(text, n=7).cost == cost


def test_a_measure_knows_whether_variables_matter() -> None:
    """Only page sizes from variables make a measure depend on the request."""
    assert measured("query($l: Language) {echo(language: $l)}").variables == ()
    assert measured("query($n: Int) {books(first: $n) {edges {cursor}}}").variables == ("n",)


def test_fragments_are_measured_once() -> None:
    """A fragment bomb of 90 levels is measured at once and refused for its cost, not walked."""
    found = measured(bomb(90))
    assert found.cost == 2**90
    assert found.over(Limits())


OVER = {
    "depth": "{books {edges {node {author {books {author {books {author {books {author {books {author {books {author {books {id}}}}}}}}}}}}}}}}",
    "aliases": "{" + " ".join(f"a{n}: viewer" for n in range(31)) + "}",
    "directives": "{viewer " + "@skip(if: false) " * 31 + "}",
    "root fields": "{" + " ".join(f"a{n}: viewer" for n in range(21)) + "}",
    "cost": "{books(first: 999999999999) {edges {cursor}}}",
    "tokens": "{" + "viewer " * 2001 + "}",
    "characters": "{viewer}" + " " * 20_000,
    "comments": "#\n" * 101 + "{viewer}",
    "fragments in fragments": " ".join(
        ["{...F0}", *(f"fragment F{n} on Query {{...F{n + 1}}}" for n in range(250))]
    ),
}


@pytest.mark.parametrize("text", OVER.values(), ids=OVER)
async def test_what_is_too_large_is_one_typed_error(text: str) -> None:
    """R-K: each limit refuses before validation, with one error, on every door."""
    schema = Schema(sample.Query, sample.Mutation, sample.Subscription)
    result = await schema.execute(text, context_value=sample.Context())
    (error,) = result.errors or []
    assert result.data is None
    assert (error.extensions or {})["code"] == "DOCUMENT_TOO_LARGE"
    streamed = [each async for each in await schema.stream(text, context_value=sample.Context())]
    assert [(e.extensions or {})["code"] for e in streamed[0].errors or []] == ["DOCUMENT_TOO_LARGE"]  # type: ignore[union-attr]


async def test_documents_are_parsed_and_validated_once() -> None:
    """A document seen before keeps its tree and its errors; page sizes are measured each time."""
    schema = Schema(sample.Query, sample.Mutation, sample.Subscription)

    async def ask(text: str, **variables: object) -> Any:
        result = await schema.execute(text, variables, context_value=sample.Context())
        return result.data or [(error.extensions or {})["code"] for error in result.errors or []]

    paged = "query($n: Int!) {books(first: $n) {edges {cursor}}}"
    assert await ask(paged, n=1) == {"books": {"edges": [{"cursor": "0"}]}}
    known = schema.documents.find(paged)
    assert known
    assert await ask(paged, n=2) == {"books": {"edges": [{"cursor": "0"}, {"cursor": "1"}]}}
    assert await ask(paged, n=10**9) == ["DOCUMENT_TOO_LARGE"]
    again = schema.documents.find(paged)
    assert again is known
    for _ in range(3):
        assert await ask("{viewr}") == ["DOCUMENT_INVALID"]
        assert await ask("{") == ["DOCUMENT_SYNTAX"]
        assert await ask("{viewer}") == {"viewer": "anonymous"}


async def test_the_cache_is_bounded_by_length() -> None:
    """Clients choose the documents, so the sum of their lengths is bounded and old ones go first."""
    schema = Schema(sample.Query, sample.Mutation, sample.Subscription)
    schema.documents.characters = 100
    texts = ["{viewer}" + " " * n for n in range(20)]
    for text in texts:
        await schema.execute(text, context_value=sample.Context())
    assert schema.documents.find(texts[0]) is None
    assert schema.documents.find(texts[-1])
    await schema.execute("{viewer}" + " " * 200, context_value=sample.Context())
    assert sum(map(len, schema.documents._known)) <= 100


@pytest.mark.parametrize(
    "value",
    [[{}] * 1_000, {"related": [[1] * 500, [2] * 500]}, [[[{str(n): n for n in range(1_000)}]]]],
    ids=["objects", "lists", "keys"],
)
async def test_variables_are_bounded_like_the_text(value: object) -> None:
    """R-K: more than 1,000 values in variables are one typed error, however they are nested and used."""
    schema = Schema(sample.Query, sample.Mutation, sample.Subscription)
    for text in ("{viewer}", "query($v: Int) {books(first: $v) {edges {cursor}}}"):
        given = {"v": value}
        result = await schema.execute(text, variable_values=given, context_value=sample.Context())
        (error,) = result.errors or []
        assert (error.extensions or {})["code"] == "DOCUMENT_TOO_LARGE"


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        (None, 0),
        ({}, 0),
        ({"a": 1, "b": "two"}, 2),
        ({"a": [1, [2, {"c": None}]]}, 6),
    ],
)
def test_values_are_counted(variables: dict[str, Any] | None, found: int) -> None:
    """Lists and objects count as well as what they hold."""
    assert values_in(variables, 100) == found
    assert values_in(variables, 1) == min(found, 3)
