"""The job of a changed definition as workers do it: broken off, gone on with, by several at once."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest

from documents import jobs
from documents.base import Row, collection
from resolvers import categories
from resolvers.categories import carrying, change
from resolvers.context import Context
from tests.resolvers.stage import acting, supplier
from tests.resolvers.test_categories_changing import (
    CLOSE,
    WIDTH,
    administrator,
    answer,
    listed,
    rows,
    wanted,
)
from workers.crew import WORKS
from workers.jobs import Batch, JobRunner, Work

pytestmark = pytest.mark.usefixtures("database")
SOON = timedelta(milliseconds=10)
LISTINGS = 7


def runner(work: Work) -> JobRunner:
    """A worker that waits for nothing."""
    return JobRunner(acting, {**WORKS, categories.WORK: work}, SOON)


async def begun(monkeypatch: pytest.MonkeyPatch, *changes: Any) -> tuple[Row, list[Row]]:
    """A job over a few listings, two in a batch."""
    monkeypatch.setattr(carrying, "BATCH", 2)
    _, seller = await supplier()
    drafts = [await listed(seller, f"n{number}") for number in range(LISTINGS)]
    return await change(administrator(), wanted(*changes), "key-change-1"), drafts


async def ended(job: Row) -> Row:
    """The job once it has ended."""
    while not (row := await jobs.get(job["_id"])) or row["finished_at"] is None:
        await asyncio.sleep(0.01)
    return row


async def test_what_broke_off_between_batches_goes_on_and_converts_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R-B3: a worker that died after a batch, or within one, leaves whole listings; the next does the rest."""
    job, drafts = await begun(monkeypatch, WIDTH)
    breaks = ["after", "within", "within", ""]

    async def dying(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
        how = breaks.pop(0)
        async for batch in categories.carry(ctx, job):

            async def fragile(batch: Batch = batch) -> Any:
                done = await batch()
                if how == "within":
                    raise ZeroDivisionError
                return done

            yield fragile
            if how == "after":
                raise ZeroDivisionError

    one = runner(dying)
    halves = []
    for _ in range(4):
        await one.work()
        halves.append(sum([answer((await rows(draft))[0], "width") == 60.0 for draft in drafts]))
    assert halves == [2, 2, 2, LISTINGS]
    row = await ended(job)
    assert (row["status"], row["done"], row["total"], row["faults"]) == ("done", LISTINGS, LISTINGS, 0)
    assert {(await rows(draft))[0]["version"] for draft in drafts} == {3}


async def test_several_workers_tell_each_supplier_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-B3: three workers at once; each listing is judged once, named once, and told of once."""
    job, drafts = await begun(monkeypatch, CLOSE)
    crew = [runner(categories.carry) for _ in range(3)]
    running = [asyncio.create_task(one.run()) for one in crew]
    row = await ended(job)
    for one in crew:
        one.stop()
    await asyncio.gather(*running)
    assert (row["status"], row["done"], row["refused"], row["faults"]) == ("done", 0, LISTINGS, 2 * LISTINGS)
    told = await collection("events").find({"kind": "listing.needs_attention"}).to_list()
    assert sorted(one["subject"] for one in told) == sorted(draft["_id"] for draft in drafts)
    page = await jobs.faults_of(job["_id"], first=100, cursor=None)
    assert [one["position"] for one in page.rows] == [
        each for each in range(1, LISTINGS + 1) for _ in range(2)
    ]
