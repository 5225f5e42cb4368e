"""Files of imports and exports: a row that says whose and what, and the bytes beside it in GridFS.

The row is written before the bytes: whatever an upload leaves behind is found by it and dropped.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from gridfs.asynchronous import AsyncGridFSBucket
from gridfs.errors import NoFile
from pymongo import IndexModel

from documents.base import Id, Record, Row, collection, database, insert, session, with_kind
from documents.nodes import readable
from domain.imports import TableFormat

NAME = "import_files"
KIND = "import_file"
BYTES = "import_bytes"
KEPT = timedelta(days=3)
MOST_KEPT = 20
"""Files that one supplier has here at the same time."""
AT_ONCE = 100
_PIECE = 256 * 1024


class ImportFile(Record):
    """A table of one supplier: uploaded to be imported, or made by an export. `size` None: not whole yet."""

    supplier: Id
    purpose: str
    format: TableFormat
    size: int | None = None
    digest: str | None = None
    created_at: datetime
    expires_at: datetime

    class Settings(Record.Settings):
        """A supplier's own, and what has expired."""

        name = NAME
        indexes: ClassVar = [
            IndexModel([("supplier", 1), ("expires_at", 1)]),
            IndexModel([("expires_at", 1)]),
        ]


async def create(file: ImportFile) -> Row:
    """Announce a file, in the transaction under way."""
    return {**await insert(file), "kind": KIND}


async def get(file: Id) -> Row | None:
    """One file's row, if there is one."""
    return with_kind(KIND, await collection(NAME).find_one({"_id": {"$eq": file}}, session=session()))


async def kept(supplier: Id, now: datetime) -> int:
    """How many files of a supplier have not expired, counted up to `MOST_KEPT`."""
    query = {"supplier": {"$eq": supplier}, "expires_at": {"$gt": now}}
    return await collection(NAME).count_documents(query, limit=MOST_KEPT, session=session())


async def write(file: Id, pieces: AsyncIterator[bytes], largest: int) -> tuple[int, str] | None:
    """Stream the bytes in; their number and SHA-256. None, and none of them kept, when they are too many."""
    size, digest = 0, sha256()
    stream = _bucket().open_upload_stream_with_id(file, str(file), chunk_size_bytes=_PIECE)
    try:
        async for piece in pieces:
            size += len(piece)
            if size > largest:
                await stream.abort()
                return None
            digest.update(piece)
            await stream.write(piece)
    except BaseException:
        await stream.abort()
        raise
    await stream.close()
    return size, digest.hexdigest()


async def complete(file: Id, size: int, digest: str) -> Row | None:
    """Note that a file is whole, in the transaction under way; None when it was dropped meanwhile."""
    await collection(NAME).update_one(
        {"_id": file, "size": None}, {"$set": {"size": size, "digest": digest}}, session=session()
    )
    return await get(file)


async def read(file: Id) -> AsyncIterator[bytes]:
    """The bytes of a file, piece by piece; FileGone when they are there no longer."""
    try:
        stream = await _bucket().open_download_stream(file)
        while piece := await stream.read(_PIECE):
            yield piece
    except NoFile:
        raise FileGone(str(file)) from None


class FileGone(Exception):
    """The bytes of a file are there no longer."""


async def expired(now: datetime) -> list[Id]:
    """Files that have expired, some at a time."""
    rows = collection(NAME).find({"expires_at": {"$lt": now}}, {"_id": 1}, limit=AT_ONCE)
    return [row["_id"] async for row in rows]


async def drop_bytes(file: Id) -> None:
    """Drop the bytes of a file, also of one that never was whole."""
    bucket = database()[f"{BYTES}.files"], database()[f"{BYTES}.chunks"]
    await bucket[0].delete_one({"_id": file})
    await bucket[1].delete_many({"files_id": file})


async def drop(files: list[Id]) -> int:
    """Drop rows of files, in the transaction under way."""
    return (await collection(NAME).delete_many({"_id": {"$in": files}}, session=session())).deleted_count


def _bucket() -> AsyncGridFSBucket:
    return AsyncGridFSBucket(database(), BYTES)


readable(KIND, get)
