"""Imports by workers: each row once, whatever breaks off; and files that are too much for anybody."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from documents import base, jobs
from documents import imports as files
from documents.base import Row, collection
from domain.imports import ImportPolicy, TableFormat
from domain.jobs import Progress
from resolvers.context import Context
from resolvers.imports import EXPORT, IMPORT
from tests.documents.encryption.commands import Commands
from tests.resolvers.stage import supplier
from tests.resolvers.tables import WHOLE, begun, drafts, faults, imported, job_of, runner
from workers.imports import importing, listings_export, listings_import, spool
from workers.jobs import Batch, Work

pytestmark = pytest.mark.usefixtures("database")
ALL = ImportPolicy.reject_all


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "ROWS", 3)
    monkeypatch.setattr(importing, "SHOWN_ROWS", 2)


def numbered(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Rows with codes of their own, every third without."""
    return [
        WHOLE | ({"key": f"A{number}"} if number % 3 else {}) | fields | {"price": number + 1}
        for number in range(count)
    ]


def breaking(work: Work, at: set[int], *, inside: bool) -> Work:
    """The same work, that breaks off at these batches: after they were done, or while they are done."""
    count = 0

    async def broken(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
        nonlocal count
        async for batch in work(ctx, job):
            count += 1
            breaks = count in at

            async def fragile(batch: Batch = batch, breaks: bool = breaks) -> Progress:
                done = await batch()
                if breaks and inside:
                    raise ZeroDivisionError
                return done

            yield fragile
            if breaks and not inside:
                raise ZeroDivisionError

    return broken


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("policy", [ALL, ImportPolicy.reject_failed_rows])
@pytest.mark.parametrize("publish", [True, False])
async def test_a_broken_import_goes_on_and_does_nothing_twice(
    inside: bool, policy: ImportPolicy, publish: bool
) -> None:
    """R-B6: breaks between batches and inside of them leave each row written once, and the counts right."""
    _, ctx = await supplier()
    job = await begun(ctx, numbered(10), policy=policy, publish=publish)
    work = breaking(listings_import, {1, 3, 4, 7}, inside=inside)
    while (await job_of(job))["finished_at"] is None:
        await runner({IMPORT: work}).work()
    row = await job_of(job)
    assert (row["status"], row["total"], row["done"], row["refused"]) == ("done", 10, 10, 0)
    assert row["result"] == {"made": 10, "changed": 0, "same": 0}
    assert [(one["price"], one["version"]) for one in await drafts()] == [
        (100 * (n + 1), 1) for n in range(10)
    ]
    assert await collection("listings").count_documents({}) == (10 if publish else 0)


async def test_several_workers_do_each_row_once() -> None:
    """R-B6: three workers over two imports; each row is written once."""
    _, ctx = await supplier()
    made = [await begun(ctx, [WHOLE] * 10) for _ in range(2)]
    crew = [runner() for _ in range(3)]
    running = [asyncio.create_task(one.run()) for one in crew]
    while any([(await job_of(job))["finished_at"] is None for job in made]):
        await asyncio.sleep(0.01)
    for one in crew:
        one.stop()
    await asyncio.gather(*running)
    assert [(await job_of(job))["done"] for job in made] == [10, 10]
    assert len(await drafts()) == 20


async def test_two_imports_of_one_table_make_each_code_once() -> None:
    """R-B6: two workers that import the same codes at the same time make each listing once."""
    _, ctx = await supplier()
    rows = [WHOLE | {"key": f"A{number}"} for number in range(9)]
    made = [await begun(ctx, rows) for _ in range(2)]
    crew = [runner() for _ in range(2)]
    running = [asyncio.create_task(one.run()) for one in crew]
    while any([(await job_of(job))["finished_at"] is None for job in made]):
        await asyncio.sleep(0.01)
    for one in crew:
        one.stop()
    await asyncio.gather(*running)
    assert sorted(row["external_key"] for row in await drafts()) == [f"A{number}" for number in range(9)]
    results = [(await job_of(job))["result"] for job in made]
    assert sum(one["made"] for one in results) == sum(one["same"] for one in results) == 9


async def test_all_or_nothing() -> None:
    """R-B6: with REJECT_ALL a single wrong row, even the last, leaves nothing written, and names itself."""
    _, ctx = await supplier()
    job = await imported(ctx, [*numbered(8), WHOLE | {"weight": -1}], policy=ALL)
    assert (job["status"], job["error"]) == ("failed", {"code": "IMPORT_REJECTED", "params": {"refused": 1}})
    assert (job["done"], job["refused"], await faults(job)) == (0, 1, [(9, "weight", "OUT_OF_RANGE")])
    assert await drafts() == []


async def test_a_dry_run_counts_what_it_would_do() -> None:
    """R-B6: a dry run under each policy writes nothing and says how many rows it would write."""
    _, ctx = await supplier()
    rows = [*numbered(4), WHOLE | {"weight": -1}]
    for policy, done in (
        (ALL, 0),
        (ImportPolicy.reject_failed_rows, 4),
        (ImportPolicy.ignore_failed_fields, 5),
    ):
        job = await imported(ctx, rows, policy=policy, dry_run=True)
        assert (job["status"], job["done"]) == ("done", done)
        assert await faults(job) == [(5, "weight", "OUT_OF_RANGE")]
    assert await drafts() == []


async def test_faults_are_kept_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: an import in which all is wrong keeps so many faults and counts all rows."""
    monkeypatch.setattr(importing, "FAULTS_MAX", 4)
    _, ctx = await supplier()
    job = await imported(ctx, numbered(7, weight=-1))
    assert (job["refused"], job["faults"]) == (7, 4)


async def test_headings_are_told_once() -> None:
    """R-B6: headings that don't fit are noted once, also by a worker that goes on after a break."""
    _, ctx = await supplier()
    job = await begun(ctx, b"colour;x\n1;2\n")
    await runner({IMPORT: breaking(listings_import, {1}, inside=False)}).work()
    await runner().work()
    row = await job_of(job)
    assert (row["error"]["code"], row["total"]) == ("IMPORT_HEADER", 0)
    assert [column for _, column, _ in await faults(job)] == ["colour", "x"]


async def test_headings_without_end() -> None:
    """R-B6: a table of 200,000 headings is refused at once, nothing of it is noted, and the next job is done."""
    _, ctx = await supplier()
    job = await begun(ctx, ";".join(f"h{place}" for place in range(200_000)).encode())
    behind = await begun(ctx, numbered(1))
    await runner().work()
    row = await job_of(job)
    assert (row["error"]["code"], row["faults"], row["attempts"]) == ("IMPORT_TOO_MANY_COLUMNS", 0, 0)
    assert (await job_of(behind))["status"] == "done"


async def test_halves_of_characters() -> None:
    """R-B6: halves of characters in a JSON table refuse their rows; the others are written."""
    _, ctx = await supplier()
    half = json.loads(r'"a \ud800 b"')
    rows = [WHOLE | {name: half} for name in ("title_ru", "key", "model_type", half)]
    job = await imported(ctx, [*rows, WHOLE | {"regions": [half]}, *numbered(1)])
    assert (job["status"], job["done"], job["refused"]) == ("done", 1, 5)
    assert [column for _, column, _ in await faults(job)] == [
        "title_ru",
        "key",
        "model_type",
        "a ? b",
        "regions",
    ]


@pytest.mark.parametrize("where", ["row", "bytes", "definition"])
async def test_what_is_gone_meanwhile(where: str) -> None:
    """R-B6: an import whose file or definition is gone fails by name."""
    _, ctx = await supplier()
    job = await begun(ctx, numbered(1))
    gone = {"row": files.NAME, "bytes": f"{files.BYTES}.files", "definition": "categories"}[where]
    await collection(gone).delete_many({})
    await runner().work()
    code = "NOT_FOUND" if where == "definition" else "IMPORT_FILE_GONE"
    assert ((await job_of(job))["error"] or {})["code"] == code


async def test_an_export_goes_on_after_a_break() -> None:
    """R-B6: an export that broke off is read anew, its listings counted once."""
    _, ctx = await supplier()
    await imported(ctx, numbered(5))
    job = await jobs.get((await export_of(ctx))["_id"])
    assert job is not None
    await runner({EXPORT: breaking(listings_export, {1}, inside=False)}).work()
    await runner().work()
    row = await job_of(job)
    assert (row["status"], row["done"], row["total"]) == ("done", 5, 5)


async def export_of(ctx: Context) -> Row:
    """The job of an export."""
    from resolvers import imports  # noqa: PLC0415 - only here

    return await imports.begin_export(ctx, "walkers", TableFormat.csv, "export-key-1")


async def test_an_export_of_a_definition_that_is_gone() -> None:
    """R-B6: an export whose definition is gone fails by name."""
    _, ctx = await supplier()
    job = await export_of(ctx)
    await collection("categories").delete_many({})
    await runner().work()
    assert ((await job_of(job))["error"] or {})["code"] == "NOT_FOUND"


async def commands_of(mongod: str, rows: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What an import of so many rows asks the database for."""
    _, ctx = await supplier()
    job = await begun(ctx, [WHOLE] * rows)
    async with Commands(mongod, base.database().name) as counted:
        monkeypatch.setattr(base, "_database", counted.database)
        await runner().work()
        monkeypatch.undo()
    assert (await job_of(job))["done"] == rows
    return counted.names


async def test_an_import_asks_the_database_by_batches(mongod: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: ten times the rows in a batch are as many commands: nothing is asked for row by row."""
    few = await commands_of(mongod, 3, monkeypatch)
    monkeypatch.setattr(importing, "ROWS", 30)
    assert Counter(await commands_of(mongod, 30, monkeypatch)) == Counter(few)


@pytest.mark.long
async def test_ten_thousand_rows_are_fifty_batches(mongod: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: 10,000 rows are written by fifty transactions and less than a command for ten rows."""
    monkeypatch.undo()
    names = Counter(await commands_of(mongod, 10_000, monkeypatch))
    assert names["commitTransaction"] <= 52
    assert sum(names.values()) < 1_000


async def test_rows_that_are_too_long_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B6: what a table comes to while it is read is bounded as well."""
    monkeypatch.setattr(spool, "LINES_MAX", 1000)
    _, ctx = await supplier()
    assert ((await imported(ctx, numbered(9)))["error"] or {})["code"] == "IMPORT_UNPACKS_TOO_LARGE"
