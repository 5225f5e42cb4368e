"""Errors tell the client what it may know and the log what it may keep."""

import logging
from typing import Any

import pytest
from graphql import GraphQLError

from execution.errors import LABELS, english, nobody, present
from execution.problems import in_english
from tests.execution.conftest import Library

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
