"""Facets by hand: the portal's pipelines on the narrowest way, on the driver alone; names are in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from documents.listings.facets import FEW, LIVE_MAX, facet_steps, way_steps
from documents.listings.records import BY_PRICE
from domain.categories import NUMBERS, Category, Characteristic, CharacteristicType
from domain.search import REGION, CatalogueFilter, Facets, drivers
from domain.texts import text
from tests.benches.peers.asking import Row
from tests.benches.peers.definitions import LANGUAGE, answers
from tests.benches.peers.serving import Database

NAME = "listings"
_EXACT = {"exact": True, "countedAt": None}
_CUT = {"exact": False, "countedAt": None}
Way = tuple[list[int], int]


@dataclass(frozen=True, slots=True)
class Known:
    """A characteristic as its facet is shown, but the counts: each option as stored, as asked for, as read."""

    plain: Row
    is_number: bool
    options: Sequence[tuple[Any, str, str]]


class Counting:
    """What is kept in memory, and the collection that is asked."""

    def __init__(self, database: Database) -> None:
        self._database, self._listings = database, database[NAME]

    async def prepare(self) -> None:
        """Read the names of regions and the newest definitions."""
        regions = self._database["reference"].find({"type": "region"})
        self._regions: dict[str, str] = {row["code"]: row["names"]["ru"] async for row in regions}
        rows = await self._database["categories"].find().sort("version", 1).to_list()
        found = [Category.model_validate(row["definition"]) for row in rows]
        self._known = {one.code: {item.code: _known(item) for item in one.characteristics} for one in found}

    async def facets(self, wanted: CatalogueFilter, codes: Sequence[str]) -> list[Row]:
        """The facets of a question within a category: REGION first, characteristics as they are defined."""
        assert wanted.category is not None
        known = self._known[wanted.category]
        asked = _questions(wanted, codes, known)
        questions = list(asked)
        ways = await self._narrowest(questions)
        steps = [
            facet_steps(question, asked[question], None, keys, LIVE_MAX)
            for question, (keys, _) in zip(questions, ways, strict=True)
        ]
        found: dict[str, Row] = {}
        for row in await self._together(steps):
            told = _EXACT if ways[row["at"]][1] <= LIVE_MAX else _CUT
            for facet in self._shown(asked[questions[row["at"]]], known, row, wanted):
                found[facet["code"]] = facet | told
        return [found[code] for code in (REGION, *known) if code in found]

    async def _narrowest(self, questions: Sequence[CatalogueFilter]) -> list[Way]:
        """The way with the fewest keys into each question: one command, and another where none is narrow."""
        ways = [(place, keys) for place, one in enumerate(questions) for keys in drivers(one)]
        found: dict[int, Way] = {}
        for bound in (FEW, LIVE_MAX):
            left = [way for way in ways if way[0] not in found or found[way[0]][1] > FEW]
            if not left:
                break
            best: dict[int, Way] = {}
            sizes = {row["at"]: row["keys"] for row in await self._together(_sizes(left, bound))}
            for number, (place, keys) in enumerate(left):
                size = sizes.get(number, 0)
                if place not in best or size < best[place][1]:
                    best[place] = keys, size
            found |= best
        return [found[place] for place in range(len(questions))]

    async def _together(self, pipelines: Sequence[list[Row]]) -> list[Row]:
        first, *others = [[*steps, {"$set": {"at": place}}] for place, steps in enumerate(pipelines)]
        joined = [*first, *({"$unionWith": {"coll": NAME, "pipeline": steps}} for steps in others)]
        return await (await self._listings.aggregate(joined, hint=BY_PRICE)).to_list()

    def _shown(
        self, facets: Facets, known: dict[str, Known], row: Row, wanted: CatalogueFilter
    ) -> Iterator[Row]:
        """The facets that one question counts."""
        if facets.fixed:
            yield self._region({one["_id"]: one["rows"] for one in row[REGION]}, wanted)
        counts: dict[str, dict[Any, int]] = {code: {} for code in facets.options}
        for one in row.get("options", ()):
            counts[one["_id"]["code"]][one["_id"]["value"]] = one["rows"]
        for code, of in counts.items():
            chosen = wanted.options.get(code, ())
            options = [
                {"value": value, "name": name, "count": of.get(stored, 0)}
                for stored, value, name in known[code].options
                if stored in of or stored in chosen
            ]
            yield {**known[code].plain, "options": options, "range": None}
        numbers = {one["_id"]: one for one in row.get("numbers", ())}
        for code in facets.numbers:
            yield {**known[code].plain, "options": [], "range": _span(numbers.get(code))}

    def _region(self, rows: dict[str, int], wanted: CatalogueFilter) -> Row:
        codes = {*rows, wanted.region} if wanted.region else {*rows}
        options = [
            {"value": code, "name": self._regions.get(code, code), "count": rows.get(code, 0)}
            for code in sorted(codes, key=lambda code: (-rows.get(code, 0), code))
        ]
        name = text(f"facets.{REGION}", LANGUAGE)
        return {"code": REGION, "name": name, "type": None, "unit": None, "options": options, "range": None}


def _questions(
    wanted: CatalogueFilter, codes: Sequence[str], known: dict[str, Known]
) -> dict[CatalogueFilter, Facets]:
    """The questions that are counted: a facet leaves out its own condition, where there is one."""
    conditions = wanted.codes
    chosen: dict[CatalogueFilter, list[str]] = {}
    for code in codes:
        if code == REGION:
            question = replace(wanted, region=None)
        else:
            question = wanted.without([code]) if code in conditions else wanted
        chosen.setdefault(question, []).append(code)
    return {question: _split(items, known) for question, items in chosen.items()}


def _split(codes: Iterable[str], known: dict[str, Known]) -> Facets:
    plain = [code for code in codes if code != REGION]
    return Facets(
        fixed=(REGION,) if REGION in codes else (),
        options=tuple(code for code in plain if not known[code].is_number),
        numbers=tuple(code for code in plain if known[code].is_number),
    )


def _sizes(ways: Sequence[tuple[int, list[int]]], bound: int) -> list[list[Row]]:
    return [way_steps(keys, bound) for _, keys in ways]


def _span(row: Row | None) -> Row | None:
    return row and {"minimum": row["minimum"], "maximum": row["maximum"], "count": row["rows"]}


def _known(item: Characteristic) -> Known:
    plain = {
        "code": item.code,
        "name": item.names.ru,
        "type": item.type.name.upper(),
        "unit": text(f"units.{item.unit}", LANGUAGE) if item.unit else None,
    }
    options: list[tuple[Any, str, str]] = [(one.code, one.code, one.names.ru) for one in item.choices]
    if item.type is CharacteristicType.boolean:
        said = answers()
        options = [(True, "true", said["yes"]), (False, "false", said["no"])]
    return Known(plain, item.type in NUMBERS, options)
