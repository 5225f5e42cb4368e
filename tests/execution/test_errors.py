"""Errors tell the client what it may know and the log what it may keep."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from graphql import GraphQLError

from execution.documents import Rules
from execution.errors import LABELS, english, nobody, present
from execution.problems import in_english
from tests.execution.conftest import Library
from tests.execution.server import Port, application, door, serving

IIN = "900101300123"


def test_an_error_is_presented_once() -> None:
    """An error that has its code is left alone; labels without a text are in English."""
    error = GraphQLError("said", extensions={"code": "SAID"})
    assert present(error, None, nobody, english) is error
    assert in_english("BAD_REQUEST", "kk") == LABELS["BAD_REQUEST"]


async def errors(library: Library, query: str, **variables: object) -> list[dict[str, Any]]:
    """The errors of a query."""
    response = await library.http.post("/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200
    assert IIN not in response.text
    assert "Did you mean" not in response.text
    found: list[dict[str, Any]] = response.json()["errors"]
    for error in found:
        assert error["extensions"]["message"] == error["message"]
        assert isinstance(error["extensions"]["path"], list)
    return found


async def test_a_refusal_comes_through_the_port(library: Library) -> None:
    """R-K: code, path and localised message of a rule's refusal stand in message and extensions."""
    (error,) = await errors(library, "{refuse}")
    assert error["path"] == ["refuse"]
    assert error["extensions"] == {
        "code": "SHELF_CLOSED",
        "path": ["shelf", 3],
        "message": "SHELF_CLOSED (ru)",
    }


async def test_an_unexpected_error_is_internal_and_logged_without_values(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    """R-J1: neither client nor log get the exception's text, the document or the variables."""
    with caplog.at_level(logging.DEBUG):
        (error,) = await errors(library, "query($s: String!) {crash(secret: $s)}", s=IIN)
    assert (error["extensions"]["code"], error["message"]) == ("INTERNAL", LABELS["INTERNAL"])
    assert error["extensions"]["reference"] in caplog.text
    assert "ZeroDivisionError in crash" in caplog.text
    assert IIN not in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "query",
    [
        "{books {edges {node {length}}}}",
        "{books(first: 2) {edges {node {author(fail: true) {id}}}}}",
        '{node(id: "shelf:1") {id}}',
    ],
    ids=["a stored value of a wrong type", "a loader's exception", "a record of no type"],
)
async def test_stored_values_never_leak(
    library: Library, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R-J1: what graphql-core says about records stays inside."""
    (error,) = await errors(library, query)
    assert error["extensions"]["code"] == "INTERNAL"
    assert IIN not in caplog.text


WRONG = [
    ("{", "DOCUMENT_SYNTAX", "Syntax Error: Expected Name, found <EOF>."),
    (f'{{viewer "{IIN}"}}', "DOCUMENT_SYNTAX", "Syntax Error: Expected Name, found String."),
    (f"{{viewer {IIN}}}", "DOCUMENT_SYNTAX", "Syntax Error: Expected Name, found Int."),
    ("{viewr}", "DOCUMENT_INVALID", "Cannot query field 'viewr' on type 'Query'."),
    ("{echo(txt: 1)}", "DOCUMENT_INVALID", "Unknown argument 'txt' on field 'Query.echo'."),
    (f'{{echo(number: "{IIN}")}}', "DOCUMENT_INVALID", "Int cannot represent this value."),
    (f"{{echo(text: {IIN})}}", "DOCUMENT_INVALID", "String cannot represent this value."),
    (f"{{echo(language: X{IIN})}}", "DOCUMENT_INVALID", "No such value in 'Language'."),
    (f'{{echo(language: "{IIN}")}}', "DOCUMENT_INVALID", "Enum Language cannot represent this value."),
    (
        f'query($n: Int = "{IIN}") {{echo(number: $n)}}',
        "DOCUMENT_INVALID",
        "Int cannot represent this value.",
    ),
    ("query($n: Int) {viewer}", "DOCUMENT_INVALID", "Variable '$n' is never used."),
    (
        "query($n: [Int]) {echo(number: $n)}",
        "DOCUMENT_INVALID",
        "Variable '$n' of type '[Int]' used in position expecting type 'Int!'.",
    ),
    ("query A {viewer} query B {viewer}", None, None),
]


@pytest.mark.parametrize(("query", "code", "said"), WRONG)
async def test_a_wrong_document_is_told_without_its_values(
    library: Library, query: str, code: str | None, said: str | None
) -> None:
    """A client's mistake keeps the words and loses the values and suggestions."""
    if code is None:
        response = await library.http.post("/graphql", json={"query": query})
        assert response.json() == {"data": {"viewer": "anonymous"}}
        return
    (error,) = await errors(library, query)
    assert (error["extensions"]["code"], error["extensions"]["detail"]) == (code, said)
    assert error["message"] == LABELS[code]


@pytest.mark.parametrize(
    ("query", "value", "said", "path"),
    [
        ("query($v: Int!) {echo(number: $v)}", IIN, "Variable '$v' has an invalid value.", ["v"]),
        ("query($v: Language) {echo(language: $v)}", IIN, "Variable '$v' has an invalid value.", ["v"]),
        (
            "query($v: Int = 1) {echo(number: $v)}",
            None,
            "Argument 'number' has an invalid value.",
            ["number"],
        ),
        (
            "mutation($v: BookInput!) {bookAdd(input: $v) {__typename}}",
            {"title": "x", "pages": IIN},
            "Variable '$v' has an invalid value at .pages.",
            ["v", "pages"],
        ),
        (
            "mutation($v: BookInput!) {bookAdd(input: $v) {__typename}}",
            {"title": "x", "related": [{"title": "y"}, {"title": 900101300123}]},
            "Variable '$v' has an invalid value at .related[1].title.",
            ["v", "related", "1", "title"],
        ),
        (
            "mutation($v: BookInput!) {bookAdd(input: $v) {__typename}}",
            {"title": "x", IIN: 1},
            "Variable '$v' has an invalid value.",
            ["v"],
        ),
    ],
)
async def test_a_wrong_variable_is_told_without_its_value(
    library: Library, query: str, value: object, said: str, path: list[str]
) -> None:
    """R-K: coercion errors name the variable and the place, never the value; the message is the label alone."""
    (error,) = await errors(library, query, v=value)
    shown = error["extensions"]
    assert (shown["code"], shown["path"], shown["detail"]) == ("VARIABLES_INVALID", path, said)
    assert error["message"] == LABELS["VARIABLES_INVALID"]


PROBES = [
    ("{viewr}", "DOCUMENT_INVALID"),
    ("{books}", "DOCUMENT_INVALID"),
    ("{books {edge}}", "DOCUMENT_INVALID"),
    ("{viewer {x}}", "DOCUMENT_INVALID"),
    ("{echo(languag: KK)}", "DOCUMENT_INVALID"),
    ("{echo(language: K)}", "DOCUMENT_INVALID"),
    ("{node {id}}", "DOCUMENT_INVALID"),
    ('{node(id: "1") {heading}}', "DOCUMENT_INVALID"),
    ("{... on Boo {x}}", "DOCUMENT_INVALID"),
    ("query($v: BookInpu) {viewer}", "DOCUMENT_INVALID"),
    ("query($v: [Int]) {echo(number: $v)}", "DOCUMENT_INVALID"),
    ("{viewer @ski}", "DOCUMENT_INVALID"),
    ("mutation {bookAdd(input: {}) {__typename}}", "DOCUMENT_INVALID"),
    ('mutation {bookAdd(input: {titl: "x"}) {__typename}}', "DOCUMENT_INVALID"),
    ("{__schema {types {name}}}", "INTROSPECTION_OFF"),
    ('{...F} fragment F on Query {a: __type(name: "Book") {name}}', "INTROSPECTION_OFF"),
]
NAMES = {
    "viewer",
    "Query",
    "edges",
    "language",
    "KK",
    "RU",
    "BookPage",
    "Book",
    "BookInput",
    "title",
    "String",
    "Int!",
    "heading",
}
NAMES |= {"id:", "ID!", "Node", "skip", "counting", "BookEdge", "BookAddResult"}


@pytest.fixture(scope="module")
async def closed() -> AsyncIterator[Library]:
    """The library without introspection."""
    port = Port()
    graphql = door(port, Rules(introspection=False))
    async with (
        serving(application(graphql)) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):
        yield Library(address, http, port)


@pytest.mark.parametrize(("query", "code"), PROBES)
async def test_probing_learns_no_name(closed: Library, query: str, code: str) -> None:
    """R-K: without introspection no error names a field, argument, type or value of the schema, nor suggests one."""
    response = await closed.http.post("/graphql", json={"query": query})
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {code}
    assert [name for name in NAMES if name in response.text and name not in query] == []
    assert "detail" not in response.text


async def test_variables_are_still_explained_without_introspection(closed: Library) -> None:
    """R-K: what a client says of its own variables can be told to it everywhere, and __typename is no secret."""
    (error,) = await errors(closed, "query($v: Int!) {echo(number: $v)}", v="x")
    assert error["extensions"]["detail"] == "Variable '$v' has an invalid value."
    answer = await closed.http.post("/graphql", json={"query": "{__typename}"})
    assert answer.json() == {"data": {"__typename": "Query"}}


async def test_what_is_away_is_told_as_such(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    """R-L: a port's UNAVAILABLE is 503 in the new media type where nothing was answered, and one line in the log."""
    body = {"query": "{away}"}
    accept = {"accept": "application/graphql-response+json"}
    response = await library.http.post("/graphql", json=body, headers=accept)
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    partly = await library.http.post("/graphql", json={"query": "{refuse awayPerhaps}"}, headers=accept)
    assert (partly.status_code, partly.json()["data"]) == (200, {"refuse": None, "awayPerhaps": None})
    old = await library.http.post("/graphql", json=body)
    assert (old.status_code, "retry-after" in old.headers) == (200, True)
    assert "not available: Away in away" in caplog.text
