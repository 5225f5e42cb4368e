"""What tests of files do again and again: send one, read what is told of it, count what is kept."""

import asyncio
from typing import Any

import httpx2

from tests.api.client import Client
from tests.api.portal import Portal
from tests.api.server import PAUSE

FILE = """query($id: ID!) { node(id: $id) { ... on File { name purpose contentType size width height url
status statusText fault thumbnails { width height url } } } }"""
STORED = ("files", "file_work", "file_contents.files", "file_contents.chunks", "loose_contents")


async def told(client: Client, file: str) -> Any:
    """What a client reads of a file."""
    return (await client.read(FILE, id=file))["node"]


async def kept(portal: Portal) -> set[tuple[str, Any]]:
    """What is stored of files, by collection and identifier: more than before is what a request has left.

    Less than before says nothing: what nobody refers to is swept away at any moment. Of files that were sent
    before, thumbnails are waited for.
    """
    while await portal.database["files"].find_one({"status": "uploaded"}):
        await asyncio.sleep(PAUSE)
    found: set[tuple[str, Any]] = set()
    for name in STORED:
        found |= {(name, row["_id"]) async for row in portal.database[name].find({}, {"_id": 1})}
    return found


async def sent(portal: Portal, client: Client, url: str, body: Any, **headers: str) -> httpx2.Response:
    """The answer to an upload."""
    return await portal.http.put(url, content=body, headers=client.headers | headers)
