"""Files as acts, from when they have come: settled once, and shown by rights."""

from dataclasses import replace
from datetime import timedelta

import pytest

from auth.viewer import ANONYMOUS
from documents import files
from documents.base import Row, collection, new_id
from documents.files import Variant, contents
from domain.errors import NotFound
from domain.files import FileStatus
from resolvers.files import Made, accept, for_documents, refuse, served, shown
from tests.resolvers.stage import NOW
from tests.resolvers.test_files import PDF, seller, uploaded

pytestmark = pytest.mark.usefixtures("database")


async def made(data: bytes = b"new") -> Variant:
    """A picture that a worker made."""
    writer = await files.opened(NOW)
    await writer.write(data)
    await writer.close(NOW)
    return Variant(name="whole", width=2, height=1, size=len(data), content=writer.content)


async def test_a_file_is_settled_once() -> None:
    """R-B8: what two workers make of a file is shown once; the other's pictures are dropped."""
    ctx = await seller()
    file = await uploaded(ctx)
    late, taken = [await files.take(timedelta(0)) for _ in range(2)]
    assert late is not None
    assert taken is not None
    others = Made(await made(b"late"), [await made(b"later")])
    first = Made(await made(b"first"), [await made(b"small")])
    assert not await accept(ctx, late, file, others)
    assert await accept(ctx, taken, file, first)
    assert not await accept(ctx, taken, file, Made(await made(), []))
    assert not await refuse(ctx, late, file, "FILE_UNREADABLE")
    row = await files.get(file["_id"])
    assert row is not None
    assert (row["status"], row["content"], row["width"], row["size"]) == ("ready", first.whole.content, 2, 5)
    await files.sweep(NOW + timedelta(seconds=1))
    assert await collection(contents.HEADS).count_documents({}) == 2
    told = [one["data"].get("status") async for one in collection("events").find({}).sort("_id", 1)]
    assert told == ["uploaded", "ready"]


async def test_a_file_that_was_settled_otherwise() -> None:
    """R-B8: a worker whose file stands elsewhere than it saw changes nothing."""
    ctx = await seller()
    file = await uploaded(ctx)
    taken = await files.take(timedelta(minutes=1))
    assert taken is not None
    await collection("files").update_one({"_id": file["_id"]}, {"$set": {"status": "refused"}})
    assert not await accept(ctx, taken, file, None)
    gone = Made(Variant(name="whole", width=1, height=1, size=1, content=new_id()), [])
    await collection("files").update_one({"_id": file["_id"]}, {"$set": {"status": "uploaded"}})
    assert not await accept(ctx, taken, file, gone), "what was made was swept meanwhile"
    assert await refuse(ctx, taken, file, "FILE_UNREADABLE")
    row = await files.get(file["_id"])
    assert row is not None
    assert (row["status"], row["fault"], row["content"]) == (FileStatus.refused, "FILE_UNREADABLE", None)
    await files.sweep(NOW + timedelta(seconds=1))
    assert await collection(contents.CHUNKS).count_documents({}) == 0


async def test_what_is_shown() -> None:
    """R-B8: a file is shown once it is ready, whole or in one of its sizes, to whoever may see it."""
    ctx = await seller()
    file = await uploaded(ctx)
    for identifier, variant in ((str(file["_id"]), None), (str(new_id()), None), ("x", None)):
        with pytest.raises(NotFound):
            await shown(ctx, identifier, variant)
    taken = await files.take(timedelta(minutes=1))
    assert taken is not None
    assert await accept(ctx, taken, file, None)
    assert served(ctx, file["_id"], "320") == f"test/files/{file['_id']}/320"
    found = await shown(ctx, str(file["_id"]), None)
    assert (found.length, found.name, found.public, found.is_picture) == (
        len(PDF),
        "licence.pdf",
        False,
        False,
    )
    with pytest.raises(NotFound):
        await shown(ctx, str(file["_id"]), "320")
    with pytest.raises(NotFound):
        await shown(replace(ctx, viewer=ANONYMOUS), str(file["_id"]), None)


async def test_files_of_documents() -> None:
    """R-B8: whoever is shown a published card sees its files, and nobody another's draft's."""
    ctx = await seller()
    file = await uploaded(ctx)
    one: Row = {"id": file["_id"]}
    public = one | {"audience": files.EVERYBODY}
    gone = {"id": new_id(), "audience": files.EVERYBODY}
    own = await for_documents(ctx, [one, public, gone])
    assert [row and row["_id"] for row in own] == [file["_id"], file["_id"], None]
    others = await for_documents(replace(ctx, viewer=ANONYMOUS), [one, public, gone])
    assert [row and row["_id"] for row in others] == [None, file["_id"], None]
