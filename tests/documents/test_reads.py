import asyncio

import pytest

from documents.base import collection, new_id
from documents.cursors import Window
from documents.listings import (
    CatalogueSort,
    catalogue_page,
    count,
    get_listing,
    listings_by_ids,
    listings_of_suppliers,
)
from documents.reads import note, recording
from documents.suppliers import public_by_ids
from domain.search import CatalogueFilter

pytestmark = pytest.mark.usefixtures("database")


async def test_what_is_read_without_saying_more_counts_as_the_whole_collection() -> None:
    """A query that names no tags is dropped by any change of its collection: never wrong."""
    with recording() as tags:
        await collection("orders").find_one({})
    assert tags == {"orders"}


async def test_nothing_is_noted_where_nobody_records() -> None:
    """Outside of a recording reads cost nothing."""
    with recording() as tags:
        pass
    note(["x"])
    assert tags == set()


async def test_tasks_begun_inside_note_for_it_too() -> None:
    """Loaders run in tasks of their own."""

    async def reading() -> None:
        note(["inside"])

    with recording() as tags:
        await asyncio.create_task(reading())
    assert tags == {"inside"}


async def test_rows_are_noted_by_their_identifiers_also_where_there_is_none() -> None:
    """A listing that is not shown may be published a moment later."""
    one, other = new_id(), new_id()
    with recording() as tags:
        await get_listing(one)
        await listings_by_ids([other])
        await public_by_ids([one])
    assert tags == {f"listings:{one}", f"listings:{other}", f"suppliers:{one}"}


async def test_lists_are_noted_by_what_they_are_listed_by() -> None:
    """A page of one category cares for that category, a count for everything."""
    with recording() as tags:
        await catalogue_page(CatalogueFilter(category="c"), CatalogueSort.newest, Window(1))
    assert tags == {"listings@c"}
    with recording() as tags:
        await catalogue_page(CatalogueFilter(), CatalogueSort.newest, Window(1))
        await count(CatalogueFilter(category="c"), 1)
    assert tags == {"listings"}
    supplier = new_id()
    with recording() as tags:
        await listings_of_suppliers([supplier], first=1)
    assert tags == {f"listings@{supplier}", f"suppliers:{supplier}"}
