"""How long a kept answer stays the old one after a write into the database was acknowledged."""

import asyncio
import json
import os
import time
from typing import Any

from pymongo import MongoClient
from pymongo.write_concern import WriteConcern

from schema.nodes import parsed
from tests.benches.load import answer, request
from tests.benches.questions import ONE, checked_pages
from tests.benches.server import Server, running, seeded
from tests.benches.tables import milliseconds, percentile, show

LISTINGS = int(os.environ.get("BENCH_LISTINGS", "10000"))
WRITES = int(os.environ.get("BENCH_WRITES", "500"))


async def main() -> None:
    """Print the table."""
    with running(seeded(LISTINGS)) as server:
        waited, before = await _waited(server)
    row = [str(WRITES), *(milliseconds(percentile(waited, share)) for share in (0.5, 0.95, 0.99)),
           milliseconds(max(waited)), str(before)]  # fmt: skip
    show(("writes", "p50 ms", "p95 ms", "p99 ms", "longest ms", "answers from before"), [row])


async def _waited(server: Server) -> tuple[list[float], int]:
    """Seconds from each acknowledgement until the answer was the new one, and how many were not yet."""
    [shown, *_] = await asyncio.to_thread(checked_pages, server.port)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 20)
    asked = request(json.dumps({"query": ONE, "variables": {"id": shown}}))

    async def version() -> int:
        writer.write(asked)
        body = json.loads(await answer(reader))
        return int(body["data"]["node"]["version"])

    client: MongoClient[dict[str, Any]] = MongoClient(server.mongo_url)
    listings = client["komek"].get_collection("listings", write_concern=WriteConcern("majority"))
    row = parsed(shown)[1]
    original = reached = await version()
    waited, before = [], 0
    for _ in range(WRITES):
        for _ in range(2):
            await version()  # kept by now
        reached += 1
        await asyncio.to_thread(listings.update_one, {"_id": row}, {"$set": {"version": reached}})
        begin = time.perf_counter()
        while await version() != reached:
            before += 1
        waited.append(time.perf_counter() - begin)
    listings.update_one({"_id": row}, {"$set": {"version": original}})
    writer.close()
    client.close()
    return waited, before
