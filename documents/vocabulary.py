"""The words of the catalogue: how many listings have each, and how it is written.

Made anew from the listings once they have changed. Until then it lacks the newest words: a question with
such a word finds the listings that have it, and those that it may mean as well.
"""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from typing import ClassVar, TypeVar

from pymongo import DeleteOne, IndexModel, UpdateOne

from documents.base import Id, Record, Row, collection, session
from documents.listings import CatalogueSort, page_question
from domain.search import CatalogueFilter, spelling_keys, spelt

T = TypeVar("T")
NAME = "vocabulary"
BY_KEY = "keys"
CANDIDATES = 48
"""Rows that are read for one unknown word, the most frequent first."""
_SAMPLES = 3
"""Listings that are looked at for how a new word is written."""
_BATCH = 500


class VocabularyWord(Record):
    """One stem: in how many listings it is, how it is written there, and the keys it is found by."""

    id: str  # type: ignore[assignment]
    listings: int
    written: str
    keys: list[str]

    class Settings(Record.Settings):
        """Found by a beginning or by what is one letter away, the most frequent first."""

        name = NAME
        audited: ClassVar = False  # made from listings, whose changes are audited
        indexes: ClassVar = [IndexModel([("keys", 1), ("listings", -1), ("_id", 1)], name=BY_KEY)]


async def known(words: Collection[str]) -> set[str]:
    """Those of the words that any listing has."""
    rows = collection(NAME).find({"_id": {"$in": list(words)}}, {"_id": 1}, session=session())
    return {row["_id"] async for row in rows}


async def found_by(keys: Sequence[Sequence[str]], most: int = CANDIDATES) -> list[list[Row]]:
    """For each list of keys the most frequent words that have one of them, by one command for all."""
    if not keys:
        return []
    first, *others = [[*_steps(each, most), {"$set": {"at": place}}] for place, each in enumerate(keys)]
    joined = [*first, *({"$unionWith": {"coll": NAME, "pipeline": steps}} for steps in others)]
    found: list[list[Row]] = [[] for _ in keys]
    async for row in await collection(NAME).aggregate(joined, session=session()):
        found[row["at"]].append(row)
    return found


def _steps(keys: Sequence[str], most: int) -> list[Row]:
    return [
        {"$match": {"keys": {"$in": list(keys)}}},
        {"$sort": {"listings": -1, "_id": 1}},
        {"$limit": most},
        {"$project": {"listings": 1, "written": 1}},
    ]


async def renew() -> int:
    """Make the vocabulary that the published listings have now; how many words changed."""
    counted = await _counted()
    stored = {row["_id"]: row["listings"] async for row in collection(NAME).find({}, {"listings": 1})}
    fresh = {word: row for word, row in counted.items() if word not in stored}
    written = await _written(fresh)
    writes: list[UpdateOne | DeleteOne] = [
        DeleteOne({"_id": word}) for word in stored.keys() - counted.keys()
    ]
    for word, row in counted.items():
        if stored.get(word) != row["listings"]:
            made = {"written": written.get(word, word), "keys": spelling_keys(word, written.get(word, word))}
            fields = {"listings": row["listings"]} | (made if word in fresh else {})
            writes.append(UpdateOne({"_id": word}, {"$set": fields}, upsert=True))
    for some in _batches(writes):
        await collection(NAME).bulk_write(some, ordered=False)
    return len(writes)


async def _counted() -> dict[str, Row]:
    """In how many listings each word is, and some of them."""
    steps: list[Row] = [
        {"$project": {"word": {"$concatArrays": ["$words", {"$ifNull": ["$described", []]}]}}},
        {"$unwind": "$word"},
        {
            "$group": {
                "_id": "$word",
                "listings": {"$sum": 1},
                "some": {"$firstN": {"input": "$_id", "n": _SAMPLES}},
            }
        },
    ]
    rows = await collection("listings").aggregate(steps, allowDiskUse=True)
    return {row["_id"]: row async for row in rows}


async def _written(fresh: dict[str, Row]) -> dict[str, str]:
    """How new words are written: most often, then most briefly, in the listings sampled."""
    wanted = list({each for row in fresh.values() for each in row["some"]})
    forms: dict[str, Counter[str]] = {word: Counter() for word in fresh}
    for some in _batches(wanted):
        async for row in _texts(some):
            for stem, written in spelt([*row["title"].values(), *row["description"].values()]):
                if stem in forms:
                    forms[stem][written] += 1
    return {
        word: min(seen, key=lambda form: (-seen[form], len(form), form))
        for word, seen in forms.items()
        if seen
    }


async def _texts(listings: Sequence[Id]) -> AsyncIterator[Row]:
    rows = collection("listings").find({"_id": {"$in": list(listings)}}, {"title": 1, "description": 1})
    async for row in rows:
        yield row


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


async def state() -> Row:
    """What changes when listings or their definitions do: how many there are, and the newest published."""
    listings = collection("listings")
    newest = await listings.find(**page_question(CatalogueFilter(), CatalogueSort.newest, first=1)).to_list()
    rows = await listings.estimated_document_count()
    definitions = await collection("categories").estimated_document_count()
    return {"rows": rows, "definitions": definitions, "newest": newest[0]["date_rank"] if newest else 0}
