"""SMS: the gateway as we need it, and its client over HTTP.

The contract is ours: POST {"to", "text", "language"} with an Idempotency-Key header, answered 2xx {"id"}.
"""

import json
from typing import Protocol

import httpx2

from domain.outbox import Receipt
from domain.texts import Language
from integrations.delivery import hand_over

LONGEST_WAIT_SECONDS = 10.0


class SmsGateway(Protocol):
    """Takes a message for a phone; the same key again means the same message, not another."""

    async def send(self, key: str, phone: str, text: str, language: Language) -> Receipt:
        """Hand over a message; TemporaryFailure or PermanentFailure when it wasn't taken."""


class HttpSmsGateway:
    """A gateway behind one URL; `client` is shared, so that connections are kept."""

    def __init__(self, client: httpx2.AsyncClient, url: str, token: str | None = None) -> None:
        self._client = client
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def send(self, key: str, phone: str, text: str, language: Language) -> Receipt:
        """Hand over a message within 10 s; no part of it is ever logged or put into an error."""
        body = json.dumps({"to": phone, "text": text, "language": language.value}, ensure_ascii=False)
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, **self._headers}
        return await hand_over(self._client, self._url, body.encode(), headers, seconds=LONGEST_WAIT_SECONDS)
