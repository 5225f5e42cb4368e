"""Documents known by their SHA-256: by every door, and for whom nothing else is answered."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from execution.documents import Rules
from execution.trusted import Manifest, ManifestError, Trusted, anybody, digest, none_but_known
from tests.execution.conftest import Library
from tests.execution.server import Port, application, door, serving
from tests.execution.test_websocket import connected, hear, tell

VIEWER = "query Viewer {viewer}"
ADD = 'mutation Add {bookAdd(input: {title: "x"}) {__typename}}'
COUNT = "subscription Count($n: Int!) {counting(to: $n)}"
MANIFEST = Manifest.of([VIEWER, ADD, COUNT])


@dataclass
class Closed(Library):
    """A library that answers documents it knows, and texts of its librarian."""


@pytest.fixture(scope="module")
async def closed() -> AsyncIterator[Closed]:
    """The library with a manifest; `librarian` may write texts of his own."""
    port = Port()
    rules = Rules(trusted=Trusted(MANIFEST, lambda context: context.viewer == "librarian"))
    async with (
        serving(application(door(port, rules))) as address,
        httpx2.AsyncClient(base_url=f"http://{address}") as http,
    ):
        yield Closed(address, http, port)


def by_hash(text: str, **more: object) -> dict[str, Any]:
    """A request that names a document."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}} | more


async def code(library: Library, body: dict[str, Any], viewer: str = "") -> str:
    """The code of the only error of a request."""
    response = await library.http.post("/graphql", json=body, headers={"authorization": viewer})
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    return str(error["extensions"]["code"])


async def test_a_known_document_is_answered_by_its_hash(closed: Closed) -> None:
    """R-K: POST and GET name documents by SHA-256; a text that is known is as good as its hash."""
    for body in (
        by_hash(VIEWER),
        by_hash(VIEWER, query=VIEWER),
        {"query": VIEWER},
        by_hash(VIEWER, query=""),
    ):
        answer = await closed.http.post("/graphql", json=body)
        assert answer.json() == {"data": {"viewer": "anonymous"}}
    got = await closed.http.get(
        "/graphql",
        params={"extensions": json.dumps(by_hash(VIEWER)["extensions"]), "operationName": "Viewer"},
    )
    assert got.json() == {"data": {"viewer": "anonymous"}}
    mutated = await closed.http.post("/graphql", json=by_hash(ADD))
    assert mutated.json() == {"data": {"bookAdd": {"__typename": "BookAdded"}}}
    upper = {"extensions": {"persistedQuery": {"sha256Hash": digest(VIEWER).upper()}}}
    assert (await closed.http.post("/graphql", json=upper)).json() == {"data": {"viewer": "anonymous"}}


@pytest.mark.parametrize(
    "persisted",
    [
        {"sha256Hash": digest("{viewer}")},
        {"sha256Hash": ""},
        {"sha256Hash": 5},
        {"sha256Hash": None},
        {},
        [],
        "x",
        None,
        {"sha256Hash": "ж" * 64},
    ],
)
async def test_an_unknown_hash_is_a_typed_error(closed: Closed, persisted: object) -> None:
    """R-K: a hash of nothing known is DOCUMENT_UNKNOWN, whatever its shape, and registers nothing."""
    body = {"extensions": {"persistedQuery": persisted}}
    assert await code(closed, body) == "DOCUMENT_UNKNOWN"
    assert await code(closed, body | {"query": "{viewer}"}, "librarian") == "DOCUMENT_UNKNOWN"
    assert await code(closed, body) == "DOCUMENT_UNKNOWN"


async def test_a_hash_beside_another_text_is_refused(closed: Closed) -> None:
    """R-K: a known hash doesn't carry an unknown text in."""
    assert await code(closed, by_hash(VIEWER, query="{crash}")) == "DOCUMENT_UNKNOWN"


async def test_a_text_of_its_own_is_for_whom_it_is_allowed(closed: Closed) -> None:
    """R-K: an unknown text is DOCUMENT_NOT_TRUSTED, before it is parsed; who is free to write one is answered."""
    for text in ("{viewer}", f"{VIEWER} ", "{", "{unknown}", "{__schema {types {name}}}"):
        assert await code(closed, {"query": text}) == "DOCUMENT_NOT_TRUSTED"
    named = {"query": "query A {viewer}", "operationName": "A"}
    assert await code(closed, named) == "DOCUMENT_NOT_TRUSTED"
    answer = await closed.http.post("/graphql", json=named, headers={"authorization": "librarian"})
    assert answer.json() == {"data": {"viewer": "librarian"}}
    missing = await closed.http.post("/graphql", json={})
    assert (missing.status_code, missing.json()["code"]) == (400, "QUERY_MISSING")


async def test_the_refusal_has_the_status_of_its_media_type(closed: Closed) -> None:
    """R-K: 400 in the new media type, 200 in the old one."""
    for accept, status in (("application/graphql-response+json", 400), ("application/json", 200)):
        response = await closed.http.post("/graphql", json={"query": "{viewer}"}, headers={"accept": accept})
        assert response.status_code == status


async def test_sockets_know_the_same_documents(closed: Closed) -> None:
    """R-K: queries, mutations and subscriptions over a socket are known ones, too; the connection lives on."""
    async with connected(closed) as socket:
        for body in ({"query": "{viewer}"}, {"query": "subscription {counting}"}):
            await tell(socket, type="subscribe", id="a", payload=body)
            refused = await hear(socket)
            assert refused["type"] == "error"
            assert refused["payload"][0]["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
        await tell(socket, type="subscribe", id="a", payload=by_hash("{viewer}"))
        assert (await hear(socket))["payload"][0]["extensions"]["code"] == "DOCUMENT_UNKNOWN"
        await tell(socket, type="subscribe", id="a", payload=by_hash(VIEWER, query=None))
        assert (await hear(socket))["payload"] == {"data": {"viewer": "anonymous"}}
        assert (await hear(socket))["type"] == "complete"
        await tell(socket, type="subscribe", id="a", payload=by_hash(COUNT, variables={"n": 1}))
        assert (await hear(socket))["payload"] == {"data": {"counting": 0}}
    async with connected(closed, token="librarian") as socket:
        await tell(socket, type="subscribe", id="a", payload={"query": "{viewer}"})
        assert (await hear(socket))["payload"] == {"data": {"viewer": "librarian"}}


def test_a_manifest_is_read_as_it_was_written() -> None:
    """A manifest names hash, operation and text, and survives being written and read."""
    written = MANIFEST.written()
    assert Manifest.read(written) == MANIFEST
    entry = json.loads(written)[digest(VIEWER)]
    assert entry == {"operation": "Viewer", "text": VIEWER}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ('{"00": {"text": "{viewer}"}}', "00: "),
        ('{"00": "{viewer}"}', "00: "),
        ('{"00": {"text": 5}}', "00: "),
    ],
)
def test_a_manifest_that_is_none_names_what_is_wrong(written: str, said: str) -> None:
    """What is no manifest, or has a hash that is not its text's, is refused whole."""
    with pytest.raises(ManifestError, match=said):
        Manifest.read(written)


def test_who_may_write_texts() -> None:
    """Development trusts everybody, the strictest setting nobody."""
    assert anybody(None)
    assert not none_but_known(None)
