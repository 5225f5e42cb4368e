"""Makes a mongod the primary of a set of its own: transactions and change streams need a replica set."""

import asyncio
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

SET_NAME = "komek"
_NOT_YET_INITIALIZED, _ALREADY_INITIALIZED = 94, 23
_PAUSE_SECONDS = 0.02


def address(port: int) -> str:
    """How the member is named in its set; only this machine can reach it."""
    return f"127.0.0.1:{port}"


def url(*ports: int) -> str:
    """What a client of these members connects to."""
    return f"mongodb://{','.join(map(address, ports))}/?replicaSet={SET_NAME}"


def direct(port: int) -> AsyncMongoClient[dict[str, Any]]:
    """A client of this very mongod, whatever state its set is in."""
    return AsyncMongoClient(
        "127.0.0.1",
        port,
        directConnection=True,
        serverSelectionTimeoutMS=500,
        connectTimeoutMS=500,
    )


async def answers(port: int, database: Path) -> bool:
    """Whether a mongod of our set, on this folder, answers there."""
    async with direct(port) as client:
        try:
            options = await client.admin.command("getCmdLineOpts")
        except PyMongoError:
            return False
    parsed = options["parsed"]
    ours = (str(database), SET_NAME)
    return (parsed["storage"]["dbPath"], parsed.get("replication", {}).get("replSet")) == ours


async def make_primary(port: int) -> None:
    """Initiate the set, or move it to its present port; returns when it takes writes, and only then."""
    async with direct(port) as client:
        while not await _is_primary(client, port):
            await asyncio.sleep(_PAUSE_SECONDS)


async def _is_primary(client: AsyncMongoClient[dict[str, Any]], port: int) -> bool:
    try:
        hello = await client.admin.command("hello")
        if hello.get("isWritablePrimary"):
            return True
        await _arrange(client, port)
    except PyMongoError:  # still starting
        return False
    return False


async def _arrange(client: AsyncMongoClient[dict[str, Any]], port: int) -> None:
    member = {"_id": 0, "host": address(port)}
    try:
        found = await client.admin.command("replSetGetConfig")
    except OperationFailure as error:
        if error.code == _NOT_YET_INITIALIZED:
            await client.admin.command("replSetInitiate", {"_id": SET_NAME, "members": [member]})
        return
    config = found["config"]
    if [each["host"] for each in config["members"]] != [member["host"]]:
        config.update(members=[{**config["members"][0], **member}], version=config["version"] + 1)
        await client.admin.command("replSetReconfig", config, force=True)
