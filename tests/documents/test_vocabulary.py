"""The words of the catalogue on a real MongoDB."""

from documents import vocabulary
from documents.listings.stored import stored
from domain.search import query_tokens, typed_keys, typing_keys
from tests.documents.catalogue_data import listings
from tests.documents.test_listings import Database, fill


async def test_the_vocabulary_is_what_listings_say(database: Database) -> None:
    """R-B7: each word with the number of its listings; what changed is written anew, and nothing else."""
    rows = await fill(database, list(listings(80, 3)))
    before = await vocabulary.state()
    assert await vocabulary.renew() > 50
    assert await vocabulary.renew() == 0
    expected = {word for row in rows for word in (*row["words"], *row["described"])}
    found = {row["_id"]: row async for row in database["vocabulary"].find({})}
    assert found.keys() == expected
    (child,) = query_tokens("детский")
    assert found[child]["listings"] == sum(child in row["words"] for row in rows)
    assert found[child]["written"] == "детский"
    await database["listings"].delete_many({"_id": {"$in": [row["_id"] for row in rows[40:]]}})
    assert await vocabulary.state() != before
    assert await vocabulary.renew() > 0
    left = {word for row in rows[:40] for word in (*row["words"], *row["described"])}
    assert {row["_id"] async for row in database["vocabulary"].find({})} == left
    assert await vocabulary.known([child, "нет"]) == {child}


async def test_an_empty_catalogue_has_no_words(database: Database) -> None:
    """R-B7: without listings there are no words, and nothing to look for finds nothing."""
    await fill(database, [next(listings(1))])
    await database["listings"].delete_many({})
    assert await vocabulary.state() == {"rows": 0, "definitions": 0, "newest": 0}
    assert await vocabulary.renew() == 0
    assert await vocabulary.found_by([]) == []


async def test_words_are_found_by_index(database: Database) -> None:
    """R-B7: beginnings and mistakes read at most fifty keys for a row that is shown, without sorting."""
    made = list(listings(300, 5))
    await database["listings"].insert_many([stored(one) for one in made])
    await vocabulary.renew()
    for keys, wanted in ((typing_keys("склад"), "складн"), (typed_keys("сладн"), "складн")):
        [rows] = await vocabulary.found_by([keys])
        assert wanted in [row["_id"] for row in rows]
        steps = vocabulary._steps(keys, vocabulary.CANDIDATES)
        told = await database.command(
            {
                "explain": {"aggregate": "vocabulary", "pipeline": steps, "cursor": {}},
                "verbosity": "executionStats",
            }
        )
        text = str(told)
        assert "COLLSCAN" not in text
        stats = told.get("executionStats") or told["stages"][0]["$cursor"]["executionStats"]
        assert stats["totalKeysExamined"] <= 50 * max(len(rows), 1)
