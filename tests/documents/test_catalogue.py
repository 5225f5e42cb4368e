"""Questions to the catalogue against a slow oracle."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.base import Id, Row
from documents.listings import ORDERS, CatalogueSort, catalogue_page, count
from domain.search import CatalogueFilter, Range, query_tokens
from tests.documents.catalogue_data import CATEGORIES, REGIONS, listings
from tests.documents.test_listings import Database, fill, walked

QUESTIONS = st.builds(
    lambda category, direction, region, words, ranges, choice: CatalogueFilter(
        category=category,
        direction=direction,
        region=region,
        words=tuple(query_tokens(words)),
        ranges=tuple(ranges.values()) if category else (),
        choices=(("colour", choice),) if category and choice else (),
    ),
    category=st.sampled_from([None, *CATEGORIES[:4]]),
    direction=st.sampled_from([None, None, "tsr_sale"]),
    region=st.sampled_from([None, *REGIONS[:4]]),
    words=st.sampled_from(
        ["", "детские", "коляски складные", "ПРЕМИУМ", "аппарат взрослый умный", "brand0", "балалар"]
    ),
    ranges=st.dictionaries(
        code := st.sampled_from(["width", "load", "channels"]),
        st.builds(Range, code, st.none() | st.integers(0, 50), st.none() | st.integers(30, 120)),
        max_size=2,
    ).map(lambda drawn: {name: Range(name, one.minimum, one.maximum) for name, one in drawn.items()}),
    choice=st.sampled_from([None, None, "red"]),
)


def answers(row: Row, wanted: CatalogueFilter) -> bool:
    """The slow oracle: whether a stored listing answers a question."""
    values = {one["code"]: one["value"] for one in row["characteristics"]}
    return (
        wanted.category in {None, row["category"]}
        and wanted.direction in {None, row["direction"]}
        and (wanted.region is None or wanted.region in row["regions"])
        and set(wanted.words) <= set(row["words"])
        and all(
            (one.minimum is None or values[one.code] >= one.minimum)
            and (one.maximum is None or values[one.code] <= one.maximum)
            for one in wanted.ranges
        )
        and all(values[code] == option for code, option in wanted.choices)
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    rows = await fill(database, list(listings(60, seed)))
    order = ORDERS[sort]
    rows.sort(key=lambda row: (row[order.field], row["_id"]), reverse=order.direction < 0)
    for wanted in questions:
        expected: list[Id] = [row["_id"] for row in rows if answers(row, wanted)]
        found = await walked(lambda after, w=wanted: catalogue_page(w, sort, first=first, after=after))  # type: ignore[misc]
        assert [row["_id"] for row in found] == expected
        assert await count(wanted, 1000) == len(expected)
