"""A subscriber over graphql-transport-ws that writes down what it gets and goes on where it was."""

import asyncio
import json
import time
from typing import Any, Self

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

_PAUSE = 0.1
ITEM = "__typename seq ... on StatusChange { event status node { id } } ... on FeedResync { reason }"


class Subscriber:
    """Follows one feed at one address, and comes back after every loss of the connection.

    `seen` is the log: every item in the order of arrival, over all connections; `times` is when, by the
    clock of `time.perf_counter`.
    """

    def __init__(self, address: str, feed: str, token: str) -> None:
        self.address = address.replace("http", "ws", 1) + "/graphql"
        self.seen: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.connections = 0
        self._feed, self._token = feed, token
        self._opened, self._grown = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Returns once the feed is followed."""
        self._task = asyncio.create_task(self._follow())
        await self._opened.wait()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Leave."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    @property
    def position(self) -> int:
        """What to resume after."""
        return int(self.seen[-1]["seq"]) if self.seen else 0

    async def reaches(self, count: int) -> None:
        """Wait until so many items have come; the test's own time limit ends what never comes."""
        while len(self.seen) < count:
            self._grown.clear()
            await self._grown.wait()

    async def _follow(self) -> None:
        while True:
            try:
                await self._connected()
            except (ConnectionClosed, InvalidHandshake, OSError, EOFError):
                await asyncio.sleep(_PAUSE)

    async def _connected(self) -> None:
        protocols = [Subprotocol("graphql-transport-ws")]
        async with connect(self.address, subprotocols=protocols, proxy=None, open_timeout=30) as socket:
            authorization = {"authorization": f"Bearer {self._token}"}
            await socket.send(json.dumps({"type": "connection_init", "payload": authorization}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            query = f"subscription($after: Int) {{ {self._feed}(after: $after) {{ {ITEM} }} }}"
            asked = {"query": query, "variables": {"after": self.position}}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": asked}))
            self.connections += 1
            self._opened.set()
            async for text in socket:
                self._take(json.loads(text))

    def _take(self, message: dict[str, Any]) -> None:
        assert message["type"] == "next", message
        payload = message["payload"]
        assert "errors" not in payload, payload
        self.seen.append(payload["data"][self._feed])
        self.times.append(time.perf_counter())
        self._grown.set()
