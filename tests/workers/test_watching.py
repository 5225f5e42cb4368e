import asyncio
from collections.abc import Callable, Sequence

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from documents.base import Row, new_id
from workers.watching import Watcher

Database = AsyncDatabase[Row]


class Told:
    """A cache that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def opened(self) -> None:
        """The stream is open."""
        self.said.append("opened")

    def drop(self, tags: Sequence[str]) -> None:
        """These have changed."""
        self.said.extend(tags)

    def flush(self) -> None:
        """Anything may have changed."""
        self.said.append("flush")

    def lost(self) -> None:
        """The stream is lost."""
        self.said.append("lost")


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something, for so long that only a fault takes longer."""
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.fixture
def told() -> Told:
    """A cache."""
    return Told()


async def test_all_caches_are_told_of_the_same_changes(database: Database, told: Told) -> None:
    """One stream a process serves any number of caches, those that join later too."""
    later = Told()
    watcher = Watcher([told])
    task = asyncio.ensure_future(watcher.run())
    await until(lambda: watcher.following)
    watcher.join(later)
    assert later.said == ["opened"]
    row = new_id()
    await database["reference"].insert_one({"_id": row, "type": "test", "code": str(row)})
    await until(lambda: f"reference:{row}" in told.said and f"reference:{row}" in later.said)
    watcher.stop()
    await asyncio.wait_for(task, 10)
    assert told.said[-1] == later.said[-1] == "lost"
    await database["reference"].delete_one({"_id": row})


async def test_a_stream_that_is_lost_is_opened_anew_and_said_so(
    database: Database, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    """Caches are empty and silent in between: what was missed is not shown."""
    watcher = Watcher([told])
    task = asyncio.ensure_future(watcher.run())
    await until(lambda: watcher.following)
    await _kill_streams(database)
    await until(lambda: told.said[:3] == ["opened", "lost", "opened"])
    assert watcher.losses == 1
    assert "changes are lost" in caplog.text
    watcher.stop()
    await asyncio.wait_for(task, 10)


async def test_what_breaks_the_watcher_is_not_hidden(told: Told) -> None:
    """A fault of a cache ends the process rather than serving what may be stale."""

    class Broken(Told):
        def opened(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Watcher([told, Broken()]).run()


async def _kill_streams(database: Database) -> None:
    """Have the server end every cursor of a change stream, as a failover does."""
    admin = database.client.get_database("admin")
    stages = [{"$currentOp": {"idleCursors": True, "allUsers": True}}]
    async for operation in await admin.aggregate(stages):
        cursor = operation.get("cursor") or {}
        first = (cursor.get("originatingCommand") or {}).get("pipeline") or [{}]
        if "$changeStream" in first[0]:
            if "opid" in operation:
                await admin.command("killOp", op=operation["opid"])
            name = operation["ns"].partition(".")[2]
            await database.command("killCursors", name, cursors=[cursor["cursorId"]])
