"""Tables of 10,000 rows imported by a worker process of its own: seconds, rows in a second, and its memory."""

import asyncio
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx2
from pymongo import AsyncMongoClient

from domain.categories import Category
from domain.imports import Column, TableFormat, Values, card_values, columns_of, write_table
from domain.texts import Language
from tests.api import server as api
from tests.api.client import Client, key
from tests.api.portal import CATEGORY, Portal
from tests.api.tables import JOB
from tests.benches.server import ROOT, Server, cpu_seconds, running
from tests.benches.tables import show
from workers.seed.cards import SeedListing, generate_listings
from workers.seed.categories import load_categories
from workers.seed.demo import SEED, SUPPLIERS
from workers.seed.suppliers import generate_suppliers

ROWS = int(os.environ.get("BENCH_IMPORT_ROWS", "10000"))
HEADER = ("table", "rows", "faults", "MB", "seconds", "rows/s", "worker CPU s", "peak MB")
"""Seconds of processors tell more than those of the clock where the machine has other work; peak is VmHWM."""


async def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), WORKER="separate") as server:
        database: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(server.mongo_url, tz_aware=True)
        async with httpx2.AsyncClient(base_url=server.address, timeout=60) as http:
            log = server.folder / "server.log"
            stage = api.Server(server.address, server.folder, database["komek"], server.process, log)
            portal = Portal(stage, http)
            rows = []
            for kind, broken, publish in CASES:
                with _worker(server) as worker:
                    _, supplier = await portal.supplier()
                    row = await _measured(supplier, worker, kind, broken=broken, publish=publish)
                    print(*row, file=sys.stderr)
                    rows.append(row)
        await database.close()
    show(HEADER, rows)


CASES = (
    (TableFormat.csv, False, False),
    (TableFormat.csv, True, False),
    (TableFormat.xlsx, False, False),
    (TableFormat.json, False, False),
    (TableFormat.csv, False, True),
)
"""Format, whether every row has a fault, whether the listings are shown at once."""


@contextmanager
def _worker(server: Server) -> Iterator[int]:
    """A worker process beside the server; its identifier."""
    own = {"MONGODB_URL": server.mongo_url, "DATA_FOLDER": str(server.folder), "PORT": str(server.port)}
    command = [sys.executable, "app.py", "worker"]
    with (server.folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


async def _measured(
    supplier: Client, worker: int, kind: TableFormat, *, broken: bool, publish: bool
) -> list[str]:
    category, content = _table(kind, broken=broken)
    used = cpu_seconds(worker)
    sent = await supplier.http.post("/imports/files", content=content, headers=supplier.headers)
    given = {"category": category, "fileId": sent.json()["fileId"], "publish": publish}
    begin = time.perf_counter()
    done = await supplier.done("listingsImport", **given, policy="REJECT_FAILED_ROWS", idempotencyKey=key())
    while (row := (await supplier.read(JOB, id=done["job"]["id"]))["node"])["status"] in {
        "WAITING",
        "RUNNING",
    }:
        await asyncio.sleep(0.1)
    seconds = time.perf_counter() - begin
    assert row["done"] + row["refused"] == ROWS, row
    assert row["done"] == (0 if broken else ROWS), row
    name = f"{kind}{', published' if publish else ''}{', every row wrong' if broken else ''}"
    figures = [
        ROWS,
        row["faultCount"],
        f"{len(content) / 2**20:.1f}",
        f"{seconds:.1f}",
        f"{ROWS / seconds:.0f}",
    ]
    return [
        name,
        *map(str, figures),
        f"{cpu_seconds(worker) - used:.1f}",
        f"{_megabytes(worker, 'VmHWM'):.0f}",
    ]


def _table(kind: TableFormat, *, broken: bool) -> tuple[str, bytes]:
    """A table of generated listings of one category, some hundred of them again and again."""
    definition, columns, found = _cards()
    wrong: dict[str, Any] = {"purpose": "nowhere"} if broken else {}
    rows = (
        {**values, "key": f"B-{number}", **wrong}
        for number, values in zip(range(ROWS), cycle(found), strict=False)
    )
    file = io.BytesIO()
    write_table(file, kind, columns, rows, Language.ru)
    return definition.code, file.getvalue()


@cache
def _cards() -> tuple[Category, list[Column], list[Values]]:
    definition = next(one for one in load_categories() if one.code == CATEGORY)
    columns = columns_of(definition)
    cards = generate_listings(generate_suppliers(SUPPLIERS, seed=SEED), 2_000, seed=SEED)
    return definition, columns, [_values(columns, card) for card in cards if card.category == definition.code]


def _values(columns: Sequence[Column], card: SeedListing) -> Values:
    fields = ("title", "description", "price", "regions", "characteristics")
    return card_values(columns, {name: getattr(card, name) for name in fields})


def _megabytes(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))
