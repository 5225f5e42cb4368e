"""E-mail: the gateway as we need it, and its client over HTTP.

The contract is ours: POST {"to", "subject", "text", "language"} with an Idempotency-Key header, answered 2xx
{"id"}. A relay that speaks SMTP stands behind it.
"""

import json
from typing import Protocol

import httpx2

from domain.outbox import Receipt
from domain.texts import Language
from integrations.delivery import hand_over

LONGEST_WAIT_SECONDS = 10.0


class MailGateway(Protocol):
    """Takes a message for an address; the same key again means the same message, not another."""

    async def send(self, key: str, to: str, subject: str, text: str, language: Language) -> Receipt:
        """Hand over a message; TemporaryFailure or PermanentFailure when it wasn't taken."""


class HttpMailGateway:
    """A gateway behind one URL; `client` is shared, so that connections are kept."""

    def __init__(self, client: httpx2.AsyncClient, url: str, token: str | None = None) -> None:
        self._client = client
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def send(self, key: str, to: str, subject: str, text: str, language: Language) -> Receipt:
        """Hand over a message within 10 s; no part of it is ever logged or put into an error."""
        said = {"to": to, "subject": subject, "text": text, "language": language.value}
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, **self._headers}
        body = json.dumps(said, ensure_ascii=False).encode()
        return await hand_over(self._client, self._url, body, headers, seconds=LONGEST_WAIT_SECONDS)
