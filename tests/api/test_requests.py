"""Requests that are none, or too large: a problem in the reader's language, never a 500."""

import json

import pytest

from tests.api.portal import Portal


@pytest.mark.parametrize(
    "body", [b"null", b"5", b'"x"', b"[]", b"{}", b"{", b"\xff\xfe", b'{"query": 5}', b""]
)
async def test_bodies_that_are_no_request(portal: Portal, body: bytes) -> None:
    """R-K: a body that is no request gets 400 as problem+json with code, path and message."""
    headers = {"Content-Type": "application/json", "Accept-Language": "kk"}
    answer = await portal.http.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    assert {"code", "path", "message"} <= set(answer.json())


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": "query($n: Int) { listings(first: $n) { totalCount } }", "variables": {"n": NaN}}',
        b'{"query": "{ listings { totalCount } }", "variables": {"a": "\\ud800"}}',
        b'{"query": "\\ud800"}',
        b"[" * 100_000,
        b'{"query": "{ listings(first: ' + b"9" * 5000 + b') { totalCount } }"}',
        b'{"query": "query($n: Int) { listings(first: $n) { totalCount } }", "variables": {"n": '
        + b"9" * 5000
        + b"}}",
        b'{"query": "query($n: Int) { listings(first: $n) { totalCount } }", "variables": {"n": 1e999}}',
        b'{"query": "query($n: Int) { listings(first: $n) { totalCount } }", "variables": {"n": "24"}}',
        b'{"query": "query($n: Int) { listings(first: $n) { totalCount } }", "variables": {"n": 24.5}}',
        b'{"query": "{ __type }"}',
        b'{"query": "{ nothing }"}',
        b'{"query": "{ listings { totalCount }"}',
    ],
)
async def test_bodies_that_break_parsers(portal: Portal, body: bytes) -> None:
    """R-K: NaN, lone surrogates, deep nesting and huge numbers get a typed refusal, never a 500."""
    answer = await portal.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 400}
    said = answer.json()
    codes = [error["extensions"]["code"] for error in said["errors"]] if "errors" in said else [said["code"]]
    assert codes
    assert "INTERNAL" not in codes


async def test_a_body_of_ten_megabytes(portal: Portal) -> None:
    """R-K: a body of 10 MB gets 413 as problem+json in the reader's language, at each door."""
    body = json.dumps({"query": "{ __typename }", "variables": {"a": "x" * 10_000_000}}).encode()
    for path, media in (("/graphql", "application/json"), ("/partners/esobes", "application/pkcs7-mime")):
        headers = {"Content-Type": media, "Accept-Language": "ru"}
        answer = await portal.http.post(path, content=body, headers=headers)
        assert answer.status_code == 413
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert {"code", "path", "message"} <= set(answer.json())
    assert (await portal.visitor().read("{ __typename }")) == {"__typename": "Query"}
