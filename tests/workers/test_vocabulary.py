"""The worker that keeps the words of the catalogue."""

from datetime import timedelta

from documents import vocabulary
from tests.documents.catalogue_data import listings
from tests.documents.test_listings import Database, fill
from workers.vocabulary import Lexicographer


async def test_words_follow_the_listings(database: Database) -> None:
    """R-B7: words are made when listings have changed, not while they stay, and not again at once."""
    worker = Lexicographer(timedelta(milliseconds=1))
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
