"""Three members of one set, as production has them, as local processes."""

from pathlib import Path

from tests.documents.embedded.laptop import rows, write
from tests.replica_set import ReplicaSet


async def test_rows_outlive_the_primary(tmp_path: Path) -> None:
    """The primary is killed: another member takes over with every acknowledged row, and the first follows it."""
    async with ReplicaSet(tmp_path) as members:
        await write(members.url, 1)
        first = await members.primary()
        await members.kill(first)
        second = await members.primary()
        assert second != first
        await write(members.url, 2)
        await members.start(first)
        assert await rows(members.url) == [1, 2]
