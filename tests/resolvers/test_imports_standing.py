"""Tables of a category whose definition changes: before the job begins, and while it works."""

import json

import pytest

from documents.base import collection
from domain.imports import TableFormat
from resolvers.categories import WORK, change
from tests.resolvers.stage import supplier
from tests.resolvers.tables import WHOLE, begun, drafts, exported, imported, job_of, runner
from tests.resolvers.test_categories_changing import WIDTH, administrator, wanted

pytestmark = pytest.mark.usefixtures("database")


async def to_centimetres() -> None:
    """The width of walkers changes its unit, and nothing has been taken along yet."""
    await change(administrator(), wanted(WIDTH), "key-change-width")
    await collection("jobs").delete_many({"work": WORK})


async def test_listings_behind_are_read_as_the_table_means_them() -> None:
    """R-B6: A table of the new version shows old answers converted, and keeps them so where it says nothing."""
    _, ctx = await supplier()
    await imported(ctx, [WHOLE | {"key": "A", "width": 600}, WHOLE | {"key": "B", "width": 650}])
    await to_centimetres()
    table = json.loads(await exported(ctx, TableFormat.json))
    assert [row["width"] for row in table] == [60, 65]
    before = await drafts()
    assert (await imported(ctx, table))["result"] == {"made": 0, "changed": 0, "same": 2}
    assert await drafts() == before
    await imported(ctx, [{"key": "A", "price": 5}])
    changed, same = await drafts()
    width = next(each["value"] for each in changed["characteristics"] if each["code"] == "width")
    assert (width, changed["definition_version"], same) == (60, 2, before[1])


async def test_a_definition_that_changes_meanwhile_ends_the_job() -> None:
    """R-B6: Cells of a table of the former version are not written under the next, nor over what follows it."""
    _, ctx = await supplier()
    await imported(ctx, [WHOLE | {"key": "A", "width": 600}])
    before = await drafts()
    job = await begun(ctx, [{"key": "A", "width": 700}])
    await to_centimetres()
    await runner().work()
    assert (await job_of(job))["error"]["code"] == "IMPORT_DEFINITION_CHANGED"
    assert await drafts() == before
