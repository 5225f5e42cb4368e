"""What changed between two versions of a draft, with what it takes to tell it; what a lost race lost to."""

from collections.abc import Mapping, Sequence

from documents import categories, listings
from documents.base import Row
from domain.categories import Category
from domain.errors import VersionConflict
from domain.listings import Difference, EditConflict, ListingAct, Step, diff
from resolvers.reference import knowing_on
from resolvers.regions import names_on

PATH = ("input", "expectedVersion")


async def difference(before: Row | None, after: Row) -> Difference:
    """From one version (or nothing) to another, the names of people in clear: for who may see either."""
    rows = [after] if before is None else [before, after]
    opened = await listings.opened(rows)
    known = await categories.by_versions([_key(row) for row in rows])
    contents = [{**row, "people": people} for row, people in zip(rows, opened, strict=True)]
    return Difference(
        diff(contents[0] if before else {}, contents[-1]),
        await _definition(known, before),
        await _definition(known, after),
        await _regions(rows),
    )


async def lost(draft: Row, expected: int) -> VersionConflict:
    """The conflict of an act on a version that is over, with everything that was done since."""
    actual = draft["version"]
    kept = await listings.kept_versions(draft["_id"], [expected, actual])
    if not (expected < actual and kept.keys() == {expected, actual}):
        return EditConflict(expected, actual, PATH, (), Difference())
    steps = [
        Step(row["version"], ListingAct(row["act"]), row["at"], row["by"])
        for row in await listings.steps(draft["_id"], expected, actual)
    ]
    return EditConflict(expected, actual, PATH, steps, await difference(kept[expected], kept[actual]))


def _key(row: Row) -> tuple[str, int]:
    return row["category"], row["definition_version"]


async def _definition(known: Mapping[tuple[str, int], Category], row: Row | None) -> Category | None:
    """With the names that reference data had when the version was made."""
    found = known.get(_key(row)) if row else None
    return (await knowing_on(row["at"], [found]))[0] if row and found else None


async def _regions(rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """Names of the places on cards; as they were called at the later version."""
    codes = {code for row in rows for code in row["regions"]}
    return await names_on(max(row["at"] for row in rows), codes) if codes else {}
