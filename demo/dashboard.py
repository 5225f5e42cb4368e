"""A dashboard: follows a feed over graphql-transport-ws, keeps its position, goes on where it stopped."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from demo.operations import operation
from demo.people import Person

PROTOCOL = Subprotocol("graphql-transport-ws")
PAUSE = 0.2
_NOT_ADMITTED = 4403


@dataclass(frozen=True, slots=True)
class Seen:
    """One item as it arrived: its number in the feed, what happened to which record, the status reached."""

    seq: int
    event: str
    status: str | None
    node: str | None


@dataclass(slots=True)
class Log:
    """Everything a dashboard was told, in the order of arrival; `connections` counts its coming."""

    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    @property
    def position(self) -> int:
        """Where to go on."""
        return self.seen[-1].seq if self.seen else 0


class Dashboard:
    """One subscription of one person, from the very beginning of the feed, until it is closed."""

    def __init__(self, name: str, person: Person, subscription: str) -> None:
        self.name, self.person, self._subscription = name, person, subscription
        self.log = Log()
        self.arrived = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin, or go on after the last item seen."""
        if self._task is None:
            self._task = asyncio.create_task(self._follow(), name=self.name)

    async def close(self) -> None:
        """Go away: what happens meanwhile is read when it opens again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    @property
    def is_open(self) -> bool:
        """Whether somebody looks at it."""
        return self._task is not None

    async def until(self, shows: Callable[[Log], bool]) -> None:
        """Wait until the log shows what is looked for; whatever broke the subscription is raised here."""
        async with self.arrived:
            while not shows(self.log):
                if self._task is not None and self._task.done():
                    await self._task
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.arrived.wait(), 1)

    async def _follow(self) -> None:
        while True:
            try:
                await self._connected()
            except websockets.ConnectionClosed as closed:
                await self._admitted_again(closed)
            except (OSError, websockets.WebSocketException, TimeoutError):
                pass  # not there yet: the same again
            await asyncio.sleep(PAUSE)

    async def _admitted_again(self, closed: websockets.ConnectionClosed) -> None:
        """A token that has ended closes the connection with 4403: the position is kept, the token renewed."""
        if closed.rcvd is not None and closed.rcvd.code == _NOT_ADMITTED:
            await self.person.renew()

    async def _connected(self) -> None:
        token = await self.person.token()
        async with connect(self.person.server.socket, subprotocols=[PROTOCOL], open_timeout=5) as socket:
            hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
            await _send(socket, hello)
            self.log.connections += 1
            variables = {"after": self.log.position}
            payload = {"query": operation(self._subscription), "variables": variables}
            async for frame in socket:
                await self._take(socket, json.loads(frame), payload)

    async def _take(self, socket: ClientConnection, message: dict[str, Any], payload: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "connection_ack":
            await _send(socket, {"id": "1", "type": "subscribe", "payload": payload})
        elif kind == "ping":
            await _send(socket, {"type": "pong"})
        elif kind in {"error", "complete"} or message.get("payload", {}).get("errors"):
            await socket.close()  # the server has its troubles: begin again
        elif kind == "next":
            await self._note(next(iter(message["payload"]["data"].values())))

    async def _note(self, item: dict[str, Any]) -> None:
        event = item.get("event") or f"resync.{item.get('reason')}"
        seen = Seen(item["seq"], event, item.get("status"), (item.get("node") or {}).get("id"))
        async with self.arrived:
            self.log.seen.append(seen)
            self.arrived.notify_all()


async def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message))
