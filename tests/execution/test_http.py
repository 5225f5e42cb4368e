"""The HTTP door refuses what it cannot read, with a status, a code, a path and a message."""

import asyncio
import gzip
import json
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from strawberry.extensions import SchemaExtension

from execution.http import GraphQLDoor, Settings
from execution.schema import Schema
from tests.execution import sample
from tests.execution.conftest import Library
from tests.execution.server import Port, application, context, serving

GRAPHQL_JSON = "application/graphql-response+json"


async def post(library: Library, body: bytes | str, **headers: str) -> httpx2.Response:
    """Post a body as JSON."""
    sent = {"content-type": "application/json", **{name.replace("_", "-"): v for name, v in headers.items()}}
    content = body.encode() if isinstance(body, str) else body
    return await library.http.post("/graphql", content=content, headers=sent)


async def ask(library: Library, query: str, **headers: str) -> Any:
    """Post a query and return the parsed answer."""
    response = await post(library, json.dumps({"query": query}), **headers)
    return response.json()


def problem(response: httpx2.Response) -> tuple[int, str, list[Any]]:
    """Status, code and path of a problem."""
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["message"].startswith(body["code"])
    assert body["status"] == response.status_code
    return response.status_code, body["code"], body["path"]


UNREADABLE = {
    "nothing": b"",
    "not JSON": b"query",
    "NaN": b'{"query": "{viewer}", "variables": {"n": NaN}}',
    "lone surrogate": b'{"query": "\\ud800"}',
    "bad UTF-8": b'{"query": "\xff\xfe"}',
    "UTF-16": '{"query": "{viewer}"}'.encode("utf-16"),
    "nested too deeply": b'{"variables":' + b"[" * 4000,
    "infinity": b'{"query": "{viewer}", "variables": {"n": -Infinity}}',
    "a lone surrogate in variables": b'{"query": "{viewer}", "variables": {"n": "\\udc00"}}',
    "a lone surrogate as a name": b'{"query": "{viewer}", "variables": {"\\ud800": 1}}',
    "an overlong UTF-8": b'{"query": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"query": "\xed\xa0\x80"}',
    "UTF-16 without its mark": '{"query": "{viewer}"}'.encode("utf-16-le"),
    "UTF-32": '{"query": "{viewer}"}'.encode("utf-32"),
    "UTF-8 with a mark": b'\xef\xbb\xbf{"query": "{viewer}"}',
    "two values": b'{"query": "{viewer}"} {}',
    "a comment": b'{"query": "{viewer}"} // x',
    "single quotes": b"{'query': '{viewer}'}",
    "a control character": b'{"query": "{viewer}\x00"}',
    "gzip": b"\x1f\x8b\x08\x00",
    "gzip of a request": gzip.compress(b'{"query": "{viewer}"}'),
}
MALFORMED: dict[str, tuple[bytes, list[str]]] = {
    "null": (b"null", []),
    "a list": (b"[]", []),
    "a batch": (b'[{"query": "{viewer}"}]', []),
    "a string": (b'"x"', []),
    "a number": (b"5", []),
    "a query that is a number": (b'{"query": 5}', ["query"]),
    "variables that are a list": (b'{"query": "{viewer}", "variables": []}', ["variables"]),
    "extensions that are a string": (b'{"query": "{viewer}", "extensions": "x"}', ["extensions"]),
    "an operation name that is an object": (b'{"query": "{viewer}", "operationName": {}}', ["operationName"]),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_unreadable_body_is_400(library: Library, body: bytes) -> None:
    """R-K: bodies that are no JSON in UTF-8 get a typed problem and no 500."""
    assert problem(await post(library, body)) == (400, "BODY_UNREADABLE", [])


@pytest.mark.parametrize(("body", "path"), MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_request_is_400(library: Library, body: bytes, path: list[str]) -> None:
    """JSON that is no GraphQL request is refused with the path of what is wrong."""
    assert problem(await post(library, body)) == (400, "BAD_REQUEST", path)


async def test_a_compressed_body_is_not_unpacked(library: Library) -> None:
    """R-K: a body that says it is compressed is not blown up here; it is no JSON and is refused as such."""
    small = gzip.compress(b'{"query": "{viewer}' + b" " * 5_000_000 + b'"}')
    assert problem(await post(library, small, content_encoding="gzip")) == (400, "BODY_UNREADABLE", [])


async def test_numbers_of_any_length_do_no_harm(library: Library) -> None:
    """A number of 5000 digits in variables or in the document is an error of the client's."""
    long = b"9" * 5000
    response = await post(
        library, b'{"query": "query($n: Int) {echo(number: $n)}", "variables": {"n": %s}}' % long
    )
    assert response.status_code in {200, 400}
    assert b"9999" not in response.content
    response = await post(library, b'{"query": "{echo(number: %s)}"}' % long)
    assert response.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_INVALID"
    assert b"9999" not in response.content


async def test_a_large_body_is_413(library: Library) -> None:
    """R-K: a body beyond the limit is refused, announced or not, and the server goes on."""
    large = b'{"query": "' + b" " * 200_000 + b'{viewer}"}'
    assert problem(await post(library, large)) == (413, "REQUEST_TOO_LARGE", [])

    async def pieces() -> Any:
        for start in range(0, len(large), 50_000):
            yield large[start : start + 50_000]

    response = await library.http.post(
        "/graphql", content=pieces(), headers={"content-type": "application/json"}
    )
    assert problem(response) == (413, "REQUEST_TOO_LARGE", [])
    assert await ask(library, "{viewer}") == {"data": {"viewer": "anonymous"}}


async def test_a_body_without_end_is_cut(library: Library) -> None:
    """What goes far beyond the limit is not even read to its end, and the server goes on."""
    reader, writer = await asyncio.open_connection(*library.address.split(":"))
    writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
    writer.write(b"Content-Length: 900000000\r\n\r\n")
    writer.write(b" " * 400_000)
    await writer.drain()
    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()
    assert await ask(library, "{viewer}") == {"data": {"viewer": "anonymous"}}


@pytest.mark.parametrize(
    "sent",
    [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "",
    ],
)
async def test_another_media_type_is_415(library: Library, sent: str) -> None:
    """R-K: only JSON in UTF-8 is read; multipart and forms are refused."""
    response = await library.http.post(
        "/graphql", content=b'{"query": "{viewer}"}', headers={"content-type": sent}
    )
    assert problem(response) == (415, "MEDIA_TYPE_UNSUPPORTED", [])


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, application/json;q=0.9", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.1, application/json;q=0.9", "application/json"),
        ("application/*;q=x, text/html, */*;q=0.1", "application/json"),
        ("", "application/json"),
    ],
)
async def test_the_answer_has_the_accepted_media_type(library: Library, accept: str, media: str) -> None:
    """R-K: both media types of GraphQL over HTTP are answered, by weight."""
    response = await post(library, '{"query": "{viewer}"}', accept=accept)
    assert response.headers["content-type"] == f"{media}; charset=utf-8"
    assert response.content == b'{"data":{"viewer":"anonymous"}}'


async def test_an_answer_nobody_accepts_is_406(library: Library) -> None:
    """A client that accepts neither media type is told so."""
    assert problem(await post(library, '{"query": "{viewer}"}', accept="text/html")) == (
        406,
        "NOT_ACCEPTABLE",
        [],
    )


@pytest.mark.parametrize("query", ["{", "{unknown}", "query($n: Int!) {echo(number: $n)}"])
async def test_a_refused_request_has_no_data(library: Library, query: str) -> None:
    """R-K: syntax, validation and variables: 400 in the new media type, 200 in the old one, never `data`."""
    for accept, status in ((GRAPHQL_JSON, 400), ("application/json", 200)):
        response = await post(library, json.dumps({"query": query}), accept=accept)
        assert response.status_code == status
        assert "data" not in response.json()


async def test_a_partial_answer_is_200(library: Library) -> None:
    """An error during execution leaves the rest of the data and the status 200."""
    response = await post(library, '{"query": "{viewer crash}"}', accept=GRAPHQL_JSON)
    assert (response.status_code, response.json()["data"]) == (200, {"viewer": "anonymous", "crash": None})


async def test_queries_come_by_get_and_mutations_do_not(library: Library) -> None:
    """GET reads with variables from the address; a mutation by GET is 405 and leaves nothing."""
    params = {"query": "query A($n: Int!) {echo(number: $n)}", "variables": '{"n": 4}', "operationName": "A"}
    assert (await library.http.get("/graphql", params=params)).json() == {"data": {"echo": "4"}}
    mutation = {"query": 'mutation {bookAdd(input: {title: "x"}) {__typename}}'}
    response = await library.http.get("/graphql", params=mutation)
    assert problem(response) == (405, "METHOD_NOT_ALLOWED", [])
    assert response.headers["allow"] == "POST"
    unreadable = await library.http.get("/graphql", params={"query": "{viewer}", "variables": "{"})
    assert problem(unreadable) == (400, "BODY_UNREADABLE", [])


async def test_other_methods_and_subscriptions_are_refused(library: Library) -> None:
    """PUT is 405; a subscription needs a socket."""
    assert problem(await library.http.put("/graphql"))[:2] == (405, "METHOD_NOT_ALLOWED")
    refused = await post(library, '{"query": "subscription {counting}"}')
    assert problem(refused) == (400, "METHOD_NOT_ALLOWED", [])


async def test_a_request_without_operation_is_400(library: Library) -> None:
    """No query, or an operation that the document does not have."""
    assert problem(await post(library, "{}")) == (400, "QUERY_MISSING", ["query"])
    assert problem(await library.http.get("/graphql")) == (400, "QUERY_MISSING", ["query"])
    unknown = await post(library, '{"query": "query A {viewer}", "operationName": "B"}')
    assert problem(unknown) == (400, "OPERATION_UNKNOWN", ["operationName"])


async def test_the_context_knows_language_and_token(library: Library) -> None:
    """The context factory sees the headers and may refuse with a status of its own."""
    assert await ask(library, "{viewer}", authorization="zhanar") == {"data": {"viewer": "zhanar"}}
    kazakh = await ask(library, "{refuse}", accept_language="kk")
    assert kazakh["errors"][0]["message"] == "SHELF_CLOSED (kk)"
    refused = await post(library, '{"query": "{viewer}"}', authorization="expired", accept_language="kk")
    assert problem(refused)[:2] == (401, "SIGN_IN_REQUIRED")
    assert refused.json()["message"] == "SIGN_IN_REQUIRED kk"
    assert refused.headers["www-authenticate"] == "Bearer"


class Counted(SchemaExtension):
    """Adds a result of its own."""

    def get_results(self) -> dict[str, Any]:
        """Return a count."""
        return {"count": 1}


async def test_a_browser_gets_the_page_and_extensions_their_say() -> None:
    """GET by a browser without a query shows the page; results of schema extensions are sent."""

    async def page(_request: Request) -> Response:
        return Response("a page")

    schema = Schema(sample.Query, extensions=[Counted])
    graphql = GraphQLDoor(schema, context, Port(), page=page, settings=Settings(queries_by_get=False))
    async with serving(application(graphql)) as address, httpx2.AsyncClient() as http:
        url = f"http://{address}/graphql"
        assert (await http.get(url, headers={"accept": "text/html,*/*;q=0.8"})).text == "a page"
        answer = await http.post(url, json={"query": "{viewer}"})
        assert answer.json() == {"data": {"viewer": "anonymous"}, "extensions": {"count": 1}}
        refused = await http.get(url, params={"query": "{viewer}"})
        assert refused.status_code == 405


async def test_cyrillic_is_sent_as_it_is(library: Library) -> None:
    """Answers are UTF-8, not escapes."""
    response = await post(library, '{"query": "{echo(text: \\"Көмек\\")}"}')
    assert "Көмек" in response.text
