"""The worker that keeps the words of the catalogue and the counts of wide questions."""

from datetime import UTC, datetime, timedelta

import pytest

from documents import vocabulary
from documents.listings import counted, kept
from domain.search import CatalogueFilter, facets_of
from tests.documents.catalogue_data import listings
from tests.documents.test_listings import Database, fill
from workers.catalogue import CatalogueKeeper

NOW = datetime(2026, 3, 10, tzinfo=UTC)


async def test_words_follow_the_listings(database: Database) -> None:
    """R-B7: words are made when listings have changed, not while they stay, and not again at once."""
    worker = CatalogueKeeper(lambda: NOW, timedelta(milliseconds=1))
    rows = await fill(database, list(listings(20, 3)))
    await worker.look()
    assert await vocabulary.known(rows[0]["words"]) == set(rows[0]["words"])
    await database["vocabulary"].delete_many({})
    await worker.look()
    assert not await vocabulary.known(rows[0]["words"]), "nothing has changed"
    await database["listings"].delete_one({"_id": rows[0]["_id"]})
    await worker.look()
    assert not await vocabulary.known(rows[0]["words"]), "it rests"
    worker._rested = 0
    await worker.look()
    assert await vocabulary.known(rows[1]["words"]) == set(rows[1]["words"])


async def test_counts_follow_the_listings(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B7: questions wider than is counted at once are counted aside, and told with the instant of it."""
    await fill(database, list(listings(60, 3)))
    monkeypatch.setattr(kept, "LIVE_MAX", 40)
    await CatalogueKeeper(lambda: NOW, timedelta(milliseconds=1)).look()
    everything = CatalogueFilter()
    narrow = CatalogueFilter(direction="sign_language")
    found = await kept.kept_counts([everything, narrow, CatalogueFilter(region="71")])
    assert set(found) == {everything}
    assert (found[everything].complete, found[everything].at) == (False, NOW)
    live = (await counted({everything: facets_of(None, None)}))[everything]
    assert (live.complete, live.options) == (True, found[everything].options)
