import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from domain.outbox import PermanentFailure, Receipt, TemporaryFailure
from integrations.esobes import HttpEsobes, published_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "contracts" / "esobes.schema.json"
URL = "http://esobes.test/reports"
Answer = Callable[[], Response]


def test_the_published_contract_is_the_one_in_force() -> None:
    """R-I: the JSON Schema that partners read says what the code reads and writes."""
    assert json.loads(PUBLISHED.read_text("utf-8")) == published_schema()


def test_what_goes_beyond_the_law_is_marked() -> None:
    """R-C2: every field beyond paragraph 9 is marked as an extension, and none of paragraph 9 is."""
    fields = published_schema()["$defs"]["Statement"]["properties"]
    extensions = {name for name, shape in fields.items() if shape.get("x-extension")}
    assert {"quantity", "region", "programme"} <= extensions
    assert not extensions & {"iin", "name", "programme_date", "term"}


class _Partner:
    """A server that answers as it is told and remembers what it got."""

    def __init__(self) -> None:
        self.answer: Answer = lambda: JSONResponse({"id": "report-1"}, 202)
        self.got: list[tuple[bytes, str | None, str | None]] = []

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        self.got.append((body, request.headers.get("idempotency-key"), request.headers.get("content-type")))
        return self.answer()


@pytest.fixture
def partner() -> _Partner:
    """Е-Собес's side of the door."""
    return _Partner()


@pytest.fixture
async def client(partner: _Partner) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that reaches the partner."""

    async def door(request: Request) -> Response:
        return await partner(request)

    app = Starlette(routes=[Route("/reports", door, methods=["POST"])])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as made:
        yield made


async def test_a_report_is_canonical_signed_and_keyed(partner: _Partner, client: httpx2.AsyncClient) -> None:
    """R-C6: the report goes out as canonical bytes under its key, signed where there is a certificate."""
    payload = {"b": 1, "a": "ә"}
    assert await HttpEsobes(client, URL).deliver("key-1", payload) == Receipt("report-1")
    await HttpEsobes(client, URL, lambda content: b"signed " + content).deliver("key-2", payload)
    canonical = '{"a":"ә","b":1}'.encode()
    assert partner.got == [
        (canonical, "key-1", "application/json"),
        (b"signed " + canonical, "key-2", "application/pkcs7-mime"),
    ]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (lambda: Response(status_code=503), TemporaryFailure("HTTP_503")),
        (lambda: Response(status_code=401), TemporaryFailure("HTTP_401")),
        (lambda: Response(status_code=400), PermanentFailure("HTTP_400")),
        (lambda: PlainTextResponse("<html>"), TemporaryFailure("UNREADABLE_ANSWER")),
        (lambda: JSONResponse({"id": 5}), TemporaryFailure("UNREADABLE_ANSWER")),
        (lambda: JSONResponse([]), TemporaryFailure("UNREADABLE_ANSWER")),
        (lambda: JSONResponse({"id": "a" * 201}), TemporaryFailure("UNREADABLE_ANSWER")),
    ],
)
async def test_only_an_answer_with_an_id_counts(
    partner: _Partner, client: httpx2.AsyncClient, answer: Answer, failure: Any
) -> None:
    """R-C6: what isn't surely taken is tried again; what can never be taken is not."""
    partner.answer = answer
    with pytest.raises(type(failure), match=f"^{failure.code}$"):
        await HttpEsobes(client, URL).deliver("key-1", {})


async def test_an_unreachable_partner_is_tried_again() -> None:
    """R-C6: a connection refused is no verdict, and its error carries no content."""
    async with httpx2.AsyncClient() as client:
        with pytest.raises(TemporaryFailure) as caught:
            await HttpEsobes(client, "http://127.0.0.1:1/").deliver("key-1", {"name": "Иванов"})
    assert caught.value.__cause__ is None
    assert "Иванов" not in repr(caught.value)
