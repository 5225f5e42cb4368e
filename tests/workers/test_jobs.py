"""The runner of jobs: each batch once, whoever goes on with it, whatever breaks off."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect, OperationFailure

from auth.viewer import Viewer
from documents import jobs, leases
from documents.base import Row, collection, in_transaction, new_id, session
from domain.errors import Refused
from domain.identity import Role
from domain.jobs import ATTEMPTS_MAX, Progress
from resolvers.context import Context
from resolvers.jobs import begin
from tests.resolvers.stage import acting
from tests.workers.audit.sealing import caught_up, sealing, told
from workers.jobs import Batch, JobRunner, Work

pytestmark = pytest.mark.usefixtures("database")
OWNER = new_id()
SOON = timedelta(milliseconds=10)


async def begun(work: str = "counting", to: int = 5) -> Row:
    """A job that counts."""
    ctx = acting(Viewer(Role.supplier, OWNER))
    return await in_transaction(lambda: begin(ctx, work, {"to": to}))


async def counting(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
    """Writes one row for each number, as whoever asked."""
    for number in range(job["place"] or 0, job["asked"]["to"]):

        async def batch(number: int = number) -> Progress:
            row = {"number": number, "by": ctx.viewer.key}
            await collection("counted").insert_one(row, session=session())
            return Progress(number + 1, done=1)

        yield batch


async def counted() -> list[int]:
    """What was written, in its order."""
    return [row["number"] for row in await collection("counted").find().to_list()]


@pytest.fixture(autouse=True)
async def _made(database: object) -> None:
    assert database is not None
    await collection("counted").insert_one({"number": -1})
    await collection("counted").delete_many({})


def runner(works: dict[str, Work]) -> JobRunner:
    """A worker that waits for nothing."""
    return JobRunner(acting, works, SOON)


async def ended(job: Row) -> Row:
    """The job once it has ended."""
    while not (row := await jobs.get(job["_id"])) or row["finished_at"] is None:
        await asyncio.sleep(0.01)
    return row


async def test_several_runners_do_each_batch_once() -> None:
    """R-B6: three runners over four jobs; every number of each is written once, in its order."""
    made = [await begun() for _ in range(4)]
    crew = [runner({"counting": counting}) for _ in range(3)]
    running = [asyncio.create_task(one.run()) for one in crew]
    rows = [await ended(job) for job in made]
    for one in crew:
        one.stop()
    await asyncio.gather(*running)
    assert [(row["status"], row["done"]) for row in rows] == [("done", 5)] * 4
    assert sorted(await counted()) == sorted([*range(5)] * 4)
    authors = await collection("counted").distinct("by")
    assert authors == [f"supplier:{OWNER}"]


async def test_what_broke_off_goes_on_where_it_was() -> None:
    """R-B6: a batch that fails leaves nothing; the next attempt does it and the rest, and nothing twice."""
    job = await begun()
    breaks = [True, True, False]

    async def breaking(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
        async for batch in counting(ctx, job):

            async def fragile(batch: Batch = batch) -> Progress:
                done = await batch()
                if done.place == 3 and breaks.pop(0):
                    raise ZeroDivisionError
                return done

            yield fragile

    one = runner({"counting": breaking})
    for _ in range(3):
        await one.work()
    assert await counted() == [*range(5)]
    row = await ended(job)
    assert (row["status"], row["done"], row["attempts"]) == ("done", 5, 0)


async def test_what_always_breaks_off_is_given_up() -> None:
    """R-B6: after some attempts the job fails by name, and nobody tries again."""

    async def broken(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
        async for _ in counting(ctx, job):

            async def batch() -> Progress:
                raise ZeroDivisionError

            yield batch

    job, one = await begun("broken"), runner({"broken": broken})
    for _ in range(ATTEMPTS_MAX):
        assert ((await jobs.get(job["_id"])) or {})["finished_at"] is None
        await one.work()
    assert (await ended(job))["error"] == {"code": "JOB_BROKEN", "params": {}}


TOO_MUCH = OperationFailure("ended", 251, {"errorLabels": ["TransientTransactionError"]})
UNSURE = OperationFailure("late", 50, {"errorLabels": ["UnknownTransactionCommitResult"]})


def failing(error: Exception) -> Work:
    """A work that never comes further."""

    async def work(_ctx: Context, _job: Row) -> AsyncGenerator[Batch, None]:
        for batch in list[Batch]():
            yield batch
        raise error

    return work


async def refused(_ctx: Context, _job: Row) -> AsyncGenerator[Batch, None]:
    """A work that asks the database for what it refuses."""

    async def batch() -> Progress:
        await collection("counted").insert_one({"$no": {"$such": 1}, "_id": {"$x": 1}}, session=session())
        return Progress(1)

    yield batch


@pytest.mark.parametrize("work", [refused, failing(TOO_MUCH)], ids=["refused", "too much"])
async def test_what_the_database_refuses_is_given_up(work: Work) -> None:
    """R-B6: what the database says no to counts as a break; the jobs behind it get their turn at once."""
    job, behind = await begun("refused"), await begun()
    one = runner({"refused": work, "counting": counting})
    await one.work()
    assert ((await jobs.get(behind["_id"])) or {})["status"] == "done"
    for _ in range(ATTEMPTS_MAX - 1):
        assert ((await jobs.get(job["_id"])) or {})["finished_at"] is None
        await one.work()
    assert (await ended(job))["error"] == {"code": "JOB_BROKEN", "params": {}}


@pytest.mark.parametrize("error", [AutoReconnect("away"), UNSURE], ids=["away", "unsure"])
async def test_a_database_that_is_away_breaks_no_job(error: Exception) -> None:
    """R-B6: while the database is away no job is given up, however often it is tried; the others are tried as well."""
    job, behind = await begun("failing"), await begun()
    one = runner({"failing": failing(error), "counting": counting})
    for _ in range(ATTEMPTS_MAX + 1):
        await one.work()
    row = (await jobs.get(job["_id"])) or {}
    assert (row["attempts"], row["finished_at"]) == (0, None)
    assert ((await jobs.get(behind["_id"])) or {})["status"] == "done"


async def test_a_break_is_an_act_of_the_portal() -> None:
    """R-J2: what counts the breaks of a job is written with an intent: the audit tells of no stranger."""
    async with sealing():
        job = await begun("failing")
        await runner({"failing": failing(ZeroDivisionError())}).work()
        assert ((await jobs.get(job["_id"])) or {})["attempts"] == 1
        rows = [row for row in await caught_up() if row["subject"] == str(job["_id"])]
        assert [(row["kind"], row["act"]) for row in rows] == [("act", "Job.failing")]
        assert ("update", "jobs", str(job["_id"])) not in await told()


async def test_a_break_that_cost_the_lease_is_counted() -> None:
    """R-B6: a job that breaks off only after its lease is over is given up all the same."""
    job = await begun("late")

    async def late(_ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
        taken: Any = {"$set": {"holder": "another", "token": 99}}
        for batch in list[Batch]():
            yield batch
        await collection(leases.NAME).update_one({"_id": f"job:{job['_id']}"}, taken)
        raise ZeroDivisionError

    await runner({"late": late}).work()
    assert ((await jobs.get(job["_id"])) or {})["attempts"] == 1


async def test_a_refusal_ends_the_job_with_its_reason() -> None:
    """R-B6: a rule that says no fails the job with the rule's code; what was done before stays."""

    async def refusing(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
        async for batch in counting(ctx, job):
            yield batch
            raise Refused("DIRECTION_NOT_OPEN", (), direction="tsr_sale")

    job = await begun("refusing")
    await runner({"refusing": refusing}).work()
    row = await ended(job)
    assert (row["status"], row["done"]) == ("failed", 1)
    assert row["error"] == {"code": "DIRECTION_NOT_OPEN", "params": {"direction": "tsr_sale"}}


async def test_a_runner_that_lost_its_lease_leaves_the_job() -> None:
    """R-B6: a worker that was silent for too long stops at its next batch, without writing it."""
    job = await begun()

    async def slow(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
        async for batch in counting(ctx, job):
            yield batch
            taken: Any = {"$set": {"holder": "another", "token": 99}}
            await collection(leases.NAME).update_one({"_id": f"job:{job['_id']}"}, taken)

    await runner({"counting": slow}).work()
    assert await counted() == [0]
    assert ((await jobs.get(job["_id"])) or {})["done"] == 1


async def test_a_runner_stops_between_batches() -> None:
    """R-B6: whoever is told to stop finishes the batch under way; another goes on."""
    job = await begun()
    one = runner({})

    async def stopping(ctx: Context, job: Row) -> AsyncGenerator[Batch, None]:
        async for batch in counting(ctx, job):
            one.stop()
            yield batch

    one._works = {"counting": stopping}
    await one.work()
    await one.work()
    assert await counted() == [0]
    await runner({"counting": counting}).work()
    assert await counted() == [*range(5)]
    assert (await ended(job))["done"] == 5


async def test_ended_meanwhile() -> None:
    """R-B6: a job that ended between the reading of the list and the turn is left alone."""
    job = await begun()
    await jobs.cancel(job["_id"], acting().now)
    lease = await leases.acquire(f"job:{job['_id']}", "me", SOON)
    assert lease is not None
    await runner({"counting": counting})._go_on(job, lease)
    assert await counted() == []
