"""A real HTTP server that answers as a test tells it: wrongly, partly, too much, or never."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

NEVER = b""
"""An answer that doesn't come while the client waits."""


@dataclass(frozen=True)
class Question:
    """What somebody asked."""

    line: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Partner:
    """What it answers (the bytes on the wire), what it was asked, and where it is."""

    answer: Callable[[Question], bytes] = lambda _question: http(b"")
    got: list[Question] = field(default_factory=list)
    url: str = ""
    broken: bool = False
    """Whether connections end without a word."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Partner"]:
        """The server, listening."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/path"
        async with server:
            yield self

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not self.broken:
                await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.got.append(Question(lines[0], headers, body))
        said = self.answer(self.got[-1])
        writer.write(said)
        await writer.drain()
        if said == NEVER:
            await reader.read()  # until the client has had enough


def http(content: bytes, status: int = 200, *, length: int | None = None, **headers: str) -> bytes:
    """An answer on the wire; `length` may promise more than comes."""
    named = {"Content-Length": str(len(content) if length is None else length), "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} said", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    return "\r\n".join(lines).encode() + content
