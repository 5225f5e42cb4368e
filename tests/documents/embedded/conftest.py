"""A mongod left behind by its server."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.embedded import binary, folder

OWNER = """
import asyncio, sys
from documents.embedded import EmbeddedMongo

async def main():
    async with EmbeddedMongo(sys.argv[1], prefix=("env",)) as mongo:
        print(mongo.pid, mongo.port, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""
"""A server in a process of its own, to be killed."""


@pytest.fixture
def killed_server(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Process and port of a mongod whose server was killed; the mongod lives on."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, tmp_path], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid, port = map(int, owner.stdout.readline().split())
        owner.kill()
    yield pid, port
    folder.send(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def mongod_without_lzma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real mongod, changed to ask for a library that no system has."""
    file = tmp_path_factory.mktemp("mongod") / "mongod"
    file.write_bytes(binary.find().read_bytes().replace(b"\0liblzma.so.5\0", b"\0liblzma.so.0\0"))
    binary.make_runnable(file)
    return file
