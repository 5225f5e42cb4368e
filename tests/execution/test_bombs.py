"""Small documents that ask for much work: each is one typed error, for work that grows with its size only."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest
from graphql import parse, visit
from graphql.language import Visitor

from execution.documents import Rules
from execution.limits import Limits, measure
from execution.schema import Schema
from tests.execution.conftest import Library
from tests.execution.server import Port, application, door, serving
from tests.execution.test_limits import SCHEMA, bomb, measured

KILOBYTE = 1024


class Places(Visitor):
    """Counts the places of a text that a walk can visit: fields, spreads, inline and defined fragments."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def enter(self, node: object, *_: object) -> None:
        """Count."""
        self.number += type(node).__name__ in {
            "FieldNode",
            "FragmentSpreadNode",
            "InlineFragmentNode",
            "FragmentDefinitionNode",
        }


def places(text: str) -> int:
    """How many selections a text has."""
    counter = Places()
    visit(parse(text), counter)
    return counter.number


def within_a_kilobyte() -> str:
    """The largest doubling bomb of a kilobyte."""
    levels = 1
    while len(bomb(levels + 1)) <= KILOBYTE:
        levels += 1
    return bomb(levels)


def test_a_kilobyte_of_fragments_is_visited_once() -> None:
    """R-K: a fragment bomb of 1 KB means 2^27 fields and is refused after visiting its 80 places once."""
    text = within_a_kilobyte()
    found = measured(text)
    assert KILOBYTE - 40 < len(text) <= KILOBYTE
    assert found.cost >= 2**25
    assert found.over(Limits())
    assert found.visited <= places(text)


@pytest.mark.parametrize("levels", [1, 2, 4, 8, 16, 32, 64])
def test_visits_grow_with_the_text(levels: int) -> None:
    """R-K: whatever fragments do, each place is visited at most twice an operation: below a page and not."""
    doubled = bomb(levels)
    paged = doubled.replace(
        "{...F0}", "{a: books(first: 1) {edges {node {id}}} ...F0 books {edges {node {...G}}}}"
    ) + (
        "fragment G on Book {author {books {...H} ...I}} fragment H on Book {id ...J} fragment J on Book {id} "
        "fragment I on Author {books {...H}}"
    )
    several = " ".join(
        [bomb(levels).replace("{...F0}", "query A {...F0}"), "query B {...F0} query C {...F1}"]
    )
    for text, operations in ((doubled, 1), (paged, 1), (several, 3)):
        assert measured(text).visited <= 2 * operations * places(text)


@pytest.fixture(scope="module")
async def tight() -> AsyncIterator[tuple[Library, Schema]]:
    """A library of its own, with its schema to look into."""
    port = Port()
    graphql = door(port, Rules(), body=100_000)
    async with (
        serving(application(graphql)) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):
        yield Library(address, http, port), graphql.served


async def test_other_requests_go_on_between_bombs(tight: tuple[Library, Schema]) -> None:
    """R-K: among forty different bombs every usual request is answered, and no bomb reaches validation."""
    library, schema = tight
    bombs = [within_a_kilobyte().replace("viewer", f"viewer a{n}: viewer") for n in range(40)]
    usual = "query Usual {viewer}"
    asked = [text for each in bombs for text in (each, usual)]
    answers = await asyncio.gather(*(library.http.post("/graphql", json={"query": each}) for each in asked))
    said = [answer.json() for answer in answers]
    assert said[1::2] == [{"data": {"viewer": "anonymous"}}] * len(bombs)
    codes = [[error["extensions"]["code"] for error in each["errors"]] for each in said[::2]]
    assert codes == [["DOCUMENT_TOO_LARGE"]] * len(bombs)
    known = [schema.documents.find(each) for each in bombs]
    assert [each.errors for each in known if each] == [None] * len(bombs)


LARGE = {
    "many operations": " ".join(f"query Q{n} {{viewer}}" for n in range(21)),
    "a list in lists": "{echo(text: " + "[" * 190 + "]" * 190 + ")}",
    "objects in objects": "{echo(text: " + "{a: " * 190 + "1" + "}" * 190 + ")}",
    "lists beyond the parser": "{echo(text: " + "[" * 900,
    "fields in fields": "{books" * 300,
    "lists of types": "query($v: " + "[" * 300 + "Int" + "]" * 300 + ") {viewer}",
    "a long name": "{" + "a" * 19_000 + "}",
    "a long string": '{echo(text: "' + "a" * 19_000 + '"}',
    "a long number": "{echo(number: " + "9" * 5_000 + ")}",
    "a long fraction": "{echo(number: 1." + "9" * 5_000 + ")}",
    "a great exponent": "{echo(number: 1e" + "9" * 50 + ")}",
    "the same field again and again": "{books(first: 1) {edges {" + "cursor " * 1900 + "x}}}",
    "the same fragment again and again": "{" + "...{viewer} " * 400 + "x}",
    "fragments that overlap": "{"
    + " ".join(f"...F{n}" for n in range(200))
    + " x}"
    + " ".join(f"fragment F{n} on Query {{viewer}}" for n in range(200)),
    "fragments in a circle": "{...A x} fragment A on Query {...B} fragment B on Query {...A}",
    "every fragment in every other": "{viewer x}"
    + " ".join(f"fragment F{n} on Query {{{' '.join(f'...F{m}' for m in range(20))}}}" for n in range(20)),
    "directives": "{viewer " + "@unknown " * 30 + "x}",
    "variables": "query(" + " ".join(f"$v{n}: Int" for n in range(400)) + ") {viewer x}",
    "arguments": "{echo(" + "number: 1 " * 400 + ") x}",
    "block strings": '{echo(text: """' + '\\"""' * 3000 + '""") x}',
    "unknown fields": "{" + " ".join(f"x{n}" for n in range(19)) + "}",
    "unknown fields below": "{books {edges {" + " ".join(f"x{n}" for n in range(400)) + "}}}",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
async def test_every_bomb_is_a_few_typed_errors(tight: tuple[Library, Schema], text: str) -> None:
    """R-K: deep literals, long names and numbers, repeated fields and circles are refused with few errors."""
    library, schema = tight
    answer = await library.http.post("/graphql", json={"query": text})
    assert answer.status_code == 200
    found = answer.json()["errors"]
    assert len(found) <= schema.rules.limits.errors + 1
    codes = {error["extensions"]["code"] for error in found}
    assert codes <= {"DOCUMENT_TOO_LARGE", "DOCUMENT_SYNTAX", "DOCUMENT_INVALID"}
    assert "9" * 20 not in answer.text.replace("a" * 20, "")


NESTED = {
    "lists": "[" * 40_000 + "]" * 40_000,
    "objects": '{"a":' * 14_000 + "1" + "}" * 14_000,
    "no end": "[" * 90_000,
    "lists that are read": "[" * 900 + "]" * 900,
    "objects that are read": '{"related":[' * 450 + "]}" * 450,
}


@pytest.mark.parametrize("value", NESTED.values(), ids=NESTED)
async def test_variables_nested_without_end(tight: tuple[Library, Schema], value: str) -> None:
    """R-K: JSON nested 40,000 deep, within the bound of a body, is a 400; what is read is coerced or refused, never INTERNAL."""
    library, _ = tight
    query = "mutation($v: BookInput!) {bookAdd(input: $v) {__typename}}"
    body = f'{{"query": {json.dumps(query)}, "variables": {{"v": {value}}}}}'
    answer = await library.http.post(
        "/graphql", content=body.encode(), headers={"content-type": "application/json"}
    )
    said = answer.json()
    code = said.get("code") or said["errors"][0]["extensions"]["code"]
    assert (answer.status_code, code) in {
        (400, "BODY_UNREADABLE"),
        (200, "VARIABLES_INVALID"),
    }
    assert "INTERNAL" not in answer.text


def test_numbers_no_page_may_have() -> None:
    """R-K: a negative page pays for nothing: the cost of the rest stands."""
    dear = "b: books(first: 100) {edges {node {author {books {author {books {id}}}}}}}"
    for cheap in ("books(first: -999999999)", "books(first: -5)", "books(last: -99)", "books(first: 0)"):
        text = f"{{{cheap} {{edges {{cursor}}}} {dear}}}"
        found = measure(SCHEMA._schema, parse(text), {}, Limits())
        assert found.cost > measured(f"{{{dear}}}").cost
