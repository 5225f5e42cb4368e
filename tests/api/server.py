"""A really running server process, and another one on a copy of its data."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from documents.embedded.folder import free_port
from tests.conftest import BOUND

ROOT = Path(__file__).parents[2]
PAUSE = 0.05
LOG = "server.log"
_RULES = (
    "mutation",
    "oauth_token",
    "sign_in_begin",
    "sign_in_begin_person",
    "sign_in_complete",
    "sign_in_refresh_network",
    "staff_sign_in",
)
MANY = json.dumps({rule: {"count": 10_000, "period": 600} for rule in _RULES})
"""All tests stand behind one address; those of the limits start a server with the usual ones."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is, and its data behind its back."""

    address: str
    folder: Path
    database: AsyncDatabase[dict[str, Any]]
    process: subprocess.Popen[bytes]
    log: Path
    _behind: set[str] = field(default_factory=set)

    async def write_behind(self, name: str, row: ObjectId, change: dict[str, Any]) -> None:
        """Write, or insert, behind the portal's back; the audit will tell of it, and `unannounced` will not."""
        self._behind.add(str(row))
        table = self.database[name]
        await table.update_one({"_id": row}, change, upsert=True, bypass_document_validation=True)

    @asynccontextmanager
    async def behind(self, name: str, row: dict[str, Any]) -> AsyncIterator[None]:
        """Have a row there behind the portal's back for a while."""
        whole = {"_id": ObjectId()} | row
        self._behind.add(str(whole["_id"]))
        await self.database[name].insert_one(whole)
        try:
            yield
        finally:
            await self.database[name].delete_one({"_id": whole["_id"]})

    def knows(self, other: "Server") -> None:
        """Take over what was written behind the back of a server whose database was copied."""
        self._behind.update(other._behind)

    async def unannounced(self) -> list[dict[str, Any]]:
        """What the audit says was written past the portal until now, but for `write_behind`."""
        mark = dict.fromkeys(("actor", "on_behalf_of", "session", "subject_kind", "subject", "reason"))
        known = {
            "_id": ObjectId(),
            "act": "Test.mark",
            "role": "system",
            "at": datetime.now(UTC),
            "details": {},
        }
        await self.database["audit_intents"].insert_one(mark | known)
        while not await self.database["audit"].find_one({"source": f"intent:{known['_id']}"}):
            assert self.process.poll() is None, self.log.read_text()
            await asyncio.sleep(PAUSE)
        told = self.database["audit"].find({"kind": {"$nin": ["act", "started", "structure"]}})
        rows = [row async for row in told]
        writes = [row["write"] or {"document": row["kind"], "details": row["details"]} for row in rows]
        return [write for write in writes if write["document"] not in self._behind]


@asynccontextmanager
async def running(mongod: str, name: str, folder: Path, **settings: str) -> AsyncIterator[Server]:
    """`python app.py serve` on a database of the test run's mongod, ended as a person would end it."""
    port = str(free_port())
    own = {"PORT": port, "DATA_FOLDER": str(folder), "MONGODB_URL": mongod, "DATABASE": name}
    own["RATE_LIMITS"] = MANY
    process = started(folder, own | settings)
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongod, tz_aware=True)
    server = Server(f"http://127.0.0.1:{port}", folder, client[name], process, folder / LOG)
    try:
        await answering(server)
        yield server
    finally:
        await stopped(server)
        await client.drop_database(name)
        await client.close()


def started(folder: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """The process; what it says goes into a file of its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOG).open("wb") as written:
        return subprocess.Popen(
            [*BOUND, sys.executable, "app.py", "serve"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=written,
            stderr=written,
        )


async def answering(server: Server) -> None:
    """Wait until the server is ready; fails with its log when it has ended instead."""
    async with httpx2.AsyncClient() as client:
        while not await _answers(client, server):
            assert server.process.poll() is None, (server.process.returncode, server.log.read_text())
            await asyncio.sleep(PAUSE)


async def _answers(client: httpx2.AsyncClient, server: Server) -> bool:
    try:
        return (await client.get(f"{server.address}/health/ready")).is_success
    except httpx2.TransportError:
        return False


async def stopped(server: Server) -> int:
    """Ask the server to end and wait until it has."""
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
    return await asyncio.to_thread(server.process.wait)


async def copy(server: Server, name: str, folder: Path) -> None:
    """The same data under another name: loading the demonstration takes long, copying it does not."""
    shutil.copytree(server.folder, folder, ignore=shutil.ignore_patterns(LOG, "*.sqlite3*", "clock"))
    target = server.database.client[name]
    for collection in await server.database.list_collection_names():
        rows = await server.database[collection].find({}).to_list()
        if rows:
            await target[collection].insert_many(rows)
