"""Contents in GridFS, and what is known of files: whole or not at all, and nothing left behind."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from documents import files
from documents.base import Id, collection, in_transaction, new_id
from documents.files import contents
from documents.files.contents import CHUNK, LOOSE_FOR
from domain.files import UNUSED_FOR, ContentType, FilePurpose, FileStatus

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = NOW + LOOSE_FOR + timedelta(seconds=1)
pytestmark = pytest.mark.usefixtures("database")


async def content(data: bytes, piece: int = 70_000) -> Id:
    """A content that was written in pieces."""
    writer = await files.opened(NOW)
    for start in range(0, len(data), piece):
        await writer.write(data[start : start + piece])
    await writer.close(NOW)
    return writer.content


def file(**other: Any) -> files.StoredFile:
    """A file of some supplier."""
    known: dict[str, Any] = {
        "supplier": new_id(), "purpose": FilePurpose.photo, "name": "a.png", "content_type": ContentType.png,
        "size": 1, "sha256": "0" * 64, "width": 1, "height": 1, "content": None, "created_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    return files.StoredFile(**(known | other))


async def rows(*names: str) -> list[int]:
    """How many rows these collections have."""
    return [await collection(name).count_documents({}) for name in names]


async def test_a_content_from_any_place() -> None:
    """R-B8: a content is read from any place on, over the borders of its chunks, and whole."""
    data = bytes(range(256)) * (2 * CHUNK // 256) + b"end"
    row = await content(data)
    assert await rows(contents.HEADS, contents.CHUNKS) == [1, 3]
    assert await files.whole(row) == data
    for start, length in ((0, 1), (CHUNK - 1, 2), (CHUNK, CHUNK), (2 * CHUNK + 1, 2), (5, 0), (0, len(data))):
        read = [piece async for piece in files.read(row, start, length)]
        assert b"".join(read) == data[start : start + length]


async def test_a_writer_holds_one_chunk() -> None:
    """R-B8: what was written is in the database as soon as it fills a chunk: memory holds no more than one."""
    writer = await files.opened(NOW)
    for number in range(1, 9):
        await writer.write(b"0" * (CHUNK // 2))
        assert len(writer._held) < CHUNK
        assert await rows(contents.CHUNKS) == [number // 2]
    assert not await files.holds(writer.content)
    await writer.close(NOW)
    assert await files.holds(writer.content)


async def test_what_breaks_off_is_swept() -> None:
    """R-B8: contents that nobody came to refer to go after their time, with every chunk, and no others."""
    kept = await content(b"kept")
    assert await in_transaction(partial(files.keep_content, kept))
    await content(b"closed, and then its writer died")
    writer = await files.opened(NOW)
    await writer.write(b"0" * (CHUNK + 1))
    assert await files.sweep(NOW + LOOSE_FOR) == 0
    assert await files.sweep(LATER) == 2
    assert await rows(contents.HEADS, contents.CHUNKS, contents.LOOSE) == [1, 1, 0]
    assert await files.whole(kept) == b"kept"


async def test_what_somebody_refers_to_is_not_dropped() -> None:
    """R-B8: a content is kept or dropped, never both: whoever comes second changes nothing."""
    row = await content(b"kept")
    assert await in_transaction(partial(files.keep_content, row))
    await files.drop(row)
    assert await files.whole(row) == b"kept"
    await in_transaction(partial(files.loosen, [row], NOW))
    await in_transaction(partial(files.loosen, [], NOW))
    await files.drop(row)
    await files.drop(row)
    assert not await in_transaction(partial(files.keep_content, row))
    assert await rows(contents.HEADS, contents.CHUNKS, contents.LOOSE) == [0, 0, 0]


async def test_dropping_waits_for_a_transaction() -> None:
    """R-B8: a content whose owner is being written at this moment is not dropped under its hands."""
    row = await content(b"kept")
    dropping: list[asyncio.Task[None]] = []

    async def keep() -> None:
        assert await files.keep_content(row)
        if not dropping:
            dropping.append(asyncio.create_task(files.drop(row)))
        await asyncio.sleep(0.1)

    await in_transaction(keep)
    await dropping[0]
    assert await files.whole(row) == b"kept"


async def test_a_ticket_is_used_once() -> None:
    """R-B8: of any number who use a ticket up at once one does; nobody does after its time."""
    given: dict[str, Any] = {
        "supplier": new_id(), "purpose": FilePurpose.photo, "name": "a.png", "content_type": ContentType.png, "size": 1,
    }  # fmt: skip
    row = await files.issue_ticket(files.FileTicket(**given, expires_at=NOW))
    assert row["kind"] == files.TICKET
    assert (await files.ticket(row["_id"]) or {})["used_at"] is None
    assert await files.ticket(new_id()) is None
    assert not await files.claim_ticket(row["_id"], NOW)
    before = NOW - timedelta(seconds=1)
    claimed = await asyncio.gather(*(files.claim_ticket(row["_id"], before) for _ in range(8)))
    assert sorted(claimed) == [False] * 7 + [True]


async def test_the_audience_of_a_file(database: AsyncDatabase[dict[str, Any]]) -> None:
    """R-B8: a file is everybody's while a listing shows it, and moderators' while a card with it is in review."""
    row = await files.store(file())
    assert (await files.get(row["_id"]) or {})["audience"] == str(row["supplier"])
    await database["listings"].insert_one({"documents": [{"id": new_id()}, {"id": row["_id"]}]})
    assert (await files.get(row["_id"]) or {})["audience"] == files.EVERYBODY
    await database["listings"].delete_many({})
    draft = {"documents": [{"id": row["_id"]}]}
    await database["listing_drafts"].insert_many([{**draft, "review": None}, {**draft}])
    assert not (await files.get(row["_id"]) or {})["moderators"]
    await database["listing_drafts"].insert_one({**draft, "review": new_id()})
    under = await files.get(row["_id"]) or {}
    assert (under["audience"], under["moderators"]) == (str(row["supplier"]), True)
    assert await files.get(new_id()) is None
    assert set(await files.by_ids([row["_id"], new_id()])) == {row["_id"]}
    assert await files.count_of_supplier(row["supplier"], 5) == 1
    for name in ("listings", "listing_drafts"):
        found = await database[name].find({"documents.id": row["_id"]}).explain()
        assert found["queryPlanner"]["winningPlan"]["inputStage"]["indexName"] == "documents"


async def test_unused_files_are_collected() -> None:
    """R-B8: a file that no card ever named goes after a week with all its contents; a named one stays."""
    smaller = files.Variant(name="320", width=1, height=1, size=1, content=await content(b"small"))
    old, named = [file(content=await content(b"1"), variants=[smaller]), file(content=await content(b"2"))]
    for one in (old, named):
        await files.store(one)
    await files.begin_work(old.id)
    for row in [old.content, named.content, smaller.content]:
        assert row is not None
        await in_transaction(partial(files.keep_content, row))
    assert await in_transaction(partial(files.mark_used, {named.id}, NOW))
    assert await in_transaction(partial(files.mark_used, set(), NOW))
    assert not await in_transaction(partial(files.mark_used, {named.id, new_id()}, NOW))
    assert await files.sweep(NOW + UNUSED_FOR) == 0
    gone = NOW + UNUSED_FOR + timedelta(seconds=1)
    assert await files.sweep(gone) == 1
    await files.sweep(gone + timedelta(seconds=1))
    assert await rows(files.records.FILES, "file_work", contents.HEADS, contents.LOOSE) == [1, 0, 1, 0]
    acts = await collection("audit_intents").find({"act": "File.collect"}).to_list()
    assert [(row["subject_kind"], row["subject"], row["actor"]) for row in acts] == [
        (files.FILE, old.id, "housekeeper")
    ]


async def test_a_card_that_names_a_file_while_it_is_collected() -> None:
    """R-B8: of naming a file and collecting it one happens: no card is left with a file that is gone."""
    for _ in range(5):
        one = await files.store(file())
        marked, _swept = await asyncio.gather(
            in_transaction(partial(files.mark_used, {one["_id"]}, NOW)),
            files.sweep(NOW + UNUSED_FOR + timedelta(seconds=1)),
        )
        assert (await files.get(one["_id"]) is not None) is marked


async def test_work_is_taken_in_turns() -> None:
    """R-B8: a file is one worker's at a time; whoever lost the turn can't end it."""
    for _ in range(3):
        await files.begin_work(new_id())
    lasts = timedelta(minutes=1)
    taken = await asyncio.gather(*(files.take(lasts) for _ in range(5)))
    first = [one for one in taken if one]
    assert len({one.file for one in first}) == len(first) == 3
    over = {"$set": {"taken_until": datetime(2020, 1, 1, tzinfo=UTC)}}
    await collection("file_work").update_one({"_id": first[0].file}, over)
    again = await files.take(timedelta(minutes=1))
    assert again is not None
    assert again.attempt == 2
    lost = next(one for one in first if one.file == again.file)
    assert not await files.end_work(lost)
    assert await files.end_work(again)
    assert not await files.end_work(again)


async def test_a_file_is_settled_from_where_it_stands() -> None:
    """R-B8: a status is written over the one that was seen, and over no other."""
    one = await files.store(file())
    ready = {"status": FileStatus.ready.value}
    assert (await files.settle(one["_id"], FileStatus.uploaded, ready) or {})["status"] == "ready"
    assert await files.settle(one["_id"], FileStatus.uploaded, ready) is None
