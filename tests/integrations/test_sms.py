"""The SMS client against a real server on this machine."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.outbox import PermanentFailure, TemporaryFailure
from domain.texts import Language
from integrations import sms
from integrations.sms import HttpSmsGateway

PHONE, TEXT = "+77010000000", "Сәлем, Айгүл"


@dataclass
class Gateway:
    """A gateway that answers as told and remembers what it was asked."""

    url: str = ""
    status: int = 202
    body: bytes = b'{"id":"sms-7"}'
    delay: float = 0
    asked: list[tuple[dict[str, str], Any]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """One message arrives."""
        self.asked.append((dict(request.headers), orjson.loads(await request.body())))
        await asyncio.sleep(self.delay)
        headers = {"location": "/elsewhere"} if self.status in {301, 307} else {}
        return Response(self.body, self.status, headers)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway listening on a free port."""
    made = Gateway()
    app = Starlette(routes=[Route("/messages", made.answer, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/messages"
    yield made
    server.should_exit = True
    await task


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """The shared HTTP client."""
    async with httpx2.AsyncClient() as opened:
        yield opened


async def test_message_arrives_with_its_key(gateway: Gateway, client: httpx2.AsyncClient) -> None:
    """R-H: phone, text, language and idempotency key arrive as given, and the receipt comes back."""
    receipt = await HttpSmsGateway(client, gateway.url, "token").send("k-1", PHONE, TEXT, Language.kk)
    assert receipt.reference == "sms-7"
    [(headers, body)] = gateway.asked
    assert body == {"to": PHONE, "text": TEXT, "language": "kk"}
    assert headers["idempotency-key"] == "k-1"
    assert headers["authorization"] == "Bearer token"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [301, 307, 401, 403, 404, 429, 500, 503])
async def test_trouble_is_temporary(gateway: Gateway, client: httpx2.AsyncClient, status: int) -> None:
    """R-H: what isn't about the message is tried again; a redirect is not followed with personal data."""
    gateway.status = status
    with pytest.raises(TemporaryFailure, match=f"HTTP_{status}"):
        await HttpSmsGateway(client, gateway.url).send("k-1", PHONE, TEXT, Language.ru)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("status", [400, 422])
async def test_refusal_is_final(gateway: Gateway, client: httpx2.AsyncClient, status: int) -> None:
    """A refusal of the message itself, such as a number that doesn't exist, is final."""
    gateway.status = status
    with pytest.raises(PermanentFailure, match=f"HTTP_{status}"):
        await HttpSmsGateway(client, gateway.url).send("k-1", PHONE, TEXT, Language.ru)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"id":7}', b'{"id":""}', b"\xff"])
async def test_answer_without_receipt_is_no_delivery(
    gateway: Gateway, client: httpx2.AsyncClient, body: bytes
) -> None:
    """A 200 that isn't the gateway's own answer doesn't count as delivered."""
    gateway.status, gateway.body = 200, body
    with pytest.raises(TemporaryFailure, match="UNREADABLE_ANSWER"):
        await HttpSmsGateway(client, gateway.url).send("k-1", PHONE, TEXT, Language.ru)


async def test_silence_is_temporary(
    gateway: Gateway, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that doesn't answer in time is tried again."""
    gateway.delay = 1
    monkeypatch.setattr(sms, "LONGEST_WAIT_SECONDS", 0.05)
    with pytest.raises(TemporaryFailure, match="ReadTimeout"):
        await HttpSmsGateway(client, gateway.url).send("k-1", PHONE, TEXT, Language.ru)


async def test_nobody_there_is_temporary(
    unused_tcp_port: int, client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """R-C6: a gateway that is down is tried again, and neither the error nor any log tells phone or text."""
    with caplog.at_level(logging.DEBUG), pytest.raises(TemporaryFailure) as failure:
        await HttpSmsGateway(client, f"http://127.0.0.1:{unused_tcp_port}/").send(
            "k", PHONE, TEXT, Language.ru
        )
    assert failure.value.code == "ConnectError"
    assert failure.value.__cause__ is None
    assert PHONE not in caplog.text
    assert "Айгүл" not in caplog.text
