"""A page of the catalogue and a single listing at 100,000 listings: latency, throughput and cost in processor time."""

import asyncio
import os

from tests.benches.load import Errand, send
from tests.benches.questions import checked_pages, pages, singles
from tests.benches.server import Server, cpu_seconds, running, seeded
from tests.benches.tables import milliseconds, percentile, show

LISTINGS = int(os.environ.get("BENCH_LISTINGS", "100000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
WARM_UP = 3.0
HEADER = (
    "question", "connections", "answers/s", "p50 ms", "p99 ms", "CPU ms/answer, server", "CPU ms/answer, mongod",
)  # fmt: skip


async def main() -> None:
    """Print the table."""
    rows = await asyncio.to_thread(_rows)
    print(f"{LISTINGS} listings, {SECONDS:g} s each\n")
    show(HEADER, rows)


def _rows() -> list[list[str]]:
    with running(seeded(LISTINGS)) as server:
        shown = checked_pages(server.port)
        questions = {
            "catalogue page": pages(),
            "single listing": singles(server.port, sorted(set(shown))[:64]),
        }
        rows = []
        for name, bodies in questions.items():
            send(Errand(server.port, bodies, 4, WARM_UP))
            rows += [_measured(server, name, bodies, connections) for connections in (1, 16)]
        checked_pages(server.port)
    return rows


def _measured(server: Server, name: str, bodies: list[str], connections: int) -> list[str]:
    processes = (server.process.pid, server.mongod)
    before = [cpu_seconds(pid) for pid in processes]
    report = send(Errand(server.port, bodies, connections, SECONDS))
    count = len(report.answers)
    used = [(cpu_seconds(pid) - start) / count for pid, start in zip(processes, before, strict=True)]
    return [
        name,
        str(connections),
        f"{count / report.whole:.0f}",
        *(milliseconds(percentile(report.answers, share)) for share in (0.5, 0.99)),
        *map(milliseconds, used),
    ]
