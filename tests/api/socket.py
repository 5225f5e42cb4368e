"""A client of the portal's feeds over graphql-transport-ws."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.api.client import Client
from tests.api.portal import Portal

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE = 20.0
ITEM = """seq __typename ... on StatusChange { event error status statusText node { __typename id } }
... on FeedResync { reason }"""


class Feed:
    """One subscription on a connection of its own."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def hear(self) -> Any:
        """The next message."""
        return json.loads(await asyncio.wait_for(self._socket.recv(), PATIENCE))

    async def item(self) -> Any:
        """The next item of the feed."""
        message = await self.hear()
        assert message["type"] == "next", message
        (found,) = message["payload"]["data"].values()
        return found

    async def items(self, number: int) -> list[Any]:
        """The next items of the feed."""
        return [await self.item() for _ in range(number)]

    async def closed(self) -> tuple[int, str, list[Any]]:
        """Why the server ends the connection, and what it says before."""
        last: list[Any] = []
        try:
            while True:
                last.append(await self.hear())
        except ConnectionClosed:
            return self._socket.close_code or 0, self._socket.close_reason or "", last

    async def ping(self, **payload: object) -> Any:
        """The answer to a ping."""
        await self._socket.send(json.dumps({"type": "ping", "payload": payload}))
        return await self.hear()


@asynccontextmanager
async def connected(portal: Portal, client: Client) -> AsyncIterator[ClientConnection]:
    """A connection that was acknowledged."""
    address = portal.server.address.replace("http", "ws")
    async with connect(f"{address}/graphql", subprotocols=[PROTOCOL]) as socket:
        payload = {"authorization": f"Bearer {client.token}"} if client.token else {}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


@asynccontextmanager
async def following(portal: Portal, client: Client, name: str, after: int | None) -> AsyncIterator[Feed]:
    """A feed followed from a position on, or from now."""
    async with connected(portal, client) as socket:
        query = f"subscription($after: Int) {{ {name}(after: $after) {{ {ITEM} }} }}"
        payload = {"query": query, "variables": {"after": after}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        yield Feed(socket)
