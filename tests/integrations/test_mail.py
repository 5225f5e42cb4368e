"""The e-mail client against a real server on this machine."""

import logging

import httpx2
import pytest

from domain.outbox import PermanentFailure, TemporaryFailure
from domain.texts import Language
from integrations.mail import HttpMailGateway
from tests.integrations.test_sms import Gateway, client, gateway

__all__ = ["client", "gateway"]
TO, SUBJECT, TEXT = "aigul@example.kz", "Код подтверждения", "Ваш код 123456"


async def send(gateway: Gateway, client: httpx2.AsyncClient, token: str | None = None) -> str:
    """Hand over the message; the gateway's own name for it."""
    mail = HttpMailGateway(client, gateway.url, token)
    return (await mail.send("key-1", TO, SUBJECT, TEXT, Language.ru)).reference


async def test_a_message_is_handed_over_once_a_key(gateway: Gateway, client: httpx2.AsyncClient) -> None:
    """R-A5: an e-mail goes out with its idempotency key, subject and language; the receipt comes back."""
    assert await send(gateway, client, "secret") == "sms-7"
    ((headers, body),) = gateway.asked
    assert body == {"to": TO, "subject": SUBJECT, "text": TEXT, "language": "ru"}
    assert (headers["idempotency-key"], headers["authorization"]) == ("key-1", "Bearer secret")


async def test_what_the_gateway_does_not_take(
    gateway: Gateway, client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """R-A5: a gateway that is down is tried again, one that refuses is not; neither says what was in it."""
    caplog.set_level(logging.DEBUG)
    for status, failure in ((503, TemporaryFailure), (422, PermanentFailure)):
        gateway.status = status
        with pytest.raises(failure) as told:
            await send(gateway, client)
        assert TO not in str(told.value) + caplog.text
        assert "123456" not in caplog.text
    assert "authorization" not in gateway.asked[0][0]
