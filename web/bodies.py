"""Bodies of requests, read no further than they may be long."""

from starlette.requests import Request


async def body_of(request: Request, largest: int) -> bytes | None:
    """The whole body; None as soon as it is longer than `largest` bytes, whatever its header says."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > largest:
            return None
    return bytes(read)
