"""Which entities change, whoever writes: the history of the collections that answers are kept of."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence

from documents.base import Row
from documents.changes import LONGEST_SILENCE_MS, follow_database
from documents.reads import of_row, of_value

WATCHED = frozenset(
    {
        "categories",
        "facet_counts",
        "files",
        "listings",
        "reference",
        "region_versions",
        "suppliers",
        "vocabulary",
    }
)
"""What is read often and written rarely."""

PATIENCE = 5.0
"""Seconds in which a question that the server holds for one is answered; else nobody knows what passed."""
_LISTED_BY = ("category", "supplier")
_WRITES = ("insert", "update", "replace", "delete")
_STRUCTURE = ("drop", "rename", "invalidate")
_NAMES = sorted(WATCHED)
_STEPS: Sequence[Row] = [
    {
        "$match": {
            "$or": [
                {"ns.coll": {"$in": _NAMES}, "operationType": {"$in": [*_WRITES, *_STRUCTURE]}},
                {"to.coll": {"$in": _NAMES}},
                {"operationType": "dropDatabase"},
            ]
        }
    },
    {
        "$project": {
            "operationType": 1,
            "ns.coll": 1,
            "documentKey._id": 1,
            **{f"fullDocument.{key}": 1 for key in _LISTED_BY},
        }
    },
]


async def changed(opened: Callable[[], None]) -> AsyncGenerator[list[str] | None, None]:
    """Tags of what was written, in commit order, from the moment on at which `opened` is called.

    None: anything may have changed, as after a dropped collection; an empty list now and then in silence.
    HistoryLost, TimeoutError and the driver's failures end it: then nothing is known until it is begun anew.

    An update tells only what a row has become. Who listed it under its former category or supplier has shown
    it, or the row behind the page's last, and carries the tag of the row itself.
    """
    async with follow_database(_STEPS, full_documents=True) as changes:
        opened()
        while True:
            async with asyncio.timeout(PATIENCE):
                rows = await changes.next(LONGEST_SILENCE_MS)
            yield None if any(row["operationType"] not in _WRITES for row in rows) else tags_of(rows)


def tags_of(rows: Collection[Row]) -> list[str]:
    """The tags that these changes concern, without repetition."""
    found: dict[str, None] = {}
    for row in rows:
        name, became = row["ns"]["coll"], row.get("fullDocument") or {}
        found |= dict.fromkeys([name, of_row(name, row["documentKey"]["_id"])])
        found |= {of_value(name, became[key]): None for key in _LISTED_BY if key in became}
    return list(found)


def is_watched(tags: Collection[str]) -> bool:
    """Whether changes of all these are told."""
    return all(tag.partition(":")[0].partition("@")[0] in WATCHED for tag in tags)
