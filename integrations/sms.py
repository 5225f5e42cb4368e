"""SMS: the gateway as we need it, and its client over HTTP.

The contract is ours: POST {"to", "text", "language"} with an Idempotency-Key header, answered 2xx {"id"}.
"""

from typing import Any, Protocol

import httpx2

from domain.outbox import Receipt, TemporaryFailure, failure_of
from domain.texts import Language

LONGEST_WAIT_SECONDS = 10.0
_LONGEST_REFERENCE = 200


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
        body = {"to": phone, "text": text, "language": language.value}
        try:
            answer = await self._client.post(
                self._url,
                json=body,
                headers={"Idempotency-Key": key, **self._headers},
                timeout=LONGEST_WAIT_SECONDS,
                follow_redirects=False,
            )
        except httpx2.TransportError as error:
            raise TemporaryFailure(type(error).__name__) from None
        failure = failure_of(answer.status_code)
        if failure is not None:
            raise failure
        return Receipt(_reference(answer))


def _reference(answer: httpx2.Response) -> str:
    """The gateway's own id; an answer without one (say, a proxy's page) is no proof that a gateway has it."""
    try:
        body: Any = answer.json()
    except ValueError:
        raise TemporaryFailure("UNREADABLE_ANSWER") from None
    reference = body.get("id") if isinstance(body, dict) else None
    if not isinstance(reference, str) or not 0 < len(reference) <= _LONGEST_REFERENCE:
        raise TemporaryFailure("UNREADABLE_ANSWER")
    return reference
