"""The wire between a server and its mongod, which a test can cut."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_CHUNK = 65_536


class Wire:
    """Passes every connection on to the mongod of a URL until it is cut; then nothing goes through."""

    def __init__(self, mongod: str) -> None:
        address = urlsplit(mongod)
        self._target = address.hostname or "127.0.0.1", address.port or 27017
        self._writers: set[asyncio.StreamWriter] = set()
        self._whole = True

    @property
    def url(self) -> str:
        """What the server connects to: this wire, whatever name the member gives itself."""
        port = self._server.sockets[0].getsockname()[1]
        return f"mongodb://127.0.0.1:{port}/?directConnection=true"

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cut it for good."""
        self.cut()
        self._server.close()

    def cut(self) -> None:
        """End every connection, and let no other through."""
        self._whole = False
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self._whole = True

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        beyond = await asyncio.open_connection(*self._target)
        self._writers |= {writer, beyond[1]}
        await asyncio.gather(_passed(reader, beyond[1]), _passed(beyond[0], writer))
        self._writers -= {writer, beyond[1]}


async def _passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()
