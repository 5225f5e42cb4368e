"""What a catalogue page costs, as the server itself counts it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from documents.base import Row
from documents.cursors import Window, encode
from documents.listings import ORDERS, CatalogueSort, Listing, page_question
from documents.listings.questions import stretches
from documents.listings.stored import stored
from domain.search import CatalogueFilter, Range, query_tokens
from tests.documents.catalogue_data import START, listings

pytestmark = pytest.mark.large

PAGE = 24
BOUND = 50
SAMPLE_SEED = 7

CATEGORY_CODES = (None, "cat_0", "cat_1", "cat_4", "cat_9", "cat_13")
REGION_CODES = (None, "75", "71", "31", "62")
RANGES = (
    None,
    Range("width", 44, 48),
    Range("width", 46, 46),
    Range("width", 40, None),
    Range("width", None, 30),
    Range("width", 60, None),
    Range("load", 100, 100),
    Range("load", 101, None),
    Range("load", 76, 80),
    Range("channels", 3, 5),
    Range("channels", 20, None),
)
TEXTS = (
    "",
    *("коляска", "детский", "взрослый", "премиум", "складной", "золотой", "brand0", "brand50", "арба", "м77"),
    *(
        "детский премиум",
        "детский взрослый",
        "складной усиленный",
        "складной портативный",
        "коляска складной",
    ),
    *("коляска портативный", "усиленный премиум", "brand0 складной", "brand1 премиум", "балалар складной"),
    *("гарантия", "лизинг", "доставка ремонт", "складной гарантия", "протез лизинг", "ремонт детский"),
    *("золотой умный", "протез усиленный", "умный премиум", "brand50 детский", "м77 детский"),
)


@dataclass(frozen=True)
class Cost:
    """Index keys read by the plan that answered, and rows shown."""

    keys: int
    rows: int
    question: str

    @property
    def ratio(self) -> float:
        """Keys for each row of the page; a page that is not full counts as full."""
        return self.keys / max(self.rows, PAGE)


def questions() -> list[tuple[CatalogueFilter, CatalogueSort]]:
    """Every combination of common and rare categories, regions, ranges, words and sorts."""
    return [
        (_question(category, region, between, text), sort)
        for category, region, between, text, sort in product(
            CATEGORY_CODES, REGION_CODES, RANGES, TEXTS, CatalogueSort
        )
        if category or not between
    ]


def _question(category: str | None, region: str | None, between: Range | None, text: str) -> CatalogueFilter:
    ranges = (between,) if between else ()
    return CatalogueFilter(category=category, region=region, ranges=ranges, words=tuple(query_tokens(text)))


async def load(database: AsyncDatabase[Row], amount: int) -> None:
    """Fill the catalogue in batches; building its indexes afterwards is several times faster."""
    await database["listings"].drop_indexes()
    made = listings(amount)
    while batch := [stored(one) for one in islice(made, 1000)]:
        await database["listings"].insert_many(batch, ordered=False)
    await database["listings"].create_indexes(Listing.Settings.indexes)


async def cost(database: AsyncDatabase[Row], wanted: CatalogueFilter, sort: CatalogueSort) -> Cost:
    """What the page's own finds cost, explained by the server."""
    keys = rows = 0
    for one in stretches(wanted, sort, Window(PAGE)):
        stats = await explained(database, one.question | {"limit": PAGE + 1 - rows})
        assert not list(stages_named("SORT", stats["executionStages"]))
        assert not list(stages_named("COLLSCAN", stats["executionStages"]))
        keys, rows = keys + stats["totalKeysExamined"], rows + stats["nReturned"]
        if rows > PAGE:
            break
    return Cost(keys, min(rows, PAGE), f"{wanted} {sort}")


async def explained(database: AsyncDatabase[Row], question: Row) -> Row:
    """What a find costs."""
    command = {"find": "listings", **question, "sort": dict(question["sort"])}
    told = await database.command({"explain": command, "verbosity": "executionStats"})
    stats: Row = told["executionStats"]
    return stats


def stages_named(name: str, stage: Row) -> Iterator[Row]:
    """The stages of this name in a plan."""
    if stage["stage"] == name:
        yield stage
    below = [stage[key] for key in ("inputStage",) if key in stage] + stage.get("inputStages", [])
    for inner in below:
        yield from stages_named(name, inner)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("amount", "sample"), [(6_000, 200), pytest.param(100_000, None, marks=pytest.mark.long)]
)
async def test_a_page_costs_at_most_fifty_keys_a_row(
    throwaway: AsyncDatabase[Row], amount: int, sample: int | None
) -> None:
    """R-B7: no combination of category, region, range, words and sort reads more than 50 keys for a row."""
    await load(throwaway, amount)
    asked = questions()
    asked = asked if sample is None else random.Random(SAMPLE_SEED).sample(asked, sample)
    costs = [await cost(throwaway, wanted, sort) for wanted, sort in asked]
    dearest = max(costs, key=lambda one: one.ratio)
    assert dearest.ratio <= BOUND, dearest
    assert {one.rows for one in costs} >= {0, PAGE}


async def test_no_plan_of_one_question_is_kept_for_another(throwaway: AsyncDatabase[Row]) -> None:
    """The best driver depends on the values asked for: a cached plan would bind it to the first ones."""
    await load(throwaway, 500)
    question = page_question(
        _question("cat_0", "75", RANGES[1], "детский премиум"), CatalogueSort.newest, first=PAGE
    )
    for _ in range(5):
        await throwaway["listings"].find(**question).to_list()
    plans = await throwaway["listings"].aggregate([{"$planCacheStats": {}}])
    assert await plans.to_list() == []


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("sort", CatalogueSort)
async def test_a_deep_page_costs_no_more_than_the_first(
    throwaway: AsyncDatabase[Row], sort: CatalogueSort, backward: bool
) -> None:
    """A cursor leads to its place among equal prices too; the pages before it are not read again."""
    same = [one.model_copy(update={"price": 1000, "published_at": START}) for one in listings(600)]
    await throwaway["listings"].insert_many([stored(one.prepared()) for one in same])
    wanted, cursor, dearest = CatalogueFilter(region="75"), None, 0
    for _ in range(8):
        (one,) = stretches(wanted, sort, Window(PAGE, cursor, backward))
        stats = await explained(throwaway, one.question)
        dearest = max(dearest, stats["totalKeysExamined"])
        rows = await throwaway["listings"].find(**one.question).to_list()
        last = rows[PAGE - 1] | {"relevance": rows[PAGE - 1]["date_rank"] + one.above}
        cursor = encode(ORDERS[sort], last)
    assert dearest <= 2 * PAGE
