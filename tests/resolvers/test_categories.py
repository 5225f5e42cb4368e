"""Categories, for everybody, and what of published cards is not for everybody any more."""

from collections.abc import Awaitable
from dataclasses import replace

import pytest

from documents import categories
from documents.base import Row, in_transaction
from loaders import Entities, Loaders
from resolvers.categories import all_categories, change, hidden_since, without_hidden
from resolvers.context import Context
from tests.resolvers.stage import acting, supplier
from tests.resolvers.test_categories_changing import administrator, answer, done, listed, rows, wanted

pytestmark = pytest.mark.usefixtures("database")
HIDE = {"kind": "disclose", "characteristic": "wk-06", "public": False}
WIDTH = frozenset({"width"})


async def test_what_everybody_reads() -> None:
    """R-B2: categories under their newest definitions are for everybody."""
    await supplier()
    assert [row["code"] for row in await all_categories(acting())] == ["walkers"]


async def snapshot(draft: Row) -> Row:
    """The published card as it is stored."""
    _, shown = await rows(draft)
    assert shown is not None
    return shown


def remembering() -> Context:
    """An operation of somebody at a server that keeps categories in memory."""
    entities = Entities()
    entities.opened()
    return replace(acting(), loaders=Loaders(entities))


async def test_what_is_hidden_is_hidden_before_its_job_ran() -> None:
    """R-B3: an answer that becomes its supplier's alone is nobody else's from the change on, whatever is stored."""
    _, seller = await supplier()
    before = await snapshot(await listed(seller, "one"))
    assert await without_hidden(acting(), before) == before
    ctx = administrator()
    job = await change(ctx, wanted(HIDE), "key-change-1")
    assert answer(before, "width") == 600
    read = await without_hidden(acting(), before)
    assert answer(read, "width") is None
    assert [each["code"] for each in before["characteristics"] if each not in read["characteristics"]] == [
        "width"
    ]
    await done(ctx, job)
    after = await snapshot(before)
    assert await without_hidden(acting(), after) == after
    assert answer(after, "width") is None


async def test_what_is_shown_again_is_shown_as_far_as_it_is_stored() -> None:
    """R-B3: only the newest definition says what is hidden; a code of nobody hides nothing."""
    _, seller = await supplier()
    before = await snapshot(await listed(seller, "one"))
    ctx = administrator()
    await change(ctx, wanted(HIDE), "key-change-1")
    assert answer(await without_hidden(acting(), before), "width") is None
    await change(ctx, wanted(HIDE | {"public": True}, expected=2), "key-change-2")
    assert answer(await without_hidden(acting(), before), "width") == 600
    assert await without_hidden(acting(), before | {"category": "ghosts"}) == before | {"category": "ghosts"}


async def test_a_fingerprint_tells_nothing_of_what_is_hidden() -> None:
    """R-B3: cards that differ in hidden answers only have one fingerprint in the catalogue, in the gap and after."""
    _, seller = await supplier()
    before = [await snapshot(await listed(seller, f"key-{width}", width=width)) for width in (600, 610)]
    assert len({row["content_hash"] for row in before}) == 2
    await change(administrator(), wanted(HIDE), "key-change-1")
    read = [await without_hidden(acting(), row) for row in before]
    after = [await snapshot(await listed(seller, f"key-later-{width}", width=width)) for width in (600, 610)]
    assert [len({row["content_hash"] for row in rows_}) for rows_ in (read, after)] == [1, 1]


async def test_it_is_known_at_once_where_categories_are_in_memory() -> None:
    """R-B3: what is in memory is not asked for, also when an older version is not there."""
    _, seller = await supplier()
    before = await snapshot(await listed(seller, "one"))
    await change(administrator(), wanted(HIDE), "key-change-1")
    ctx = remembering()
    first = hidden_since(ctx, [before])
    assert isinstance(first, Awaitable)
    expected = {("walkers", 1): WIDTH}
    assert await first == expected
    assert hidden_since(ctx, [before, before]) == expected
    categories._versions.clear()
    unknown = hidden_since(ctx, [before])
    assert isinstance(unknown, Awaitable)
    assert await unknown == expected


async def test_an_undone_version_is_not_remembered() -> None:
    """R-B3: a version read inside a transaction that is undone leaves its number to another one."""
    await supplier()
    officer = administrator()

    class Undone(Exception): ...

    async def work() -> None:
        current = await categories.current("walkers")
        assert current is not None
        made = categories.definition(current).model_copy(update={"version": 2})
        row = await categories.replace(made, [], officer.now)
        assert row is not None
        assert categories.known(row).version == 2
        assert ("walkers", 2) in await categories.by_versions([("walkers", 2)])
        raise Undone

    with pytest.raises(Undone):
        await in_transaction(work)
    assert categories.remembered([("walkers", 2)]) is None
    await change(officer, wanted(HIDE), "key-change-1")
    found = await categories.by_versions([("walkers", 2)])
    assert found["walkers", 2].hidden == {"wk-06"}
