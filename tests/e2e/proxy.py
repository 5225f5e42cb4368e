"""A round-robin TCP proxy, as small as a test needs: what stands before the servers in production."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import cycle

_CHUNK = 65_536


@asynccontextmanager
async def proxied(port: int, targets: Sequence[int]) -> AsyncIterator[None]:
    """Pass every connection to `port` on to the next target that takes it, while the context is open."""
    turns = cycle(range(len(targets)))

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(turns)
        try:
            beyond = await _opened([*targets[first:], *targets[:first]])
            if beyond is not None:
                await _joined((reader, writer), beyond)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


async def _opened(ports: Sequence[int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    for port in ports:
        with suppress(ConnectionError):
            return await asyncio.open_connection("127.0.0.1", port)
    return None


async def _joined(
    one: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    other: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """Pass bytes both ways; a side that ends abruptly ends the other."""
    await asyncio.gather(_passed(one[0], other[1]), _passed(other[0], one[1]))


async def _passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()
