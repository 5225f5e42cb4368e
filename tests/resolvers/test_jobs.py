"""Jobs at the resolvers: each batch with its note in one transaction, for its owner's eyes."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from auth.viewer import ANONYMOUS, Viewer
from documents import jobs as stored
from documents import leases
from documents.base import Row, collection, in_transaction, new_id
from documents.leases import Lease, LeaseLost
from domain.errors import AccessDenied, NotFound, Refused
from domain.identity import Role
from domain.jobs import OPEN_MAX, JobAction, Progress
from resolvers import jobs
from resolvers.context import Context
from tests.resolvers.stage import acting

pytestmark = pytest.mark.usefixtures("database")
OWNER = new_id()


def owner() -> Context:
    """The supplier whose jobs these are."""
    return acting(Viewer(Role.supplier, OWNER))


async def begun(ctx: Context) -> Row:
    """A job of this viewer."""

    async def work() -> Row:
        return await jobs.begin(ctx, "counting", {"to": 3}, total=3)

    return await in_transaction(work)


async def leased(job: Row) -> Lease:
    """The turn of some worker."""
    lease = await leases.acquire(f"job:{job['_id']}", "me", timedelta(minutes=1))
    assert lease is not None
    return lease


async def one_step() -> Progress:
    """A batch that does one."""
    return Progress(1, done=1)


async def told() -> list[tuple[str, str]]:
    """What followers were told: topic and status."""
    rows = await collection("events").find({"kind": "job.changed"}).to_list()
    return [(row["topics"][0], row["data"]["status"]) for row in rows]


async def test_a_batch_is_done_with_its_note() -> None:
    """R-B6: what was done, how far the job is, the audit's intent and the event stand in one transaction."""
    ctx = owner()
    job = await begun(ctx)
    assert await jobs.did_batch(ctx, job, await leased(job), one_step)
    row = await stored.get(job["_id"])
    assert row is not None
    assert (row["done"], row["status"]) == (1, "running")
    assert await told() == [(f"supplier:{OWNER}", "running")]
    assert await collection("audit_intents").count_documents({"act": "Job.counting"}) == 1


async def test_who_lost_the_lease_writes_nothing() -> None:
    """R-B6: a worker that was taken over can't do its batch any more."""
    ctx = owner()
    job = await begun(ctx)
    lost = await leased(job)
    await leased(job)
    with pytest.raises(LeaseLost):
        await jobs.did_batch(ctx, job, lost, one_step)
    assert ((await stored.get(job["_id"])) or {})["done"] == 0
    assert await told() == []


async def test_a_cancelled_job_does_nothing_more() -> None:
    """R-B6: after cancelling, the batch under way leaves no trace, and the end is written once."""
    ctx = owner()
    job = await begun(ctx)
    cancelled = await jobs.cancel(ctx, job["_id"], "cancel-one")
    assert cancelled["status"] == "cancelled"
    lease = await leased(job)
    assert not await jobs.did_batch(ctx, job, lease, one_step)
    await jobs.ended(ctx, job, lease, JobAction.finish)
    assert ((await stored.get(job["_id"])) or {})["status"] == "cancelled"
    assert await told() == [(f"supplier:{OWNER}", "cancelled")]
    with pytest.raises(Refused, match="JOB_OVER"):
        await jobs.cancel(ctx, job["_id"], "cancel-two")


async def test_jobs_are_their_owners() -> None:
    """R-J3: another supplier finds neither job nor list; an administrator sees those of nobody's, and only those."""
    job = await begun(owner())
    admin = acting(Viewer(Role.administrator, new_id()))
    theirs = await begun(admin)
    for ctx in (acting(Viewer(Role.supplier, new_id())), admin):
        with pytest.raises(NotFound):
            await jobs.cancel(ctx, job["_id"], "cancel-theirs")
    with pytest.raises(AccessDenied):
        await jobs.listed(acting(ANONYMOUS), 10, None)
    assert [row["_id"] for row in (await jobs.listed(admin, 10, None)).rows] == [theirs["_id"]]
    assert [row["_id"] for row in (await jobs.listed(owner(), 10, None)).rows] == [job["_id"]]
    await jobs.ended(admin, theirs, await leased(theirs), JobAction.finish)
    assert await told() == [("administration", "done")]
    assert (await jobs.faults(job["_id"], 5, None)).rows == []


async def test_a_supplier_has_few_jobs_at_once() -> None:
    """R-B6: workers take the oldest job first, so that nobody may queue many; others are not kept waiting by it."""
    ctx = owner()
    first, *_ = [await begun(ctx) for _ in range(OPEN_MAX)]
    with pytest.raises(Refused, match="JOBS_TOO_MANY") as refused:
        await begun(ctx)
    assert refused.value.params == {"most": OPEN_MAX}
    assert await collection("jobs").count_documents({}) == OPEN_MAX
    await begun(acting(Viewer(Role.supplier, new_id())))
    for _ in range(OPEN_MAX + 1):
        await begun(acting(Viewer(Role.administrator, new_id())))
    await jobs.ended(ctx, first, await leased(first), JobAction.finish)
    await begun(ctx)


@pytest.mark.parametrize(("dry_run", "status"), [(False, "waiting"), (True, "cancelled")])
async def test_a_change_in_force_is_not_stopped(dry_run: bool, status: str) -> None:
    """R-B3: cancelling a change of a definition is refused and changes nothing; its dry run is cancelled."""
    ctx = acting(Viewer(Role.administrator, new_id()))

    async def work() -> Row:
        return await jobs.begin(ctx, "category_change", {"dry_run": dry_run}, total=3)

    job = await in_transaction(work)
    with nullcontext() if dry_run else pytest.raises(Refused, match="JOB_BINDS"):
        await jobs.cancel(ctx, job["_id"], "cancel-a-change")
    assert ((await stored.get(job["_id"])) or {})["status"] == status
