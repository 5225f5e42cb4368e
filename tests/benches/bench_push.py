"""From an act to the subscriber who is told of it: a listing published, an order accepted."""

import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx2
from pymongo import AsyncMongoClient

from tests.api import server as api
from tests.api.client import Client
from tests.api.portal import CATEGORY, Portal, card
from tests.benches.server import Server, running
from tests.benches.tables import milliseconds, percentile, show
from tests.e2e.subscriber import Subscriber

PUBLICATIONS = int(os.environ.get("BENCH_PUBLICATIONS", "200"))
ORDERS = int(os.environ.get("BENCH_ORDERS", "50"))
REGISTERED = 1
"""Events that a new supplier's feed begins with."""
HEADER = (
    "act", "number", "answer after p50 ms", "p99 ms", "event after the answer p50 ms", "p99 ms",
    "event after the request p50 ms", "p99 ms",
)  # fmt: skip
Act = Callable[[], Awaitable[object]]


async def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        database: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(server.mongo_url, tz_aware=True)
        async with httpx2.AsyncClient(base_url=server.address, timeout=60) as http:
            portal = _portal(server, database, http)
            _, supplier = await portal.supplier()
            rows = [
                await _told(server, supplier, "listingPublish", await _publications(supplier), REGISTERED)
            ]
            accepts = await _accepts(portal, supplier)
            before = (
                REGISTERED + PUBLICATIONS + 1 + ORDERS
            )  # the listing that is ordered, and every order placed
            rows.append(await _told(server, supplier, "orderAccept", accepts, before))
        await database.close()
    show(HEADER, rows)


def _portal(server: Server, database: AsyncMongoClient[dict[str, Any]], http: httpx2.AsyncClient) -> Portal:
    log = server.folder / "server.log"
    return Portal(api.Server(server.address, server.folder, database["komek"], server.process, log), http)


async def _publications(supplier: Client) -> list[Act]:
    """Drafts of complete cards, and how each is published."""
    drafts = [
        (await supplier.done("listingCreate", category=CATEGORY, card=card(f"Карточка {number}")))["draft"]
        for number in range(PUBLICATIONS)
    ]
    return [_act(supplier, "listingPublish", listingId=one["id"], expectedVersion=1) for one in drafts]


async def _accepts(portal: Portal, supplier: Client) -> list[Act]:
    """Placed orders of as many participants, and how each is accepted."""
    listing = await portal.published(supplier)
    found = []
    for _ in range(ORDERS):
        person, client = await portal.participant(bmg_phone="+77010000000")
        order = await portal.order(person, client, listing, await portal.measure(person))
        found.append(_act(supplier, "orderAccept", orderId=order["id"]))
    return found


def _act(client: Client, name: str, **given: object) -> Act:
    return lambda: client.done(name, **given)


async def _told(server: Server, supplier: Client, name: str, acts: Sequence[Act], before: int) -> list[str]:
    """Do one act after the other, each once the event of the one before has come; the row of the table.

    `before` is how many events the feed has already.
    """
    assert supplier.token is not None
    times = []
    async with Subscriber(server.address, "supplierFeed", supplier.token) as subscriber:
        await subscriber.reaches(before)
        for number, act in enumerate(acts, before + 1):
            asked = time.perf_counter()
            await act()
            answered = time.perf_counter()
            await subscriber.reaches(number)
            times.append((answered - asked, subscriber.times[-1] - answered, subscriber.times[-1] - asked))
    assert [item["seq"] for item in subscriber.seen] == list(range(1, before + len(acts) + 1))
    columns = list(zip(*times, strict=True))
    figures = [milliseconds(percentile(column, share)) for column in columns for share in (0.5, 0.99)]
    return [name, str(len(acts)), *figures]
