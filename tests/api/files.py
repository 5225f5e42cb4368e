"""What tests of files do again and again: send one, read what is told of it, count what is kept."""

from datetime import timedelta
from typing import Any

import httpx2

from tests.api.client import Client
from tests.api.portal import Portal

FILE = """query($id: ID!) { node(id: $id) { ... on File { name purpose contentType size width height url
status statusText fault thumbnails { width height url } } } }"""
STORED = ("files", "file_work", "file_contents.files", "file_contents.chunks", "loose_contents")


async def told(client: Client, file: str) -> Any:
    """What a client reads of a file."""
    return (await client.read(FILE, id=file))["node"]


async def kept(portal: Portal) -> dict[str, int]:
    """How many rows the collections of files have, but for what may be swept away at any moment."""
    soon = {"expires_at": {"$lt": portal.clock() + timedelta(minutes=1)}}
    due = [row["_id"] async for row in portal.database["loose_contents"].find(soon, {"_id": 1})]
    keys = {"file_contents.chunks": "files_id"}
    counts = {
        name: portal.database[name].count_documents({keys.get(name, "_id"): {"$nin": due}}) for name in STORED
    }
    return {name: await count for name, count in counts.items()}


async def sent(portal: Portal, client: Client, url: str, body: Any, **headers: str) -> httpx2.Response:
    """The answer to an upload."""
    return await portal.http.put(url, content=body, headers=client.headers | headers)
