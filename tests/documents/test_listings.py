import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from pymongo.asynchronous.database import AsyncDatabase

from auth.relations import NOTHING
from documents.base import Row, in_transaction, new_id
from documents.cursors import Window
from documents.listings import (
    ORDERS,
    CatalogueSort,
    Listing,
    ListingDraft,
    Mark,
    catalogue_page,
    count,
    count_of_supplier,
    create_draft,
    get_draft,
    get_listing,
    listed_drafts,
    listings_by_ids,
    listings_of_supplier,
    publish,
    save_draft,
    withdraw,
)
from documents.listings.stored import stored
from domain.errors import InvalidInput
from domain.listings import ListingAct
from domain.search import CatalogueFilter, Range
from tests.documents.catalogue_data import listing, listings

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MADE, EDITED = (Mark(act, "supplier:1", NOW) for act in (ListingAct.created, ListingAct.edited))
Database = AsyncDatabase[Row]


def a_draft(**fields: Any) -> ListingDraft:
    """A working copy as a supplier begins it."""
    return ListingDraft(
        **{
            "supplier": new_id(),
            "direction": "tsr_sale",
            "category": "wheelchairs",
            "definition_version": 1,
            "title": {"ru": "Кресло-коляска"},
            "created_at": NOW,
            "updated_at": NOW,
            **fields,
        }
    )


async def fill(database: Database, made: list[Listing]) -> list[Row]:
    """Put listings into an emptied catalogue; the stored rows come back."""
    await database["listings"].delete_many({})
    rows = [stored(one) for one in made]
    await database["listings"].insert_many(rows)
    return rows


async def test_a_draft_is_stored_and_read_with_its_kind(database: Database) -> None:
    """What was created is what is read."""
    made = await create_draft(a_draft(regions=["71"]), MADE)
    read = await get_draft(made["_id"])
    assert read == made
    assert (made["kind"], made["version"], made["status"]) == ("listing_draft", 1, "draft")
    assert await get_draft(new_id()) is None
    assert await get_draft(made["_id"], {"version": 1}) == {
        "_id": made["_id"],
        "version": 1,
        "kind": "listing_draft",
    }


async def test_saving_over_the_expected_version_makes_the_next(database: Database) -> None:
    """R-B5: an edit of the version that was seen is written."""
    made = await create_draft(a_draft(), MADE)
    saved = await save_draft(made["_id"], 1, {"price": 500, "updated_at": NOW + timedelta(hours=1)}, EDITED)
    assert saved is not None
    assert (saved["version"], saved["price"], saved["title"]) == (2, 500, made["title"])
    assert await get_draft(made["_id"]) == saved


async def test_a_lost_race_writes_nothing(database: Database) -> None:
    """R-B5: of ten edits of one version one is written, nine leave nothing behind."""
    made = await create_draft(a_draft(), MADE)
    tried = [save_draft(made["_id"], 1, {"price": price}, EDITED) for price in range(10, 20)]
    won = [row for row in await asyncio.gather(*tried) if row is not None]
    assert len(won) == 1
    assert await get_draft(made["_id"]) == won[0]
    assert await save_draft(new_id(), 1, {"price": 1}, EDITED) is None


async def test_a_change_that_does_not_fit_the_document_is_refused(database: Database) -> None:
    """Unknown fields and wrong types never reach the database."""
    made = await create_draft(a_draft(), MADE)
    for changes in ({"price": "much"}, {"$where": "1"}, {"regions": {"$ne": 1}}):
        with pytest.raises(ValidationError):
            await save_draft(made["_id"], 1, changes, EDITED)
    assert await get_draft(made["_id"]) == made


def a_listing(number: int = 1, **changes: Any) -> Listing:
    """One of the made-up listings, changed."""
    made: Listing = listing(random.Random(number), number).model_copy(update=changes)
    return made.prepared()


async def test_publishing_replaces_older_versions_only(database: Database) -> None:
    """R-B4: the catalogue shows the newest published version, whatever order publications arrive in."""
    for version, price, written in [(2, 200, True), (1, 100, False), (2, 201, False), (3, 300, True)]:
        row = await in_transaction(lambda v=version, p=price: publish(a_listing(version=v, price=p)))  # type: ignore[misc]
        assert (row is not None) is written
    shown = await get_listing(a_listing().id)
    assert shown is not None
    assert (shown["version"], shown["price"], shown["kind"]) == (3, 300, "listing")
    assert not {"keys", "words", "filterable"} & set(shown)


async def test_first_publications_at_once_leave_one_snapshot(database: Database) -> None:
    """Two publications of the same listing never make two, and the newer wins."""
    tried = [in_transaction(lambda v=v: publish(a_listing(version=v))) for v in (1, 2, 3, 4)]  # type: ignore[misc]
    await asyncio.gather(*tried)
    rows = await database["listings"].find({}).to_list()
    assert [row["version"] for row in rows] == [4]


async def test_a_withdrawn_listing_is_found_nowhere(database: Database) -> None:
    """R-B4: what was taken off is neither in the catalogue nor behind its identifier."""
    await publish(a_listing())
    taken = await withdraw(a_listing().id)
    assert taken is not None
    assert await withdraw(a_listing().id) is None
    assert await get_listing(a_listing().id) is None
    assert await listings_by_ids([a_listing().id]) == {}
    assert (await catalogue_page(CatalogueFilter(), CatalogueSort.newest, Window(5))).rows == []


async def test_listings_are_read_by_their_identifiers(database: Database) -> None:
    """Those that are shown come back by identifier, the others are left out."""
    rows = await fill(database, list(listings(5)))
    wanted = [rows[3]["_id"], new_id(), rows[0]["_id"]]
    found = await listings_by_ids(wanted, {"price": 1})
    assert found == {
        row["_id"]: {"_id": row["_id"], "price": row["price"], "kind": "listing"}
        for row in (rows[3], rows[0])
    }


async def test_a_suppliers_lists_are_walked_to_their_end(database: Database) -> None:
    """A supplier sees each of its own drafts and listings once, the newest first, and nobody else's."""
    supplier = new_id()
    mine = [a_listing(n, supplier=supplier, published_at=NOW + timedelta(n // 2)) for n in range(7)]
    await fill(database, [*mine, *list(listings(40, seed=2))[7:]])
    drafts = [await create_draft(a_draft(supplier=supplier), MADE) for _ in range(5)]
    await create_draft(a_draft(), MADE)
    shown = await walked(lambda after: listings_of_supplier(supplier, first=2, after=after))
    assert [row["_id"] for row in shown] == [
        one.id for one in sorted(mine, key=lambda m: (m.published_at, m.id))
    ][::-1]
    own = await walked(
        lambda after: listed_drafts({"supplier": supplier}, first=2, after=after, projection={"version": 1})
    )
    assert [row["_id"] for row in own] == [row["_id"] for row in reversed(drafts)]


async def walked(ask: Callable[[str | None], Any]) -> list[Row]:
    """Every row of a list, page after page."""
    rows: list[Row] = []
    after = None
    while True:
        page = await ask(after)
        rows += page.rows
        if not page.has_next:
            return rows
        after = page.cursors[-1]


async def test_equal_prices_are_walked_once_each(database: Database) -> None:
    """R-B7: rows that the sort can't tell apart are neither skipped nor repeated between pages."""
    rows = await fill(database, [a_listing(number, price=1000, published_at=NOW) for number in range(50)])
    for sort in CatalogueSort:
        found = await walked(lambda after, s=sort: catalogue_page(CatalogueFilter(), s, Window(7, after)))  # type: ignore[misc]
        assert sorted(row["_id"] for row in found) == sorted(row["_id"] for row in rows)
        forward = [row["_id"] for row in found][:: ORDERS[sort].direction]
        assert forward == [
            row["_id"] for row in sorted(rows, key=lambda row: (row["price_rank"], row["_id"]))
        ]


async def test_rows_are_sorted_by_what_was_asked_for(database: Database) -> None:
    """R-B7: prices rise, prices fall, dates fall."""
    await fill(database, list(listings(80)))
    for sort, field, falls in [
        ("price_asc", "price", False),
        ("price_desc", "price", True),
        ("newest", "published_at", True),
    ]:
        page = await catalogue_page(CatalogueFilter(), CatalogueSort(sort), Window(80))
        values = [row[field] for row in page.rows]
        assert values == sorted(values, reverse=falls)


async def test_a_projection_keeps_what_cursors_need(database: Database) -> None:
    """Only the asked fields are read, and the page can still be followed by another."""
    await fill(database, list(listings(3)))
    page = await catalogue_page(
        CatalogueFilter(), CatalogueSort.price_asc, Window(2), projection={"title": 1}
    )
    assert [set(row) for row in page.rows] == [{"_id", "title", "price_rank", "kind"}] * 2
    assert page.has_next
    assert len(page.cursors) == 2


@pytest.mark.parametrize("first", [0, -1, 101, 1_000_000])
async def test_a_page_out_of_bounds_is_refused(database: Database, first: int) -> None:
    """A page has 1 to 100 rows."""
    with pytest.raises(InvalidInput) as problem:
        await catalogue_page(CatalogueFilter(), CatalogueSort.newest, Window(first))
    assert problem.value.code == "PAGE_SIZE"


@pytest.mark.parametrize(
    "value", ["$where", "sleep(1000)", "a.b", "\u200b", "__proto__", '{"$ne": null}', "a" * 1000]
)
async def test_no_value_becomes_an_operator(database: Database, value: str) -> None:
    """Whatever stands in a filter is compared, never run."""
    await fill(database, list(listings(20)))
    for wanted in (
        CatalogueFilter(category=value),
        CatalogueFilter(direction=value),
        CatalogueFilter(region=value),
        CatalogueFilter(category="cat_0", choices=((value, value),)),
        CatalogueFilter(category="cat_0", ranges=(Range(value, 1, 2),)),
        CatalogueFilter(words=(value,)),
    ):
        page = await catalogue_page(wanted, CatalogueSort.newest, Window(5))
        assert (page.rows, page.has_next) == ([], False)


async def test_bounds_beyond_every_number_are_harmless(database: Database) -> None:
    """A bound that no BSON integer holds asks for everything or nothing."""
    rows = await fill(database, list(listings(20)))
    wide = CatalogueFilter(category="cat_0", ranges=(Range("load", -(10**40), 10**40),))
    assert await count(wide, 100) == sum(row["category"] == "cat_0" for row in rows)
    assert await count(CatalogueFilter(category="cat_0", ranges=(Range("load", 10**40, None),)), 100) == 0


async def test_counting_stops_at_its_cap(database: Database) -> None:
    """A count is exact below its cap and the cap from there on."""
    await fill(database, list(listings(20)))
    assert await count(CatalogueFilter(), 100) == 20
    assert await count(CatalogueFilter(), 7) == 7
    assert await count(CatalogueFilter(), 7, NOTHING) == 0
    (one,) = (await catalogue_page(CatalogueFilter(), CatalogueSort.newest, Window(1))).rows
    assert await count_of_supplier(one["supplier"], 7) > 0
    assert await count_of_supplier(one["supplier"], 7, NOTHING) == 0
    assert (await listings_of_supplier(one["supplier"], first=5, where=NOTHING)).rows == []
    assert (
        await catalogue_page(CatalogueFilter(), CatalogueSort.newest, Window(5), where=NOTHING)
    ).rows == []
