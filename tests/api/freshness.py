"""Readers and a writer of listings that are kept in memory: no answer may be older than one seen before."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
from bson import ObjectId
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import AutoReconnect

from documents.listings.records import rank
from tests.api.portal import global_id

ONE = "query One($id: ID!) { node(id: $id) { ... on Listing { price { amount } } } }"
SEVERAL = """query Several($filter: ListingFilter) { listings(first: 50, filter: $filter) {
nodes { id price { amount } } } }"""
Update = Callable[[ObjectId, dict[str, Any]], Awaitable[None]]


@dataclass
class Watch:
    """Listings under test: their identifiers, how a page of them is asked for, and what was seen already."""

    http: httpx2.AsyncClient
    rows: list[ObjectId]
    filter: dict[str, Any]
    seen: dict[str, float] = field(default_factory=dict)
    answers: int = 0
    stale: list[str] = field(default_factory=list)

    async def one(self, listing: str) -> float | None:
        """The price that the portal tells of one; None where it has no answer at the moment."""
        data = await self._asked(ONE, {"id": listing})
        return float(data["node"]["price"]["amount"]) if data else None

    async def several(self) -> dict[str, float]:
        """The prices that a page tells."""
        data = await self._asked(SEVERAL, {"filter": self.filter})
        nodes = data["listings"]["nodes"] if data else []
        return {node["id"]: float(node["price"]["amount"]) for node in nodes}

    async def _asked(self, query: str, variables: dict[str, Any]) -> Any:
        """Data of an answer; None while the database is away, which is said as 503 or UNAVAILABLE."""
        try:
            answer = await self.http.post("/graphql", json={"query": query, "variables": variables})
        except httpx2.TransportError:
            return None
        body = answer.json()
        return None if answer.status_code != 200 or "errors" in body else body["data"]

    async def read(self, chance: random.Random) -> None:
        """Read again and again until cancelled; whatever is older than what was seen before is noted."""
        while True:
            before = dict(self.seen)
            if chance.random() < 0.5:
                listing = global_id("Listing", str(chance.choice(self.rows)))
                price = await self.one(listing)
                told = {} if price is None else {listing: price}
            else:
                told = await self.several()
            self.answers += bool(told)
            for listing, price in told.items():
                if price < before.get(listing, 0):
                    self.stale.append(f"{listing}: {price} after {before[listing]}")

    async def write(self, count: int, chance: random.Random, update: Update) -> None:
        """Change prices at random, one after the other; each is waited for, in the node and on the page."""
        prices = dict.fromkeys(self.rows, 1_000)
        for _ in range(count):
            row = chance.choice(self.rows)
            prices[row] += 1
            tiyn = prices[row] * 100
            await update(row, {"$set": {"price": tiyn, "price_rank": rank(tiyn, row)}})
            await self._until_shown(global_id("Listing", str(row)), float(prices[row]))

    async def _until_shown(self, listing: str, price: float) -> None:
        async with asyncio.timeout(60):
            while await self.one(listing) != price:
                await asyncio.sleep(0.002)
            while (await self.several()).get(listing) != price:
                await asyncio.sleep(0.002)
        self.seen[listing] = price


def insisting(database: AsyncDatabase[dict[str, Any]]) -> Update:
    """Writes straight into the database, again while it has no primary."""

    async def update(row: ObjectId, change: dict[str, Any]) -> None:
        while True:
            try:
                await database["listings"].update_one({"_id": row}, change)
            except AutoReconnect:
                await asyncio.sleep(0.1)
            else:
                return

    return update


async def watched(watch: Watch, writes: int, update: Update, seed: int, readers: int = 4) -> None:
    """So many writes under the eyes of so many readers."""
    reading = [asyncio.ensure_future(watch.read(random.Random(seed + each))) for each in range(readers)]
    try:
        await watch.write(writes, random.Random(seed), update)
    finally:
        for task in reading:
            task.cancel()
        done = await asyncio.gather(*reading, return_exceptions=True)
    assert all(isinstance(each, asyncio.CancelledError) for each in done), done
    assert watch.answers > writes
    assert watch.stale == []
