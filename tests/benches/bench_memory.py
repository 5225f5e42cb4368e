"""Memory of the server process and of its database, with 100,000 listings; kept answers add up to 32 MB."""

import asyncio
import json
import os

from tests.benches.load import Errand, once, send
from tests.benches.questions import checked_pages, pages
from tests.benches.server import Server, resident_megabytes, running, seeded
from tests.benches.tables import show

LISTINGS = int(os.environ.get("BENCH_LISTINGS", "100000"))
REQUESTS = 1000
DOCUMENTS = 1000


async def main() -> None:
    """Print the table."""
    rows = await asyncio.to_thread(_rows)
    show((f"with {LISTINGS} listings", "server, MB", "mongod, MB"), rows)


def _rows() -> list[list[str]]:
    with running(seeded(LISTINGS), RESPONSE_CACHE="false") as server:
        rows = [_row(server, "after the start")]
        checked_pages(server.port)
        bodies = pages()
        once(server.port, [bodies[number % len(bodies)] for number in range(REQUESTS)])
        rows.append(_row(server, f"after {REQUESTS} catalogue pages, one at a time"))
        send(Errand(server.port, bodies, 16, 5))
        rows.append(_row(server, "after 5 s of pages over 16 connections"))
        once(server.port, _documents())
        rows.append(_row(server, f"after {DOCUMENTS} other documents of a page's size, each three times"))
    return rows


def _documents() -> list[str]:
    """Bodies of documents that differ by a name; a third time their plans are there."""
    page = json.loads(pages()[0])
    texts = [page["query"].replace("endCursor", f"end{number}: endCursor") for number in range(DOCUMENTS)]
    return [json.dumps(page | {"query": text}) for text in texts for _ in range(3)]


def _row(server: Server, name: str) -> list[str]:
    return [name, *(f"{resident_megabytes(pid):.0f}" for pid in (server.process.pid, server.mongod))]
