"""Rotation of keys from another process, while the server works."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import httpx2
import pytest

from documents.encryption.fields import found_in, sealed_paths
from documents.encryption.values import generation_of
from documents.registry import DOCUMENTS
from documents.rotation.rewriting import CHAINED
from tests.api.portal import Portal
from tests.api.server import ROOT, Server, copy, running

pytestmark = pytest.mark.large

SETTLED = {"ROTATION_SETTLING_SECONDS": "3"}


@pytest.fixture
async def own(server: Server, mongod: str, tmp_path: Any) -> AsyncIterator[Portal]:
    """A server on a copy of the demonstration, whose keys may change."""
    name, folder = f"{server.database.name}_keys", tmp_path / "data"
    await copy(server, name, folder)
    async with (
        running(mongod, name, folder, **SETTLED) as copied,
        httpx2.AsyncClient(base_url=copied.address, timeout=60) as http,
    ):
        copied.knows(server)
        yield Portal(copied, http)


async def rotate(portal: Portal, mongod: str, kind: str) -> asyncio.subprocess.Process:
    """`python app.py rotate-keys`, beside the server."""
    settings = {"DATA_FOLDER": str(portal.server.folder), "MONGODB_URL": mongod}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        "rotate-keys",
        kind,
        cwd=ROOT,
        env={**os.environ, **settings, **SETTLED, "DATABASE": portal.database.name},
        stdout=asyncio.subprocess.PIPE,
    )


async def left(portal: Portal) -> set[str]:
    """Collections in which something is still under the first generation, though its key has a second."""
    keys = {
        row["_id"]: row["current"] async for row in portal.database["data_keys"].find({"current": {"$gt": 0}})
    }
    found = set()
    for model in DOCUMENTS:
        name: str = model.Settings.name  # type: ignore[attr-defined]
        paths = sealed_paths(model)
        async for row in portal.database[name].find({}):
            for each in found_in(name, paths, row):
                owner = type(row["_id"])(each.value[1:13])
                if name not in CHAINED and generation_of(each.value) < keys.get(owner, 1):
                    found.add(name)
    return found


async def unannounced(portal: Portal) -> list[dict[str, Any]]:
    """Writes past the audit; that the copied database has no history of its own is not one."""
    return [write for write in await portal.server.unannounced() if "collection" in write]


async def test_keys_rotate_under_load(own: Portal, mongod: str) -> None:
    """R-J1: with people registering, ordering and reading meanwhile, killed once, nothing is lost or left."""
    first = await rotate(own, mongod, "data")
    people = []
    numbers = count()
    stopped = asyncio.Event()

    async def load() -> None:
        while not stopped.is_set():
            person, client = await own.participant(bmg_phone=f"+7701{next(numbers):07}")
            measure = await own.measure(person)
            people.append((person, client, measure))

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(load())
        assert first.stdout is not None
        await first.stdout.readline()
        first.kill()
        await first.wait()
        again = await rotate(own, mongod, "data")
        said, _ = await again.communicate()
        stopped.set()
    assert again.returncode == 0, said
    assert b"data: done" in said
    assert await left(own) == set()
    assert people
    for person, client, _ in people:
        shown = await client.read(
            "{ viewer { participant { iin name { surname } } measures(first: 5) { nodes { name { text } } } } }"
        )
        assert shown["viewer"]["participant"]["iin"] == person.iin
        assert person.surname in shown["viewer"]["measures"]["nodes"][0]["name"]["text"]
    assert await unannounced(own) == []


@pytest.mark.long
async def test_the_index_key_rotates_under_load(own: Portal, mongod: str) -> None:
    """R-J1: everybody known before is found during and after, and no mark of the old key is left."""
    person, _ = await own.participant()
    running_one = await rotate(own, mongod, "index")
    while running_one.returncode is None:
        await own.sign_in(person.iin, person.identity)
        done, _ = await asyncio.wait([asyncio.ensure_future(running_one.wait())], timeout=0.3)
        if done:
            break
    assert running_one.returncode == 0
    await own.sign_in(person.iin, person.identity)
    for name, field in (("participants", "iin_index"), ("suppliers", "identifier_index")):
        marks = {row[field][0] async for row in own.database[name].find({})}
        assert marks == {2}, name
    assert await unannounced(own) == []
