"""Imports whose worker is killed: a successor goes on, and nothing is done twice."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.api.portal import Portal
from tests.api.server import LOG, ROOT, Server, running
from tests.api.tables import JOB, WHOLE, begun, ended, table
from tests.conftest import BOUND

ROWS = 3_000


@contextmanager
def worker(server: Server, mongod: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process of its own, killed at the end whatever it does."""
    own = {"MONGODB_URL": mongod, "DATABASE": server.database.name, "DATA_FOLDER": str(server.folder)}
    with (server.folder / f"worker-{LOG}").open("ab") as log:
        process = subprocess.Popen(
            [*BOUND, sys.executable, "app.py", "worker"],
            cwd=ROOT,
            env={**os.environ, **own, "PORT": server.address.rpartition(":")[2]},
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_killed_worker_leaves_nothing_undone_or_twice(mongod: str, tmp_path: Path) -> None:
    """R-B6: workers killed by SIGKILL at three places of an import; every listing is there once at the end."""
    name = f"deaths_{secrets.token_hex(4)}"
    async with (
        running(mongod, name, tmp_path / "data", WORKER="separate", DEMO_DATA="false") as server,
        httpx2.AsyncClient(base_url=server.address, timeout=60) as http,
    ):
        _, supplier = await Portal(server, http).supplier()
        rows = [dict(WHOLE) | {"key": f"A-{number}" if number % 2 else ""} for number in range(ROWS)]
        job = await begun(supplier, table(*rows), policy="REJECT_FAILED_ROWS")
        done = 0
        for _ in range(3):
            with worker(server, mongod):
                reached = done + 400
                while done < reached:
                    done = (await supplier.read(JOB, id=job))["node"]["done"]
                    await asyncio.sleep(0.02)
        assert done < ROWS
        with worker(server, mongod):
            row = await ended(supplier, job)
        assert (row["status"], row["total"], row["done"], row["refused"]) == ("DONE", ROWS, ROWS, 0)
        drafts = server.database["listing_drafts"]
        assert await drafts.count_documents({}) == ROWS
        assert await drafts.count_documents({"version": 1}) == ROWS
        keys = await drafts.distinct("external_key", {"external_key": {"$type": "string"}})
        assert len(keys) == ROWS // 2
