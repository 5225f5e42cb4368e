"""Contents in GridFS: written a chunk at a time, read from anywhere, and never left without an owner.

The driver's own writer holds back up to 32 MB of each upload before its first chunk goes out; ours holds one
chunk, in the same form (the GridFS specification). Reading and deleting is the driver's.

Whatever no file refers to, not yet or not any more, stands in `loose_contents` with the time at which it may
be dropped: an upload that is cut off, or a worker that dies, leaves nothing for good.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import ClassVar

from gridfs.asynchronous import AsyncGridFSBucket
from gridfs.errors import NoFile
from pymongo import IndexModel

from documents.base import Id, Record, collection, database, new_id, session

BUCKET = "file_contents"
HEADS, CHUNKS, LOOSE = f"{BUCKET}.files", f"{BUCKET}.chunks", "loose_contents"
CHUNK = 512 * 1024
"""Bytes of a chunk: what one upload takes of the memory."""
LOOSE_FOR = timedelta(hours=1)
"""Longer than any upload and any work on a file lasts."""


class ContentHead(Record):
    """One content, in the words of GridFS; written last, when all its chunks are there."""

    length: int
    chunkSize: int  # noqa: N815 - the specification's name
    uploadDate: datetime  # noqa: N815 - the specification's name

    class Settings(Record.Settings):
        """Found by identifier."""

        name = HEADS
        audited: ClassVar = False  # the file that refers to it is


class ContentChunk(Record):
    """One piece of a content."""

    files_id: Id
    n: int
    data: bytes

    class Settings(Record.Settings):
        """Read in order from any place on."""

        name = CHUNKS
        audited: ClassVar = False  # the file that refers to it is
        indexes: ClassVar = [IndexModel([("files_id", 1), ("n", 1)], unique=True)]


class LooseContent(Record):
    """A content that no file refers to, by its identifier; dropped once `expires_at` is over.

    What is `doomed` is being dropped, and nobody can refer to it any more.
    """

    expires_at: datetime
    doomed: bool = False

    class Settings(Record.Settings):
        """Found by expiry for housekeeping."""

        name = LOOSE
        audited: ClassVar = False  # the file that refers to it is
        indexes: ClassVar = [IndexModel([("expires_at", 1)])]


class Writer:
    """Writes one content; nothing of it can be read before `close`."""

    def __init__(self, content: Id) -> None:
        self.content = content
        self.length = 0
        self._held = bytearray()
        self._number = 0

    async def write(self, data: bytes) -> None:
        """The next bytes."""
        self._held += data
        self.length += len(data)
        while len(self._held) >= CHUNK:
            await self._put()

    async def close(self, now: datetime) -> None:
        """The last chunk, and the head that makes the content readable."""
        if self._held:
            await self._put()
        head = {"_id": self.content, "length": self.length, "chunkSize": CHUNK, "uploadDate": now}
        await collection(HEADS).insert_one(head)

    async def _put(self) -> None:
        chunk = {"files_id": self.content, "n": self._number, "data": bytes(self._held[:CHUNK])}
        await collection(CHUNKS).insert_one(chunk)
        del self._held[:CHUNK]
        self._number += 1


async def opened(now: datetime) -> Writer:
    """A new content, loose until `keep_content`; outside of any transaction."""
    content = new_id()
    await collection(LOOSE).insert_one({"_id": content, "expires_at": now + LOOSE_FOR})
    return Writer(content)


async def keep_content(content: Id) -> bool:
    """Let a content be somebody's, in the transaction that refers to it; False when it was dropped."""
    spared = {"_id": content, "doomed": {"$ne": True}}
    gone = await collection(LOOSE).delete_one(spared, session=session())
    return gone.deleted_count == 1


async def loosen(contents: Sequence[Id], now: datetime) -> None:
    """Nobody refers to these any more, as of the transaction under way."""
    rows = [{"_id": content, "expires_at": now} for content in contents]
    if rows:
        await collection(LOOSE).insert_many(rows, session=session())


async def drop(content: Id) -> None:
    """Drop a content with all its chunks, if it is loose; twice does no harm.

    Nothing happens to one that somebody refers to, also when the transaction that says so is still under way.
    """
    doomed = await collection(LOOSE).update_one({"_id": content}, {"$set": {"doomed": True}})
    if not doomed.matched_count:
        return
    with suppress(NoFile):  # it was never closed
        await _bucket().delete(content)
    await collection(LOOSE).delete_one({"_id": content})


async def holds(content: Id) -> bool:
    """Whether anything is there under this identifier."""
    return await collection(HEADS).find_one({"_id": content}, {"_id": 1}) is not None


async def read(content: Id, start: int, length: int) -> AsyncIterator[bytes]:
    """So many bytes from a place on, a chunk at a time."""
    stream = await _bucket().open_download_stream(content)
    await stream.seek(start)
    while length > 0:
        data = (await stream.readchunk())[:length]
        length -= len(data)
        yield data


async def whole(content: Id) -> bytes:
    """All of a content."""
    stream = await _bucket().open_download_stream(content)
    return bytes(await stream.read())


def _bucket() -> AsyncGridFSBucket:
    return AsyncGridFSBucket(database(), BUCKET, CHUNK)
