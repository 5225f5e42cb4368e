"""Any record by its kind and identifier: what global identifiers and repeated mutations point to."""

from collections.abc import Awaitable, Callable

from documents.base import Id, Row

Reader = Callable[[Id], Awaitable[Row | None]]
READERS: dict[str, Reader] = {}


def readable(kind: str, reader: Reader) -> None:
    """Name the reader of a kind; each stem does so once, where its queries stand."""
    READERS[kind] = reader


async def load(kind: str, record: Id) -> Row | None:
    """The record, or None when there is none or the kind is not known."""
    reader = READERS.get(kind)
    return await reader(record) if reader else None
