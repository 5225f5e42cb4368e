"""Any record by its kind and identifier: what global identifiers and repeated mutations point to."""

from collections.abc import Awaitable, Callable, Collection

from documents.base import Id, Row

Reader = Callable[..., Awaitable[Row | None]]
READERS: dict[str, Reader] = {}
PARTLY: set[str] = set()
"""Kinds whose readers take a projection, and of which all may know who may ask: that takes no key."""


def readable(kind: str, reader: Reader, *, partly: bool = False) -> None:
    """Name the reader of a kind; each stem does so once, where its queries stand."""
    READERS[kind] = reader
    if partly:
        PARTLY.add(kind)


async def load(kind: str, record: Id, keys: Collection[str] | None = None) -> Row | None:
    """The record, or None when there is none or the kind is not known; with `keys` perhaps only these."""
    reader = READERS.get(kind)
    if reader is None:
        return None
    if keys is None or kind not in PARTLY:
        return await reader(record)
    return await reader(record, dict.fromkeys([*keys, "_id"], 1))
