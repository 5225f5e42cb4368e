import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from documents.base import Row, new_id
from documents.listings.stored import stored
from documents.watching import changed, is_watched
from tests.documents.catalogue_data import listings

Database = AsyncDatabase[Row]
Told = list[Any]


@asynccontextmanager
async def watching(told: Told) -> AsyncIterator[Callable[[str | None], Any]]:
    """Follow what changes; yields how to wait for so many tags or flushes."""
    opened = asyncio.Event()

    async def follow() -> None:
        async with aclosing(changed(opened.set)) as batches:
            async for tags in batches:
                told.extend([None] if tags is None else tags)

    async def until(wanted: Any) -> None:
        async with asyncio.timeout(20):
            while wanted not in told:
                await asyncio.sleep(0.01)

    task = asyncio.ensure_future(follow())
    await asyncio.wait_for(opened.wait(), 20)
    try:
        yield until
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_each_kind_of_write_tells_the_row_and_what_it_is_listed_by(database: Database) -> None:
    """Insert, update, replace and delete, whoever writes them."""
    [one] = [stored(each) for each in listings(1)]
    rows, told = database["listings"], list[Any]()
    async with watching(told) as until:
        await rows.insert_one(one)
        await until(f"listings:{one['_id']}")
        assert {f"listings@{one['category']}", f"listings@{one['supplier']}", "listings"} <= set(told)
        await rows.update_one({"_id": one["_id"]}, {"$set": {"category": "here"}})
        await until("listings@here")
        await rows.replace_one({"_id": one["_id"]}, {**one, "category": "there"})
        await until("listings@there")
        assert told.count(f"listings:{one['_id']}") == 3
        told.clear()
        await rows.delete_one({"_id": one["_id"]})
        await until(f"listings:{one['_id']}")
        assert set(told) == {"listings", f"listings:{one['_id']}"}


async def test_other_collections_are_not_told(database: Database) -> None:
    """What is written often, and read by nobody's cache, costs the caches nothing."""
    told: Told = []
    supplier = new_id()
    async with watching(told) as until:
        await database["feed"].insert_one({"_id": new_id(), "topic": str(new_id()), "seq": 1})
        await database["suppliers"].update_one({"_id": supplier}, {"$set": {"region": "71"}})
        await database["reference"].insert_one({"_id": new_id(), "type": "test", "code": str(new_id())})
        await until("reference")
    assert not [tag for tag in told if tag.startswith("feed")]
    await database["reference"].delete_many({"type": "test"})
    await database["feed"].delete_many({"topic": {"$exists": True}, "event": {"$exists": False}})


async def test_a_dropped_collection_may_have_changed_anything(throwaway: Database) -> None:
    """A change of structure has no rows to name."""
    told: Told = []
    async with watching(told) as until:
        await throwaway.drop_collection("listings")
        await until(None)


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (["listings:1", "listings@x", "suppliers:2", "categories", "reference"], True),
        ([], True),
        (["listings", "orders:1"], False),
        (["participants"], False),
    ],
)
def test_answers_are_kept_of_what_is_watched_only(tags: list[str], said: bool) -> None:
    """An answer that was made from anything else as well would never be dropped."""
    assert is_watched(tags) is said
