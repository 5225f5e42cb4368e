"""Search at 100,000 listings as MongoDB counts it: words, mistakes, beginnings and facets; keys and milliseconds."""

import asyncio
import os

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from documents import vocabulary
from documents.base import Row
from documents.cursors import Window
from documents.embedded import EmbeddedMongo
from documents.listings import CatalogueSort
from documents.listings.facets import LIVE_MAX, facet_steps
from documents.listings.questions import stretches
from domain.search import CatalogueFilter, drivers, facets_of, query_tokens, typed_keys, typing_keys
from tests.benches.server import seeded
from tests.benches.tables import show

LISTINGS = int(os.environ.get("BENCH_LISTINGS", "100000"))
ROUNDS = 5
PAGE = 24
HEADER = ("question", "keys examined", "ms in MongoDB, median")
WORDS = ("коляска", "слуховой", "гарантия", "бесплатно")
SORTS = (CatalogueSort.price_asc, CatalogueSort.relevance)


async def main() -> None:
    """Print the table."""
    folder = await asyncio.to_thread(seeded, LISTINGS)
    async with EmbeddedMongo(folder / "mongo") as mongo:
        client: AsyncMongoClient[Row] = AsyncMongoClient(mongo.url)
        rows = await _rows(client["komek"])
        await client.close()
    print(f"{LISTINGS} listings, the median of {ROUNDS}\n")
    show(HEADER, rows)


async def _rows(database: AsyncDatabase[Row]) -> list[list[str]]:
    found = []
    for word, sort in ((word, sort) for word in WORDS for sort in SORTS):
        wanted = CatalogueFilter(words=tuple(query_tokens(word)))
        for part, _, question in stretches(wanted, sort, Window(PAGE)):
            command = {"find": "listings", **question, "sort": dict(question["sort"])}
            found.append([f"{word}, {sort}, {part}", *await _cost(database, command)])
    for name, keys in (("a mistake", typed_keys("каляск")), ("a beginning", typing_keys("коляс"))):
        steps = vocabulary._steps(keys, vocabulary.CANDIDATES)
        command = {"aggregate": "vocabulary", "pipeline": steps, "cursor": {}}
        found.append([name, *await _cost(database, command)])
    region = CatalogueFilter(region="75", direction="tsr_sale")
    steps = facet_steps(region, facets_of(None, None), None, drivers(region)[0], LIVE_MAX)
    command = {"aggregate": "listings", "pipeline": steps, "cursor": {}}
    found.append(["three facets of a region", *await _cost(database, command)])
    return found


async def _cost(database: AsyncDatabase[Row], command: Row) -> list[str]:
    took = []
    keys = 0
    for _ in range(ROUNDS):
        told = await database.command({"explain": command, "verbosity": "executionStats"})
        stats = told.get("executionStats") or told["stages"][0]["$cursor"]["executionStats"]
        keys = stats["totalKeysExamined"]
        took.append(stats["executionTimeMillis"])
    return [str(keys), str(sorted(took)[ROUNDS // 2])]
