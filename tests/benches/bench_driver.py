"""Motor against PyMongo's asynchronous client on the same mongod: the figures of docs/adr/0002.

`make bench-driver` installs Motor beside the environment for this comparison only. Rounds alternate between the two,
so that a machine that slows down slows both; each figure is a median over the rounds. Beside the time that passed
stands the processor time of this process: a server has one processor to give, and Motor spends it in two threads.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import uvloop
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient

from documents.embedded import EmbeddedMongo
from tests.conftest import BOUND

ROWS = 2_000
PAGE = 20
READS = 400
Read = Callable[[Any, int], Awaitable[object]]
Pattern = Callable[[Read, Any], Awaitable[None]]


def listing(number: int) -> dict[str, Any]:
    """A row of the size and shape of a listing."""
    characteristics = [{"code": f"characteristic_{each}", "value": number * each % 97} for each in range(8)]
    titles = {"ru": f"Кресло-коляска {number}", "kk": f"Кресло-арба {number}"}
    return {"_id": number, "title": titles, "price": number * 100, "characteristics": characteristics}


async def single(rows: Any, number: int) -> object:
    """One row by its key."""
    return await rows.find_one({"_id": number % ROWS})


async def page(rows: Any, number: int) -> object:
    """Twenty rows in the order of their key."""
    return await rows.find({"_id": {"$gte": number % (ROWS - PAGE)}}).sort("_id").limit(PAGE).to_list(PAGE)


async def sequential(read: Read, rows: Any) -> None:
    """One read follows the other."""
    for number in range(READS):
        await read(rows, number * 7)


async def parallel(read: Read, rows: Any) -> None:
    """16 reads under way at any time."""
    numbers = iter(range(READS))

    async def worker() -> None:
        for number in numbers:
            await read(rows, number * 7)

    await asyncio.gather(*(worker() for _ in range(16)))


async def cost(pattern: Pattern, read: Read, rows: Any) -> tuple[float, float]:
    """Microseconds that passed, and of processor time, for each read."""
    passed, used = time.perf_counter(), time.process_time()
    await pattern(read, rows)
    return (time.perf_counter() - passed) / READS * 1e6, (time.process_time() - used) / READS * 1e6


CASES = [
    (f"{what}, {how}", pattern, read)
    for what, read in (("single read", single), (f"page of {PAGE}", page))
    for how, pattern in (("one at a time", sequential), ("16 in parallel", parallel))
]


def row(name: str, before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]]) -> str:
    """One line of the table: medians and how many times cheaper the second is."""
    (passed, used), (passed_now, used_now) = (
        (statistics.median(each[0] for each in costs), statistics.median(each[1] for each in costs))
        for costs in (before, after)
    )
    shown = f"{passed:16.0f}{passed_now:9.0f}{passed / passed_now:7.2f}{used:14.0f}{used_now:9.0f}{used / used_now:7.2f}"
    return f"{name:32}{shown}"


async def compare(url: str, rounds: int) -> None:
    """Print the medians of both drivers and their ratios."""
    async with AsyncMongoClient[dict[str, Any]](url) as ours:
        await ours.bench.rows.insert_many([listing(number) for number in range(ROWS)])
        motor: Any = AsyncIOMotorClient(url)
        drivers = {"Motor": motor.bench.rows, "PyMongo": ours.bench.rows}
        print(
            f"{'µs a read':32}{'passed: Motor':>16}{'PyMongo':>9}{'ratio':>7}{'CPU: Motor':>14}{'PyMongo':>9}{'ratio':>7}"
        )
        for name, pattern, read in CASES:
            costs: dict[str, list[tuple[float, float]]] = {driver: [] for driver in drivers}
            for _ in range(rounds + 1):
                for driver, rows in drivers.items():
                    costs[driver].append(await cost(pattern, read, rows))
            print(row(name, costs["Motor"][1:], costs["PyMongo"][1:]))  # the first round warms up
        motor.close()


async def main() -> None:
    """Start a database of its own, compare, and throw it away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="measured rounds of each case")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedMongo(folder, prefix=BOUND) as mongo:
            await compare(mongo.url, options.rounds)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
