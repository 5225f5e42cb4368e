"""Questions to the catalogue against a slow oracle."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.base import Id, Row
from documents.cursors import Page, Window, window
from documents.listings import ORDERS, CatalogueSort, Listing, catalogue_page, count
from documents.listings.questions import TITLED
from documents.listings.stored import stored
from domain.errors import InvalidInput
from domain.search import CatalogueFilter, Range, query_tokens
from tests.documents.catalogue_data import CATEGORIES, REGIONS, listings
from tests.documents.test_listings import Database, fill, walked

pytestmark = pytest.mark.large

QUESTIONS = st.builds(
    lambda category, direction, region, words, ranges, choice, meant: CatalogueFilter(
        category=category,
        direction=direction,
        region=region,
        words=tuple(query_tokens(words)),
        ranges=tuple(ranges.values()) if category else (),
        choices=tuple(("colour", each) for each in choice) if category else (),
        meant=meant,
    ),
    category=st.sampled_from([None, *CATEGORIES[:4]]),
    direction=st.sampled_from([None, None, "tsr_sale"]),
    region=st.sampled_from([None, *REGIONS[:4]]),
    words=st.sampled_from(
        [
            *("", "детские", "коляски складные", "ПРЕМИУМ", "аппарат взрослый умный", "brand0", "балалар"),
            *("гарантия", "складной гарантия", "детский доставка ремонт", "протез лизинг", "складной"),
        ]
    ),
    ranges=st.dictionaries(
        code := st.sampled_from(["width", "load", "channels"]),
        st.builds(Range, code, st.none() | st.integers(0, 50), st.none() | st.integers(30, 120)),
        max_size=2,
    ).map(lambda drawn: {name: Range(name, one.minimum, one.maximum) for name, one in drawn.items()}),
    choice=st.sampled_from([[], [], ["red"], ["blue", "red"], ["green"]]),
    meant=st.sampled_from([(), (), (("складн", "усилен"),), (("ремонт", "детск"), ("ремонт", "взросл"))]),
)


def answers(row: Row, wanted: CatalogueFilter) -> bool:
    """The slow oracle: whether a stored listing answers a question."""
    values = {one["code"]: one["value"] for one in row["characteristics"]}
    return (
        wanted.category in {None, row["category"]}
        and wanted.direction in {None, row["direction"]}
        and (wanted.region is None or wanted.region in row["regions"])
        and all({*row["words"], *row["described"]} & {*term} for term in wanted.terms)
        and all(
            any(
                (one.minimum is None or each >= one.minimum) and (one.maximum is None or each <= one.maximum)
                for each in listed(values[one.code])
            )
            for one in wanted.ranges
        )
        and all({*listed(values[code])} & {*options} for code, options in wanted.options.items())
    )


def listed(value: Any) -> list[Any]:
    """Several answers, or the only one."""
    return value if isinstance(value, list) else [value]


def several(one: Listing) -> Listing:
    """Every third listing answers with several numbers, far from each other, and several codes."""
    if int(str(one.id), 16) % 3 == 0:
        for answer in one.characteristics:
            more = {"width": 9.5, "load": 20, "channels": 100, "colour": "green"}[answer.code]
            answer.value = list(dict.fromkeys([answer.value, more]))
    return one.prepared()


def ordered(rows: list[Row], sort: CatalogueSort, wanted: CatalogueFilter) -> list[Id]:
    """The answers in their order."""
    order = ORDERS[sort]
    found = [row for row in rows if answers(row, wanted)]
    for row in found:
        titled = all({*row["words"]} & {*term} for term in wanted.terms)
        row["relevance"] = row["date_rank"] + (TITLED if titled else 0)
    found.sort(key=lambda row: (row[order.field], row["_id"]), reverse=order.direction < 0)
    return [row["_id"] for row in found]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1000),
    questions=st.lists(QUESTIONS, min_size=2, max_size=4),
    sort=st.sampled_from(CatalogueSort),
    first=st.sampled_from([5, 9, 30]),
)
async def test_pages_equal_a_slow_oracle(
    database: Database, seed: int, questions: list[CatalogueFilter], sort: CatalogueSort, first: int
) -> None:
    """R-B7: filters, words, sorts and paging give exactly the rows that a plain search finds."""
    rows = await fill(database, list(map(several, listings(60, seed))))
    for wanted in questions:
        expected = ordered(rows, sort, wanted)
        found = await walked(lambda after, w=wanted: catalogue_page(w, sort, Window(first, after)))  # type: ignore[misc]
        assert [row["_id"] for row in found] == expected
        back = await walked_back(backward_pages(wanted, sort, first))
        assert [row["_id"] for row in back] == expected
        assert await count(wanted, 1000) == len(expected)


def backward_pages(
    wanted: CatalogueFilter, sort: CatalogueSort, last: int
) -> Callable[[str | None], Awaitable[Page]]:
    """The page before each cursor."""
    return lambda before: catalogue_page(wanted, sort, Window(last, before, backward=True))


async def walked_back(asked: Callable[[str | None], Awaitable[Page]]) -> list[Row]:
    """Every row, from the last page to the first."""
    found: list[Row] = []
    before, more = None, True
    while more:
        page = await asked(before)
        assert page.has_next is (before is not None)
        found = page.rows + found
        before, more = page.start, bool(page.has_previous)
    return found


WORDS = CatalogueFilter(words=tuple(query_tokens("складной")))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1000),
    wanted=st.sampled_from([CatalogueFilter(), CatalogueFilter(region="75"), WORDS]),
    sort=st.sampled_from(CatalogueSort),
    backward=st.booleans(),
    chance=st.randoms(use_true_random=False),
)
async def test_a_walk_sees_what_stays_exactly_once(
    database: Database,
    seed: int,
    wanted: CatalogueFilter,
    sort: CatalogueSort,
    backward: bool,
    chance: Random,
) -> None:
    """R-B7: while others come and go, forward or backward, each row that stays is seen once and in its order."""
    made = list(listings(90, seed))
    rows = await fill(database, made[:60])
    coming = [stored(one) for one in made[60:]]
    going = chance.sample(rows, 20)
    staying = ordered([row for row in rows if row not in going], sort, wanted)

    async def asked(cursor: str | None) -> Page:
        if cursor is not None:
            for each in (going.pop() for _ in range(min(3, len(going)))):
                await database["listings"].delete_one({"_id": each["_id"]})
            for each in (coming.pop() for _ in range(min(3, len(coming)))):
                await database["listings"].insert_one(each)
        if backward:
            return await catalogue_page(wanted, sort, Window(7, cursor, backward=True))
        return await catalogue_page(wanted, sort, Window(7, cursor))

    found = [row["_id"] for row in await (walked_back(asked) if backward else walked(asked))]
    assert [each for each in found if each in set(staying)] == staying
    assert len(found) == len(set(found))


async def test_cursors_of_the_other_direction_are_refused(database: Database) -> None:
    """R-K: `after` goes with `first`, `before` with `last`; a page counted from the end is bounded as well."""
    await fill(database, list(listings(4, 1)))
    cursor = (await catalogue_page(CatalogueFilter(), CatalogueSort.newest, Window(2))).end
    assert window(2, cursor, None, None) == Window(2, cursor)
    assert window(24, None, 2, cursor) == Window(2, cursor, backward=True)
    for first, after, last, before, code, path in (
        (24, None, None, cursor, "PAGE_DIRECTION", ("before",)),
        (24, cursor, 2, None, "PAGE_DIRECTION", ("after",)),
        (24, None, 0, None, "PAGE_SIZE", ("last",)),
        (24, None, 2, "AAAA", "BAD_CURSOR", ("before",)),
    ):
        with pytest.raises(InvalidInput) as refused:
            await catalogue_page(CatalogueFilter(), CatalogueSort.newest, window(first, after, last, before))
        assert (refused.value.code, refused.value.path) == (code, path)
