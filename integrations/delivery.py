"""Handing a message to a partner over HTTP: the same key again means the same message."""

from collections.abc import Mapping
from typing import Any

import httpx2

from domain.outbox import Receipt, TemporaryFailure, failure_of

_LONGEST_REFERENCE = 200


async def hand_over(
    client: httpx2.AsyncClient, url: str, content: bytes, headers: Mapping[str, str], *, seconds: float
) -> Receipt:
    """POST and read the partner's own id; TemporaryFailure or PermanentFailure when it wasn't taken.

    No part of the message is ever logged or put into an error.
    """
    try:
        answer = await client.post(
            url, content=content, headers=dict(headers), timeout=seconds, follow_redirects=False
        )
    except httpx2.TransportError as error:
        raise TemporaryFailure(type(error).__name__) from None
    failure = failure_of(answer.status_code)
    if failure is not None:
        raise failure
    return Receipt(_reference(answer))


def _reference(answer: httpx2.Response) -> str:
    """The partner's own id; an answer without one (say, a proxy's page) proves nothing."""
    try:
        body: Any = answer.json()
    except ValueError:
        raise TemporaryFailure("UNREADABLE_ANSWER") from None
    reference = body.get("id") if isinstance(body, dict) else None
    if not isinstance(reference, str) or not 0 < len(reference) <= _LONGEST_REFERENCE:
        raise TemporaryFailure("UNREADABLE_ANSWER")
    return reference
