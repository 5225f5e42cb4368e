"""Fetches small things over HTTP from configured addresses: bounded in size and time, never redirected."""

import asyncio
from dataclasses import dataclass
from typing import Final

import httpx2

_OK: Final = 200


class BadAnswer(ValueError):
    """Nothing usable came; the text says why and repeats nothing of what came."""


@dataclass(frozen=True)
class Answer:
    """What came: status, headers in lower case, body."""

    status: int
    headers: httpx2.Headers
    content: bytes


async def fetched(
    client: httpx2.AsyncClient,
    request: httpx2.Request,
    *,
    largest: int,
    seconds: float,
    also: frozenset[int] = frozenset(),
) -> Answer:
    """The whole answer with status 200 (or one of `also`); BadAnswer for any other, a late or a large one."""
    try:
        # The client's own time-outs begin anew with each chunk: a slow drip would never end.
        async with asyncio.timeout(seconds):
            return await _fetched(client, request, largest, also | {_OK})
    except TimeoutError as error:
        raise BadAnswer("no answer in time") from error
    except httpx2.HTTPError as error:
        raise BadAnswer(type(error).__name__) from error


async def _fetched(
    client: httpx2.AsyncClient, request: httpx2.Request, largest: int, accepted: frozenset[int]
) -> Answer:
    answer = await client.send(request, stream=True, follow_redirects=False)
    try:
        if answer.status_code not in accepted:
            raise BadAnswer(f"HTTP {answer.status_code}")
        content = bytearray()
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > largest:
                raise BadAnswer("the answer is too large")
        return Answer(answer.status_code, answer.headers, bytes(content))
    finally:
        await answer.aclose()
