"""Jobs: asked for, followed, cancelled; and the transaction of each of their batches."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from auth.policy import require, require_visible
from auth.visibility import visible
from documents import jobs, leases
from documents.audit import intend
from documents.base import Id, Row, in_transaction
from documents.cursors import Page
from documents.events import emit
from documents.leases import Lease
from domain.errors import Refused
from domain.feeds import ADMINISTRATION, supplier_topic
from domain.identity import Role
from domain.jobs import OPEN_MAX, JobAction, Progress, require_optional
from resolvers.acts import once
from resolvers.context import Context

READ, CANCEL = "Job.read", "Mutation.jobCancel"


class _OverError(Exception):
    """Ends the transaction of a batch whose job was cancelled."""


async def begin(ctx: Context, work: str, asked: Mapping[str, Any], total: int | None = None) -> Row:
    """Write a job of the viewer's down, in the transaction under way; a worker begins it at once.

    Refused `JOBS_TOO_MANY` for a supplier who has `OPEN_MAX` jobs already that have not ended.
    """
    supplier = ctx.viewer.subject if ctx.viewer.role is Role.supplier else None
    if supplier is not None and await jobs.open_of(supplier) >= OPEN_MAX:
        raise Refused("JOBS_TOO_MANY", ("input",), most=OPEN_MAX)
    job = jobs.Job(
        work=work,
        supplier=supplier,
        role=str(ctx.viewer.role),
        subject=ctx.viewer.subject,
        asked=dict(asked),
        total=total,
        created_at=ctx.now,
        changed_at=ctx.now,
    )
    return await jobs.create(job)


async def listed(ctx: Context, first: int, after: str | None) -> Page:
    """The viewer's jobs, the newest first."""
    require(ctx.viewer, READ)
    return await jobs.listed(visible(ctx.viewer, READ), first=first, cursor=after)


async def faults(job: Id, first: int, after: str | None) -> Page:
    """What a job that the viewer was shown found wrong."""
    return await jobs.faults_of(job, first=first, cursor=after)


async def cancel(ctx: Context, job: Id, key: str) -> Row:
    """Stop a job after the batch under way; what it has done stays.

    Refused `JOB_OVER` when it has ended, `JOB_BINDS` where what was decided already would stay undone.
    """
    require(ctx.viewer, CANCEL)
    require_visible(ctx.viewer, READ, await jobs.get(job), "input", "jobId")

    async def work() -> Row:
        row = await jobs.cancel(job, ctx.now)
        if row is None:
            raise Refused("JOB_OVER", ("input", "jobId"))
        require_optional(row["work"], dry_run=bool(row["asked"].get("dry_run")))
        await _told(ctx, row)
        return row

    return await once(ctx, "jobCancel", key, {"job": str(job)}, work)


async def did_batch(ctx: Context, job: Row, lease: Lease, batch: Callable[[], Awaitable[Progress]]) -> bool:
    """Do a batch and note how far the job is, in one transaction; False when the job has ended meanwhile.

    LeaseLost when somebody else goes on with it: nothing is written then.
    """

    async def attempt() -> None:
        await leases.hold(lease)
        progress = await batch()
        row = await jobs.go_on(job["_id"], progress, ctx.now)
        if row is None:
            raise _OverError
        await intend(f"Job.{job['work']}", by=ctx.viewer.actor, at=ctx.now, subject=("job", job["_id"]))
        await _told(ctx, row)

    try:
        await in_transaction(attempt)
    except _OverError:
        return False
    return True


async def broke_off(ctx: Context, job: Row) -> int:
    """Count a break of a job, as an act of whoever asked for it; how many came since a batch was done."""

    async def attempt() -> int:
        await intend(f"Job.{job['work']}", by=ctx.viewer.actor, at=ctx.now, subject=("job", job["_id"]))
        return await jobs.broke_off(job["_id"])

    return await in_transaction(attempt)


async def ended(
    ctx: Context, job: Row, lease: Lease, action: JobAction, error: Mapping[str, Any] | None = None
) -> None:
    """Write the end of a job down and tell it."""

    async def attempt() -> None:
        await leases.hold(lease)
        row = await jobs.end(job["_id"], action, ctx.now, error)
        if row is not None:
            await intend(f"Job.{job['work']}", by=ctx.viewer.actor, at=ctx.now, subject=("job", job["_id"]))
            await _told(ctx, row)

    await in_transaction(attempt)


async def _told(ctx: Context, job: Row) -> None:
    topic = ADMINISTRATION if job["supplier"] is None else supplier_topic(job["supplier"])
    await emit(
        kind="job.changed",
        subject=job["_id"],
        topics=[topic],
        at=ctx.now,
        data={"status": str(job["status"]), "done": job["done"], "refused": job["refused"]},
        actor=ctx.viewer.key,
    )
