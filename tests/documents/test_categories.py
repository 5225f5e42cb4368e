"""Definitions of categories: every version kept, one of them current."""

import asyncio
from datetime import UTC, datetime

from documents import categories
from documents.base import in_transaction, new_id
from documents.nodes import load
from domain.categories import Category
from workers.seed.categories import load_categories

FIRST = next(one for one in load_categories() if one.code == "walkers")
SECOND = FIRST.model_copy(update={"version": FIRST.version + 1, "characteristics": FIRST.characteristics[:2]})


async def published() -> list[Category]:
    """Both versions, the newest last; publishing again changes nothing."""
    for category in (FIRST, SECOND, FIRST):
        await categories.publish_definition(category)
    return [FIRST, SECOND]


async def test_the_newest_is_current(database: object) -> None:
    """R-B2: new answers follow the newest version, old ones stay readable under their own."""
    assert database is not None
    await published()
    current = await categories.current("walkers")
    assert current is not None
    assert (current["version"], categories.definition(current)) == (SECOND.version, SECOND)
    old = await categories.version("walkers", FIRST.version)
    assert old is not None
    assert categories.definition(old) == FIRST
    assert await categories.version("walkers", 99) is None
    assert await categories.current("no_such") is None
    assert [row["code"] for row in await categories.all_current()] == ["walkers"]


async def test_many_at_once(database: object) -> None:
    """R-B3: definitions come by code and version, remembered for good."""
    assert database is not None
    await published()
    found = await categories.by_codes(["no_such", "walkers"])
    assert [row and row["version"] for row in found] == [None, SECOND.version]
    keys = [("walkers", FIRST.version), ("walkers", SECOND.version)]
    for _ in range(2):
        known = await categories.by_versions(keys)
        assert [known[key] for key in keys] == [FIRST, SECOND]


async def test_a_category_by_its_identifier(database: object) -> None:
    """R-K: a category is a node of its own."""
    assert database is not None
    await published()
    current = await categories.current("walkers")
    assert current is not None
    assert (await load("category", current["_id"]) or {})["code"] == "walkers"
    assert await load("category", new_id()) is None


async def test_one_of_many_replacements_wins(database: object) -> None:
    """R-B3: the version before is replaced once, with the changes that made the next one of it."""
    assert database is not None
    await categories.publish_definition(FIRST)
    at, changes = datetime(2026, 3, 10, tzinfo=UTC), [{"kind": "retire", "characteristic": "wk-09"}]
    tried = [in_transaction(lambda: categories.replace(SECOND, changes, at)) for _ in range(5)]
    [won] = [row for row in await asyncio.gather(*tried) if row is not None]
    assert (won["version"], won["current"], won["changes"], won["made_at"]) == (
        SECOND.version,
        True,
        changes,
        at,
    )
    rows = await categories.history("walkers")
    assert [(row["version"], row["current"]) for row in rows] == [(1, False), (2, True)]
    assert [row["version"] for row in await categories.history("walkers", 1)] == [1]
