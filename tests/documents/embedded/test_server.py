"""Start, restart, adoption and stop."""

import asyncio
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from documents.embedded import EmbeddedMongo, EmbeddedMongoError, Failure, beside, process, replica, server
from documents.embedded.folder import DataFolder, free_port, is_alive, running_on
from tests.documents.embedded.laptop import embedded, fake_mongod, refusal, rows, write


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Another program on mongod's port."""
    writer.close()


async def test_rows_outlive_a_restart_on_another_port(tmp_path: Path) -> None:
    """A stopped database starts again with its rows, also where its port is taken: the set moves along."""
    async with embedded(tmp_path) as mongo:
        await write(mongo.url, 1)
        pid, first = mongo.pid, mongo.port
    assert not is_alive(pid)
    async with await asyncio.start_server(hang_up, "127.0.0.1", first), embedded(tmp_path) as mongo:
        assert mongo.port != first
        await write(mongo.url, 2)
        assert await rows(mongo.url) == [1, 2]


async def test_last_port_is_kept(tmp_path: Path) -> None:
    """Clients find the database where it was, as long as its port is free."""
    async with embedded(tmp_path) as mongo:
        first = mongo.url
    async with embedded(tmp_path) as mongo:
        assert mongo.url == first


async def test_scripts_are_refused(mongod: str) -> None:
    """No JavaScript runs in the database, whatever a value may contain."""
    async with AsyncMongoClient[dict[str, Any]](mongod) as client:
        with pytest.raises(OperationFailure):
            await client.kept.rows.find_one({"$where": "true"})


async def test_second_start_is_refused(tmp_path: Path) -> None:
    """A second server on the same folder is told who has it, and the first one goes on."""
    async with embedded(tmp_path) as mongo:
        with pytest.raises(EmbeddedMongoError) as caught:
            await embedded(tmp_path).__aenter__()
        assert caught.value.code is Failure.ALREADY_RUNNING
        assert f"process {os.getpid()}" in caught.value.message
        await write(mongo.url, 1)
        assert [each.pid for each in running_on(DataFolder(tmp_path).database)] == [mongo.pid]


async def test_a_command_joins_a_server(tmp_path: Path) -> None:
    """Beside a server a command finds its database; where nobody has the folder there is none to join."""
    assert beside(tmp_path) is None
    async with embedded(tmp_path) as mongo:
        assert beside(tmp_path) == mongo.url
        await write(mongo.url, 1)
    assert beside(tmp_path) is None
    (tmp_path / "taken").touch()
    with pytest.raises(EmbeddedMongoError) as caught:
        beside(tmp_path / "taken")
    assert caught.value.code is Failure.FOLDER_NOT_WRITABLE


async def test_orphan_is_adopted(tmp_path: Path, killed_server: tuple[int, int]) -> None:
    """A mongod whose server was killed is taken over, never doubled, and stopped at the end."""
    pid, port = killed_server
    async with EmbeddedMongo(tmp_path) as mongo:
        assert (mongo.pid, mongo.port) == (pid, port)
        await write(mongo.url, 1)
    assert not is_alive(pid)


async def test_orphan_on_an_unwanted_port_is_stopped(tmp_path: Path, killed_server: tuple[int, int]) -> None:
    """An orphan that listens elsewhere than asked gives way to one that listens there."""
    pid, port = killed_server
    wanted = free_port()
    async with embedded(tmp_path, wanted) as mongo:
        assert mongo.port == wanted != port
        assert not is_alive(pid)


async def test_orphan_that_does_not_answer_is_stopped(
    tmp_path: Path, killed_server: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An orphan that hangs is killed and another one serves its rows."""
    monkeypatch.setattr(process, "STOP_SECONDS", 0.5)
    pid, _ = killed_server
    os.kill(pid, signal.SIGSTOP)
    async with embedded(tmp_path) as mongo:
        assert mongo.pid != pid
        assert not is_alive(pid)
        await write(mongo.url, 1)


async def test_killed_mongod_is_started_again(tmp_path: Path) -> None:
    """A mongod killed in the middle comes back on the same address with every acknowledged row."""
    async with embedded(tmp_path) as mongo:
        await write(mongo.url, 1)
        url, before = mongo.url, mongo.pid
        os.kill(before, signal.SIGKILL)
        await mongo.restarted()
        assert mongo.url == url
        assert mongo.pid != before
        await write(url, 2)
        assert await rows(url) == [1, 2]


async def test_restart_waits_for_what_stands_in_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When a restart is impossible the log says why in words, and it is tried again until it works."""
    monkeypatch.setattr(server, "RETRY_SECONDS", 0.05)
    async with embedded(tmp_path) as mongo:
        full = shutil._ntuple_diskusage(1, 1, 0)
        with monkeypatch.context() as patched:
            patched.setattr(shutil, "disk_usage", lambda _: full)
            os.kill(mongo.pid, signal.SIGKILL)
            while "MB left" not in caplog.text:
                await asyncio.sleep(0.02)
        await mongo.restarted()
        await write(mongo.url, 1)


async def test_folder_left_by_a_crash_recovers(tmp_path: Path, killed_server: tuple[int, int]) -> None:
    """Server and mongod both killed: the lock and journal left behind don't hinder the next start."""
    pid, port = killed_server
    await write(replica.url(port), 1)
    os.kill(pid, signal.SIGKILL)
    async with embedded(tmp_path) as mongo:
        assert await rows(mongo.url) == [1]


async def test_start_that_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mongod that neither serves nor ends is stopped and reported."""
    monkeypatch.setattr(server, "START_SECONDS", 0.3)
    monkeypatch.setattr(process, "STOP_SECONDS", 0.1)
    script = "trap '' TERM; while true; do sleep 0.1; done"
    error = await refusal(tmp_path, executable=fake_mongod(tmp_path, script))
    assert error.code is Failure.START_FAILED


def test_address_before_the_start() -> None:
    """An address is known only while the database runs."""
    with pytest.raises(RuntimeError, match="start it first"):
        _ = EmbeddedMongo(".data/never").url
