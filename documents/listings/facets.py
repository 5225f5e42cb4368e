"""Counting the answers to questions by facet: all questions of a page in one command, each within a bound.

The narrowest way into the index is found first, by counting its keys up to the bound; what it leads to is
then read once for all facets of the question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents.base import Row, collection, session
from documents.listings.questions import exact
from documents.listings.records import BY_PRICE
from documents.listings.serving import served
from domain.search import CATEGORY, DIRECTION, REGION, CatalogueFilter, Facets, drivers

NAME = "listings"
LIVE_MAX = 19_900
"""Rows that one question's facets look at, at most; with the keys between ranges below 20,000 keys."""

FEW = 500
"""A way this narrow is taken at once: to look for a narrower one costs as much."""

Options = dict[Any, int]


@dataclass(slots=True)
class Counted:
    """How many answers have each option, and between which values each number lies.

    `complete`: all answers were looked at; otherwise there are at least so many. Counts that are kept are of
    an earlier instant: `at`.
    """

    complete: bool = True
    at: datetime | None = None
    options: dict[str, Options] = field(default_factory=dict)
    numbers: dict[str, Row] = field(default_factory=dict)


async def counted(
    questions: Mapping[CatalogueFilter, Facets], where: Row | None = None, most: int | None = None
) -> dict[CatalogueFilter, Counted]:
    """The facets of each question among the listings that a filter of `auth.visibility` leaves.

    Three commands at most; no question reads more than `most` keys, `LIVE_MAX` unless it says so.
    """
    if not questions:
        return {}
    most = most or LIVE_MAX
    ways = await narrowest(list(questions), most)
    steps = [
        facet_steps(wanted, facets, where, keys, most)
        for (wanted, facets), (keys, _) in zip(questions.items(), ways, strict=True)
    ]
    found = {row["at"]: row for row in await _together(steps)}
    return {
        wanted: _read(facets, found[place], complete=ways[place][1] <= most)
        for place, (wanted, facets) in enumerate(questions.items())
    }


async def narrowest(questions: Sequence[CatalogueFilter], most: int) -> list[tuple[list[int], int]]:
    """The way with the fewest keys into each question, and how many they are, counted to just over `most`."""
    ways = [(place, keys) for place, wanted in enumerate(questions) for keys in drivers(wanted)]
    found: dict[int, tuple[list[int], int]] = {}
    for bound in (min(FEW, most), most):
        left = [way for way in ways if way[0] not in found or found[way[0]][1] > FEW]
        if not left:
            break
        rows = await _together([way_steps(keys, bound) for _, keys in left])
        sizes = {row["at"]: row["keys"] for row in rows}
        for number, (place, keys) in enumerate(left):
            size = sizes.get(number, 0)
            if place not in found or size < found[place][1] or found[place][1] > FEW >= bound:
                found[place] = keys, size
    return [found[place] for place in range(len(questions))]


def way_steps(keys: Sequence[int], most: int) -> list[Row]:
    """How many keys a way into the index has, counted to just over `most`."""
    return [{"$match": {"keys": {"$in": list(keys)}}}, {"$limit": most + 1}, {"$count": "keys"}]


def facet_steps(
    wanted: CatalogueFilter, facets: Facets, where: Row | None, keys: Sequence[int], most: int
) -> list[Row]:
    """The steps that count one question's facets, among the first `most` rows of this way into the index."""
    conditions = [*exact(wanted), *([where] if where else [])]
    return [
        {"$match": {"keys": {"$in": list(keys)}}},
        {"$limit": most},
        *([{"$match": {"$and": conditions}}] if conditions else []),
        {"$project": dict.fromkeys((*_FIELDS.values(), "characteristics", "filterable"), 1)},
        {"$facet": counting_steps(facets)},
    ]


_FIELDS = {CATEGORY: "category", DIRECTION: "direction", REGION: "regions"}


def counting_steps(facets: Facets) -> Row:
    """For each facet the steps that count it; an answer counts if the listing is found by it as well."""
    found: Row = {"all": [{"$count": "rows"}]}
    for code in facets.fixed:
        place = f"${_FIELDS[code]}"
        found[code] = [
            *([{"$set": {"regions": served(facets.place)}}] if code == REGION else []),
            {"$unwind": place},
            {"$group": {"_id": place, "rows": {"$sum": 1}}},
        ]
    if facets.options:
        found["options"] = [
            *_answers(facets.options),
            {"$unwind": "$characteristics.value"},
            {
                "$group": {
                    "_id": {"code": "$characteristics.code", "value": "$characteristics.value"},
                    "rows": {"$sum": 1},
                }
            },
        ]
    if facets.numbers:
        value = "$characteristics.value"
        ends = {"minimum": {"$min": {"$min": value}}, "maximum": {"$max": {"$max": value}}}  # of several too
        found["numbers"] = [
            *_answers(facets.numbers),
            {"$group": {"_id": "$characteristics.code", "rows": {"$sum": 1}, **ends}},
        ]
    return found


def _answers(codes: Sequence[str]) -> list[Row]:
    return [
        {"$unwind": "$characteristics"},
        {
            "$match": {
                "characteristics.code": {"$in": list(codes)},
                "$expr": {"$in": ["$characteristics.code", "$filterable"]},
            }
        },
    ]


async def _together(pipelines: Sequence[list[Row]]) -> list[Row]:
    """The rows of several pipelines over the catalogue by one command, each with its place `at`."""
    first, *others = [[*steps, {"$set": {"at": place}}] for place, steps in enumerate(pipelines)]
    joined = [*first, *({"$unionWith": {"coll": NAME, "pipeline": steps}} for steps in others)]
    return await (await collection(NAME).aggregate(joined, hint=BY_PRICE, session=session())).to_list()


def _read(facets: Facets, row: Row, *, complete: bool) -> Counted:
    options = {code: {one["_id"]: one["rows"] for one in row[code]} for code in facets.fixed}
    options |= {code: {} for code in facets.options}
    for one in row.get("options", ()):
        options[one["_id"]["code"]][one["_id"]["value"]] = one["rows"]
    numbers = {one["_id"]: one for one in row.get("numbers", ())}
    return Counted(complete, None, options, numbers)
