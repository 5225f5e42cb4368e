"""The catalogue by places of every level, against a slow oracle and by what the server counts."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.asynchronous.database import AsyncDatabase

from documents.base import Row
from documents.cursors import Window
from documents.listings import CatalogueSort, Listing, catalogue_page, count
from documents.listings.stored import stored
from domain.regions import serves
from domain.search import CatalogueFilter
from tests.documents.catalogue_data import listings
from tests.documents.test_catalogue_explain import cost
from tests.documents.test_listings import Database, fill, walked
from tests.domain.test_regions import CODES

pytestmark = pytest.mark.large

VILLAGES = [f"1132{sub_district}{place}" for sub_district in range(30, 40) for place in range(100, 120)]


def placed(one: Listing, regions: list[str]) -> Listing:
    """The listing as if it served these places."""
    made: Listing = one.model_copy(update={"regions": sorted(regions)})
    return made.prepared()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.lists(CODES, min_size=1, max_size=9, unique=True), min_size=5, max_size=25),
    asked=st.lists(CODES, min_size=1, max_size=4),
    sort=st.sampled_from([CatalogueSort.price_asc, CatalogueSort.newest]),
    category=st.sampled_from([None, "cat_0"]),
)
async def test_lists_and_counts_equal_a_slow_oracle(
    database: Database, places: list[list[str]], asked: list[str], sort: CatalogueSort, category: str | None
) -> None:
    """R-B7: a place finds whoever serves it, what it lies in or a part of it; the count is that of the list."""
    made = listings(len(places), 3)
    rows = await fill(database, [placed(one, each) for one, each in zip(made, places, strict=True)])
    for place in asked:
        wanted = CatalogueFilter(region=place, category=category)
        expected = {
            row["_id"]
            for row in rows
            if serves(row["regions"], place) and category in {None, row["category"]}
        }
        found = await walked(lambda after, w=wanted: catalogue_page(w, sort, Window(7, after)))  # type: ignore[misc]
        assert len(found) == len(expected)
        assert {row["_id"] for row in found} == expected
        assert await count(wanted, 1000) == len(expected)


async def test_a_village_reads_nothing_of_its_neighbours(throwaway: AsyncDatabase[Row]) -> None:
    """R-B7: a page for a village costs a key or two a row among thousands that serve other villages."""
    chance = random.Random(5)
    made = [placed(one, [chance.choice(VILLAGES)]) for one in listings(1500)]
    made += [placed(one.model_copy(update={"id": type(one.id)()}), ["11"]) for one in listings(10)]
    await throwaway["listings"].insert_many([stored(one) for one in made])
    serving = sum(1 for one in made if serves(one.regions, VILLAGES[0]))
    for sort in (CatalogueSort.price_asc, CatalogueSort.newest):
        village = await cost(throwaway, CatalogueFilter(region=VILLAGES[0]), sort)
        assert village.keys <= 2 * serving
        region = await cost(throwaway, CatalogueFilter(region="11"), sort)
        assert (region.rows, region.keys <= 60) == (24, True)
